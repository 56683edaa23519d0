"""Seven pages in six states: loading, empty, normal, stale, error, halted."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi, refused

PAGES = (
    "overview",
    "bot_control",
    "performance",
    "positions",
    "order_log",
    "risk_monitor",
    "settings",
)
LATE = "The stage ledger has not reported since."
WAITING = "The stage gate has not reported."
FACTS = ("None: ", "Not yet: ")


def shown(app: AppTest) -> str:
    """All words on the page, one block a line."""
    kinds = ("subheader", "caption", "markdown", "info", "warning", "error", "success")
    return "\n".join(str(getattr(block, "value", "")) for kind in kinds for block in app.get(kind))


def open_page(app: AppTest, page: str) -> AppTest:
    app.run()
    if page != "overview":
        app.switch_page(f"views/{page}.py").run()
    assert not app.exception, app.exception[0].message
    return app


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def heads(app: AppTest) -> int:
    """Panels that say their age, money and source."""
    return sum(" · paper · recorded + simulated 10x" in str(each.value) for each in app.caption)


def test_normal(app: AppTest, fake: FakeApi, page: str) -> None:
    open_page(app, page)
    words = shown(app)
    assert ":blue-badge[PAPER MONEY] :violet-badge[RECORDED + SIMULATED 10X]" in words
    assert heads(app) >= 4, "panels say how old they are and of which money they speak"
    assert "halt-button" in [button.key for button in app.button]
    assert not app.error
    assert not app.warning
    assert "Nothing is at" not in words, "every path it asks for exists"


def test_loading(app: AppTest, fake: FakeApi, page: str) -> None:
    """Nothing is known, and nothing pretends to be: no figure, no zero, no 'none'."""
    fake.empty()
    fake.change(as_of=0, age_s=0.0, stale=True, behind=WAITING)
    open_page(app, page)
    words = shown(app)
    assert f"Not yet: waiting for the first figures. {WAITING}" in words
    assert "None: no alert" not in words
    assert "None: no bot holds" not in words
    assert "$0.00" not in words
    assert "Files in" not in words, "no docstring of a page is shown as text"
    assert all("$0" not in str(metric.value) for metric in app.metric)


def test_empty(app: AppTest, fake: FakeApi, page: str) -> None:
    """Everything lives and nothing has happened: each panel says so, and what to do."""
    fake.empty()
    open_page(app, page)
    words = shown(app)
    assert any(fact in words for fact in FACTS)
    assert not app.error
    assert "waiting for the first figures" not in words


def test_stale(app: AppTest, fake: FakeApi, page: str) -> None:
    fake.change(age_s=48.0, stale=True, behind=LATE)
    open_page(app, page)
    words = shown(app)
    assert words.count(f"48 s old, not current. {LATE}") >= 3
    for metric in app.metric:
        assert str(metric.value).startswith(":gray["), f"{metric.label} is old and not grey"


def test_error(app: AppTest, fake: FakeApi, page: str) -> None:
    fake.everything = refused
    open_page(app, page)
    words = shown(app)
    assert "The API does not answer. Last known figures are grey." in words
    assert words.count("Unknown: the API does not answer.") >= 1
    assert len(app.error) == 1, "one place says it"
    assert not app.metric
    assert not app.dataframe
    assert "None: " not in words, "unknown is not none"
    assert "halt-button" in [button.key for button in app.button]


def test_error_later_keeps_the_last_figures(app: AppTest, fake: FakeApi, page: str) -> None:
    open_page(app, page)
    tables = len(app.dataframe)
    fake.everything = refused
    app.run()
    assert not app.exception, app.exception[0].message
    assert ":gray-badge[LAST KNOWN: ACTIVE]" in shown(app)
    assert len(app.dataframe) == tables
    for metric in app.metric:
        assert str(metric.value).startswith(":gray["), metric.label


def test_halted(app: AppTest, fake: FakeApi, page: str) -> None:
    fake.set_state("HALTED", "drill", 3)
    open_page(app, page)
    words = shown(app)
    assert ":orange-badge[HALTED]" in words
    assert "HALTED: drill. Open now: 3 orders, 2 positions." in words
    keys = [button.key for button in app.button]
    assert "resume-button" in keys


def test_every_page_is_spoken_in_spanish_too(
    app: AppTest, fake: FakeApi, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETS_LANGUAGE", "es")
    open_page(app, page)
    words = shown(app)
    assert "a las 09:10:00 UTC · 0 s · paper" in words
    assert "as of " not in words
    assert "Parar" in [button.label for button in app.button]
