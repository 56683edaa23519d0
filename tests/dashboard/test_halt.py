"""Halting takes two clicks and no typing; resuming takes the phrase and a reason."""

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi, problem, refused


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception[0].message
    return app


def said(app: AppTest) -> str:
    blocks = [*app.markdown, *app.success, *app.error, *app.warning]
    return "\n".join(str(block.value) for block in blocks)


def test_two_clicks_halt(app: AppTest, fake: FakeApi) -> None:
    press(app.run(), "halt-button")
    assert (
        "No new risk from any bot. 14 open orders will be cancelled. 2 positions ($412.50) stay "
        "open; bots may only reduce them." in said(app)
    )
    assert fake.posted == []
    press(app, "halt-confirm")
    assert fake.posted == [("/risk/halt", {"reason": "dashboard"})]
    words = said(app)
    assert "Done: halt." in words
    assert "Open now: no order, 2 positions." in words, "read back, not assumed"
    assert "HALTED: dashboard" in words
    press(app, "halt-close")
    assert "Done: halt." not in said(app)


def test_an_emergency_halt_is_one_switch_more(app: AppTest, fake: FakeApi) -> None:
    press(app.run(), "halt-button")
    app.toggle(key="halt-emergency").set_value(True).run()
    press(app, "halt-confirm")
    assert fake.posted == [("/risk/emergency-halt", {"reason": "dashboard"})]


def test_a_halt_can_be_made_stricter(app: AppTest, fake: FakeApi) -> None:
    fake.set_state("HALTED", "drill")
    press(app.run(), "halt-button")
    assert not app.toggle
    press(app, "halt-confirm")
    assert fake.posted == [("/risk/emergency-halt", {"reason": "dashboard"})]


def test_a_halt_does_not_need_to_know_what_it_touches(app: AppTest, fake: FakeApi) -> None:
    fake.failing["/risk/metrics"] = lambda _: problem(503, "any", "Away.")
    press(app.run(), "halt-button")
    assert "Counts unknown." in said(app)
    press(app, "halt-confirm")
    assert fake.posted == [("/risk/halt", {"reason": "dashboard"})]


def test_a_halt_that_failed_never_looks_like_one(app: AppTest, fake: FakeApi) -> None:
    press(app.run(), "halt-button")
    fake.everything = refused
    press(app, "halt-confirm")
    words = said(app)
    assert "The API does not answer. `pets halt` writes to the log itself." in words
    assert not app.success
    fake.everything = None
    press(app, "halt-confirm")
    assert "Done: halt." in said(app), "the dialog stayed open for another try"


def test_a_halt_that_hangs_elsewhere_is_still_sent(app: AppTest, fake: FakeApi) -> None:
    """Reads pause after a timeout; commands never do."""
    press(app.run(), "halt-button")

    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    fake.failing = dict.fromkeys(("/status", "/risk/metrics", "/bots"), slow)
    press(app, "halt-confirm")
    assert fake.posted == [("/risk/halt", {"reason": "dashboard"})]


def test_what_the_gate_refuses_is_an_error(app: AppTest, fake: FakeApi) -> None:
    answer = {"command_id": "c", "verb": "halt", "bot_id": None, "accepted": False}
    fake.failing["/risk/halt"] = lambda _: httpx.Response(200, json={**answer, "detail": "No."})
    press(app.run(), "halt-button")
    press(app, "halt-confirm")
    assert [error.value for error in app.error] == ["No."]
    assert not app.success


@pytest.mark.parametrize(
    ("phrase", "reason", "ready"),
    [
        ("", "", False),
        ("RESUME", "", False),
        ("RESUME", "  ", False),
        ("resume", "looked", False),
        ("RESUME", "looked", True),
    ],
)
def test_resuming_needs_the_phrase_and_a_reason(
    app: AppTest, fake: FakeApi, phrase: str, reason: str, ready: bool
) -> None:
    fake.set_state("HALTED", "drill")
    press(app.run(), "resume-button")
    app.text_input(key="resume-phrase").input(phrase).run()
    app.text_input(key="resume-reason").input(reason).run()
    assert app.button(key="resume-confirm").disabled is not ready
    if ready:
        press(app, "resume-confirm")
    expected = [("/risk/resume", {"phrase": phrase, "reason": reason})] if ready else []
    assert fake.posted == expected


def test_after_resuming_the_halt_is_offered_again(app: AppTest, fake: FakeApi) -> None:
    fake.set_state("HALTED", "drill")
    press(app.run(), "resume-button")
    app.text_input(key="resume-phrase").input("RESUME").run()
    app.text_input(key="resume-reason").input("looked").run()
    press(app, "resume-confirm")
    assert "Done: resume." in said(app)
    press(app, "halt-close")
    assert "halt-button" in [button.key for button in app.button]
    assert "resume-button" not in [button.key for button in app.button]
