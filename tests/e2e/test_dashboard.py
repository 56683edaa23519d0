"""The dashboard in a real browser: figures move, modes are said, and the halt button halts."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.e2e.conftest import Shown

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
SLOW_MS = 60_000
PHONE: ViewportSize = {"width": 390, "height": 844}

expect.set_options(timeout=SLOW_MS)


@pytest.fixture
def page(browser: Browser, shown: Shown) -> Iterator[Page]:
    """The Overview with its figures there."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW_MS)
    page.goto(shown.url)
    expect(metric(page, "Equity")).to_contain_text("$")
    yield page
    page.close()


def metric(page: Page, label: str) -> Locator:
    labels = page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True)
    return page.get_by_test_id("stMetric").filter(has=labels)


def badge(page: Page, text: str) -> Locator:
    exactly = re.compile(f"^{re.escape(text)}$")
    return page.locator(".stMarkdownBadge").filter(has_text=exactly)


def halt(page: Page) -> None:
    """Two clicks."""
    page.get_by_role("button", name="Halt", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Halt now").click()


def resume(page: Page) -> None:
    """The phrase, a reason, a click; the page goes on refreshing meanwhile."""
    page.get_by_role("button", name="Resume", exact=True).click()
    dialog = page.get_by_role("dialog")
    confirm = dialog.get_by_role("button", name="Resume", exact=True)
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type RESUME").press_sequentially("RESUME", delay=600)
    dialog.get_by_label("Reason").fill("looked at it")
    dialog.get_by_label("Reason").press("Tab")
    confirm.click()
    expect(dialog.get_by_text("Trading goes on")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_have_count(0)


def test_the_modes_are_said_on_the_bar(page: Page) -> None:
    for words in ("PAPER MONEY", "SIMULATED 4X", "ACTIVE"):
        expect(badge(page, words)).to_be_visible()


def test_figures_move_without_a_reload(page: Page) -> None:
    head = page.get_by_text(re.compile(r"^as of \d\d:\d\d:\d\d UTC")).first
    figures = (metric(page, "Exposure"), metric(page, "P&L"), head)
    before = [figure.inner_text() for figure in figures]
    for figure, old in zip(figures, before, strict=True):
        expect(figure).not_to_have_text(old, use_inner_text=True)


def test_every_panel_is_there_with_its_age(page: Page) -> None:
    titles = ("Account", "Equity and drawdown", "Bots", "Positions", "Pipeline")
    for title in titles:
        expect(page.get_by_role("heading", name=title)).to_be_visible()
    head = re.compile(r"^as of .* UTC · \d+ s · paper · simulated 4x$")
    expect(page.get_by_text(head)).to_have_count(11)
    expect(page.get_by_test_id("stEChartsChart").first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_a_refresh_changes_the_chart_in_place(page: Page) -> None:
    """A chart that is made anew every few seconds flickers and forgets its zoom."""
    chart = page.get_by_test_id("stEChartsChart").first
    chart.evaluate("chart => chart.dataset.marked = 'yes'")
    head = page.get_by_text(re.compile(r"^as of \d\d:\d\d:\d\d UTC")).nth(1)
    for _ in range(2):
        expect(head).not_to_have_text(head.inner_text(), use_inner_text=True)
    expect(chart).to_have_attribute("data-marked", "yes")


def test_nothing_is_loaded_from_elsewhere(browser: Browser, shown: Shown) -> None:
    """It works without a network, and tells nobody that it runs."""
    asked: set[str] = set()
    page = browser.new_page()
    page.on("request", lambda request: asked.add(urlsplit(request.url).hostname or ""))
    page.goto(shown.url)
    expect(metric(page, "Equity")).to_contain_text("$")
    expect(page.get_by_test_id("stEChartsChart").first).to_be_visible()
    page.close()
    assert asked - {""} == {"127.0.0.1"}


def test_two_clicks_halt_and_a_phrase_resumes(page: Page, shown: Shown) -> None:
    assert shown.state() == "ACTIVE"
    halt(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Trading is halted: orders are cancelled")).to_be_visible()
    assert shown.state() == "HALTED", "said only after it was so"
    dialog.get_by_role("button", name="Close").last.click()
    expect(badge(page, "HALTED")).to_be_visible()
    expect(page.get_by_role("button", name="Halt", exact=True)).to_have_count(0)
    resume(page)
    expect(badge(page, "ACTIVE")).to_be_visible()
    assert shown.state() == "ACTIVE"


def test_a_dialog_that_is_dismissed_does_nothing_and_stays_away(page: Page, shown: Shown) -> None:
    page.get_by_role("button", name="Halt", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("No new risk from any bot.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.wait_for_timeout(5_000)
    expect(dialog).to_have_count(0)
    assert shown.state() == "ACTIVE"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_account_and_halts(browser: Browser, shown: Shown, scheme: str) -> None:
    context = browser.new_context(
        viewport=PHONE, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = context.new_page()
    page.set_default_timeout(SLOW_MS)
    page.goto(shown.url)
    expect(metric(page, "Equity")).to_be_visible()
    for label in ("Equity", "P&L", "Realised", "Drawdown", "Exposure", "Fees"):
        value = metric(page, label).get_by_test_id("stMetricValue")
        cut = value.evaluate("it => it.scrollWidth > it.clientWidth + 1")
        assert not cut, f"{label} is cut off"
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"], "nothing has to be scrolled sideways"
    button = page.get_by_role("button", name="Halt", exact=True).bounding_box()
    assert button is not None
    assert button["y"] + button["height"] < PHONE["height"], "in reach without scrolling"
    halt(page)
    expect(page.get_by_role("dialog").get_by_text("Trading is halted")).to_be_visible()
    assert shown.state() == "HALTED"
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    resume(page)
    context.close()


def open_page(page: Page, name: str) -> None:
    """A click in the navigation."""
    page.get_by_role("link", name=name, exact=True).click()


def test_why_was_there_no_trade_takes_two_clicks_from_anywhere(page: Page) -> None:
    open_page(page, "Settings")
    expect(page.get_by_role("heading", name="Running with")).to_be_visible()
    open_page(page, "Risk Monitor")
    expect(page.get_by_role("heading", name="Why was there no trade?")).to_be_visible()
    expect(page.get_by_role("heading", name="Breakers")).to_be_visible()


def test_a_bot_is_paused_in_two_clicks_and_resumed_by_a_phrase(page: Page, shown: Shown) -> None:
    page.goto(f"{shown.url}/bot_control?bot=bot_05")
    expect(page.get_by_role("heading", name="Bot 05")).to_be_visible()
    page.get_by_role("button", name="Pause", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile(r"Now: \d+ open orders?, \d+ positions?"))).to_be_visible()
    dialog.get_by_role("button", name="Pause", exact=True).click()
    expect(dialog.get_by_text("Read back.")).to_be_visible()
    dialog.get_by_role("button", name="Close").last.click()
    assert shown.bot_state("bot_05") == "PAUSED", "said only after it was so"
    page.get_by_role("button", name="Resume", exact=True).last.click()
    confirm = dialog.get_by_role("button", name="Resume", exact=True)
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type RESUME 05").fill("RESUME 05")
    dialog.get_by_label("Reason").fill("looked at it")
    dialog.get_by_label("Reason").press("Tab")
    confirm.click()
    expect(dialog.get_by_text("Read back.")).to_be_visible()
    assert shown.bot_state("bot_05") == "ACTIVE"


def test_a_parameter_is_changed_and_said_when_it_is_read_back(page: Page, shown: Shown) -> None:
    page.goto(f"{shown.url}/bot_control?bot=bot_05")
    page.get_by_role("button", name="Change …").click()
    dialog = page.get_by_role("dialog")
    gamma = dialog.get_by_role("textbox", name=re.compile("^gamma"))
    expect(gamma).to_have_value("0.5")
    gamma.fill("0.75")
    gamma.press("Tab")
    touched = re.compile(r"Now: \d+ open orders?, \d+ positions? .*Exposure \$")
    expect(dialog.get_by_text(touched)).to_be_visible()
    confirm = dialog.get_by_role("button", name="Change parameters")
    expect(confirm).to_be_disabled()
    dialog.get_by_label("Type CHANGE 05").fill("CHANGE 05")
    dialog.get_by_label("Reason").fill("wider quotes")
    dialog.get_by_label("Reason").press("Tab")
    confirm.click()
    expect(dialog.get_by_text("Read back.")).to_be_visible()
    assert shown.parameter("bot_05", "gamma") == 0.75, "said only after it was so"
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_have_count(0)


def test_positions_are_exported_with_their_modes(page: Page, shown: Shown, tmp_path: Path) -> None:
    page.goto(f"{shown.url}/positions")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).first.click()
    waiting.value.save_as(tmp_path / "positions.csv")
    head, columns, *rows = (tmp_path / "positions.csv").read_text().splitlines()
    assert head.startswith("# paper money; simulated 4x data; now; as of ")
    assert columns.startswith("Market,Bot,Side,Size")
    assert rows


@pytest.mark.parametrize(
    "name", ["bot_control", "performance", "positions", "order_log", "risk_monitor", "settings"]
)
def test_a_phone_shows_every_page_without_scrolling_sideways(
    browser: Browser, shown: Shown, name: str
) -> None:
    page = browser.new_page(viewport=PHONE)
    page.set_default_timeout(SLOW_MS)
    page.goto(f"{shown.url}/{name}")
    expect(page.get_by_role("heading").first).to_be_visible()
    expect(page.get_by_role("button", name="Halt", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".stException").count() == 0
    page.close()


def test_when_the_api_dies_old_figures_are_never_shown_as_fresh(page: Page, shown: Shown) -> None:
    expect(badge(page, "ACTIVE")).to_be_visible()
    shown.stop("api")
    expect(
        page.get_by_text("The API does not answer. Last known figures are grey.")
    ).to_be_visible()
    expect(badge(page, "LAST KNOWN: ACTIVE")).to_be_visible()
    expect(badge(page, "ACTIVE")).to_have_count(0)
    expect(metric(page, "Equity")).to_contain_text("$")
    expect(page.get_by_role("button", name="Halt", exact=True)).to_be_visible()
    shown.start_api()
    expect(badge(page, "ACTIVE")).to_be_visible()
    expect(badge(page, "LAST KNOWN: ACTIVE")).to_have_count(0)
