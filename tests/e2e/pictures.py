"""Pictures of every page in both themes and on a phone: `python -m tests.e2e.pictures URL FOLDER`.

For a person to look at; docs/images is made with it.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = (
    "overview",
    "bot_control",
    "performance",
    "positions",
    "order_log",
    "risk_monitor",
    "settings",
)
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
MOST_PX = {"desk": 2200, "phone": 2600}
READY_MS, SETTLE_MS = 60_000, 3_000


def take(browser: Browser, url: str, folder: Path, pages: tuple[str, ...]) -> None:
    """Save each page as desk-light, desk-dark and phone-dark."""
    for name, size, scheme in (
        ("light", DESK, "light"),
        ("dark", DESK, "dark"),
        ("phone", PHONE, "dark"),
    ):
        context = browser.new_context(
            viewport=size, color_scheme="dark" if scheme == "dark" else "light"
        )
        page = context.new_page()
        for each in pages:
            page.goto(url if each == "overview" else f"{url}/{each}", wait_until="load")
            page.get_by_text("as of ").nth(2).wait_for(timeout=READY_MS)
            page.wait_for_timeout(SETTLE_MS)
            _whole(page, size, MOST_PX["phone" if name == "phone" else "desk"])
            page.wait_for_timeout(3_000)
            page.screenshot(path=folder / f"{each}-{name}.png")
            page.set_viewport_size(size)
        context.close()


def _whole(page: Page, size: ViewportSize, most: int) -> None:
    """Make the window as high as what is in it: the page scrolls inside of itself."""
    height = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('section, .stMain')]"
        ".map(it => it.scrollHeight))"
    )
    page.set_viewport_size({"width": size["width"], "height": min(int(height) + 40, most)})


def main(url: str, folder: Path, pages: tuple[str, ...]) -> None:
    """Open a browser and take all."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        take(browser, url, folder, pages)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), tuple(sys.argv[3:]) or PAGES)
