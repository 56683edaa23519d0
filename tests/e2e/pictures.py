"""Pictures of every page in both themes and on a phone: `python -m tests.e2e.pictures URL FOLDER`.

For a person to look at; docs/images is made with it. After the folder names of pages, and of looks
(light, dark, phone), may follow.
"""

import io
import shutil
import sys
from pathlib import Path
from typing import Literal, NamedTuple

from PIL import Image
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


class Look(NamedTuple):
    """How a page is looked at: the window, the theme, and the most of its height that is kept."""

    window: ViewportSize
    scheme: Literal["light", "dark"]
    most_px: int


DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
LOOKS = {
    "light": Look(DESK, "light", 2600),
    "dark": Look(DESK, "dark", 2600),
    "phone": Look(PHONE, "dark", 3200),
}
READY_MS, SETTLE_MS = 60_000, 2_000
COLOURS = 128
"""Of a picture: enough for flat figures, and a third of the size."""


def take(
    browser: Browser, url: str, folder: Path, pages: tuple[str, ...], looks: tuple[str, ...]
) -> None:
    """Save each page under each look, e.g. `overview-dark.png`; a page is opened once."""
    page = browser.new_context(viewport=DESK).new_page()
    for each in pages:
        page.goto(url if each == "overview" else f"{url}/{each}", wait_until="load")
        page.get_by_text("as of ").nth(2).wait_for(timeout=READY_MS)
        for name in looks:
            look = LOOKS[name]
            page.emulate_media(color_scheme=look.scheme)
            page.set_viewport_size(look.window)
            page.wait_for_timeout(SETTLE_MS)
            _whole(page, look)
            page.wait_for_timeout(SETTLE_MS)
            _save(page.screenshot(), folder / f"{each.replace('_', '-')}-{name}.png")


def _whole(page: Page, look: Look) -> None:
    """Make the window as high as what is in it: the page scrolls inside of itself."""
    height = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('section, .stMain')]"
        ".map(it => it.scrollHeight))"
    )
    high = min(int(height) + 40, look.most_px)
    page.set_viewport_size({"width": look.window["width"], "height": high})


def _save(picture: bytes, path: Path) -> None:
    """Write it with few colours."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main(url: str, folder: Path, chosen: tuple[str, ...]) -> None:
    """Open a browser and take all that was chosen."""
    pages = tuple(each for each in PAGES if each in chosen) or PAGES
    looks = tuple(each for each in LOOKS if each in chosen) or tuple(LOOKS)
    program = next(filter(None, map(shutil.which, BROWSERS)))
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        take(browser, url, folder, pages, looks)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), tuple(sys.argv[3:]))
