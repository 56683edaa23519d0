"""Buttons that change the system: the blast radius first, success only when it is read back."""

from typing import Any

import httpx
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import FakeApi, envelope, problem
from tests.dashboard.figures import ALERTS, BREAKERS, PROGRESS
from tests.dashboard.test_pages import open_page, shown


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception, app.exception[0].message
    return app


def open_bot(app: AppTest, bot_id: str = "bot_05") -> AppTest:
    open_page(app, "bot_control")
    app.selectbox(key="bot").select(bot_id).run()
    return app


def test_a_link_leads_to_a_bot_by_its_id(app: AppTest, fake: FakeApi) -> None:
    app.query_params["bot"] = "bot_05"
    open_page(app, "bot_control")
    assert "Bot 05" in shown(app)
    assert app.query_params["bot"] == "bot_05"


def test_two_clicks_pause_a_bot(app: AppTest, fake: FakeApi) -> None:
    press(open_bot(app), "bot-pause")
    words = shown(app)
    assert "Its orders are cancelled. It may reduce positions but open none" in words
    assert "Now: 1 open order, 2 positions" in words
    press(app, "bot-asked-confirm")
    assert fake.posted == [("/bots/bot_05/pause", {"reason": "dashboard"})]
    assert "Done: pause. Read back." in shown(app)


def test_the_overviews_emergency_halt_says_what_it_touches_and_unwinds(
    app: AppTest, fake: FakeApi
) -> None:
    press(open_page(app, "overview"), "emergency-button")
    words = shown(app)
    assert "14 open orders will be cancelled" in words
    assert "closing cannot be guaranteed" in words
    assert fake.posted == [], "one look before it is done"
    press(app, "halt-confirm")
    assert fake.posted == [("/risk/emergency-halt", {"reason": "dashboard"})]


def test_what_is_not_read_back_is_no_success(app: AppTest, fake: FakeApi) -> None:
    waits = {**PROGRESS, "stage": "applied", "advice": "Cancel them by hand."}
    waits["steps"] = [{"name": "orders cancelled", "done": 12, "of": 14}]
    fake.data["/commands/c1"] = envelope(waits)
    press(press(open_bot(app), "bot-pause"), "bot-asked-confirm")
    assert not app.success
    words = shown(app)
    assert "Waiting for the effect to be read back." in words
    assert "Cancel them by hand." in words
    assert "applied · orders cancelled 12/14" in str(app.get("progress")[0].proto)


def test_starting_again_needs_the_bots_own_phrase(app: AppTest, fake: FakeApi) -> None:
    paused = [{**bot, "state": "PAUSED"} for bot in fake.data["/bots"]["data"]]
    fake.data["/bots"] = envelope(paused)
    press(open_bot(app), "bot-resume")
    assert app.button(key="bot-asked-confirm").disabled
    app.text_input(key="bot-asked-phrase").input("RESUME 01").run()
    app.text_input(key="bot-asked-reason").input("looked").run()
    assert app.button(key="bot-asked-confirm").disabled, "another bot's phrase"
    app.text_input(key="bot-asked-phrase").input("RESUME 05").run()
    press(app, "bot-asked-confirm")
    assert fake.posted == [("/bots/bot_05/resume", {"reason": "looked"})]


def trip(fake: FakeApi, scope: str, kind: str) -> None:
    tripped = {**BREAKERS[0], "scope": scope, "kind": kind, "value": "0.41", "open": True}
    fake.data["/risk/circuit-breakers"] = envelope([*BREAKERS, tripped])


def rearm_step(app: AppTest, step: str, phrase: str) -> None:
    assert app.button(key=f"rearm-press-{step}").disabled
    app.text_input(key=f"rearm-phrase-{step}").input(phrase).run()
    app.text_input(key=f"rearm-reason-{step}").input("looked at it").run()
    press(app, f"rearm-press-{step}")


def test_the_portfolio_is_rearmed_in_two_typed_steps(app: AppTest, fake: FakeApi) -> None:
    trip(fake, "portfolio", "PORTFOLIO_DRAWDOWN")
    press(open_page(app, "risk_monitor"), "rearm-portfolio")
    assert "Step 1 of 2" in shown(app)
    rearm_step(app, "first", "RESUME")
    assert "Step 2 of 2" in shown(app)
    assert not app.success, "the first step closes nothing"
    rearm_step(app, "second", "RESUME PORTFOLIO")
    asked: Any = {"phrase": "RESUME", "reason": "looked at it"}
    assert fake.posted == [
        ("/risk/rearm/portfolio", {**asked, "confirms": ""}),
        ("/risk/rearm/portfolio", {**asked, "confirms": "c1"}),
    ]
    assert "Read back." in shown(app)


def test_a_bot_is_rearmed_in_one(app: AppTest, fake: FakeApi) -> None:
    trip(fake, "bot_01", "BOT_DRAWDOWN")
    press(open_page(app, "risk_monitor"), "rearm-bot_01")
    rearm_step(app, "first", "RESUME")
    assert [path for path, _ in fake.posted] == ["/risk/rearm/bot_01"]


def test_an_alert_is_acknowledged_and_said_as_it_was_read_back(app: AppTest, fake: FakeApi) -> None:
    after = {**ALERTS[0], "open": False, "acknowledged_at": 1, "acknowledged_by": "dashboard"}
    fake.answers["/alerts/a1/acknowledge"] = after
    open_page(app, "risk_monitor")
    assert "Run pets doctor." in shown(app), "what to do is beside it"
    press(app, "ack-a1")
    assert fake.posted == [("/alerts/a1/acknowledge", {"reason": "dashboard"})]
    assert "acknowledged by dashboard" in shown(app)


def test_a_channel_says_what_became_of_its_test(app: AppTest, fake: FakeApi) -> None:
    fake.answers["/alerts/channels/webhook/test"] = {
        "channel": "webhook",
        "sent": False,
        "detail": "It answered 500.",
    }
    open_page(app, "settings")
    assert app.button(key="test-telegram").disabled
    assert "2 alerts not yet sent" in shown(app)
    press(app, "test-webhook")
    assert "It answered 500." in [error.value for error in app.error]


JUDGED = {"code": None, "rule": "", "limit": "", "value": "", "kind": "REDUCE", "zone": "ZONE_3"}
DENIED = {**JUDGED, "code": "NO_EDGE", "rule": "The edge is thin.", "limit": "1", "value": "0"}


@pytest.mark.parametrize(("accepted", "said"), [(True, "offered at 43.0 ¢"), (False, "thin")])
def test_closing_says_what_the_gate_made_of_it(
    app: AppTest, fake: FakeApi, accepted: bool, said: str
) -> None:
    judged = {**(JUDGED if accepted else DENIED), "accepted": accepted}
    ticket = {"order_id": "o7", "intent_id": "i7", "price": "0.43", "size": "240.66"}
    fake.answers["/positions/p1/close"] = {**ticket, "judgement": judged}
    press(open_page(app, "positions"), "close-position")
    assert "nothing is sold at market" in shown(app)
    press(app, "close-confirm")
    assert fake.posted == [("/positions/p1/close", {"reason": "dashboard"})]
    assert said in shown(app)


def test_what_if_asks_the_gate_with_exact_numbers(app: AppTest, fake: FakeApi) -> None:
    fake.answers["/risk/what-if"] = envelope({**DENIED, "accepted": False})
    open_page(app, "risk_monitor")
    app.number_input(key="wi-price").set_value(42.1)
    app.button(key="FormSubmitter:what-if-Ask the gate").click().run()
    assert not app.exception
    ((path, body),) = fake.posted
    assert (path, body["price"], body["size"]) == ("/risk/what-if", "0.421", "100.0")
    assert "It would be denied, NO_EDGE: The edge is thin." in shown(app)


def test_the_trace_is_one_click_from_a_denial(app: AppTest, fake: FakeApi) -> None:
    open_page(app, "order_log")
    assert "Will it rain?" in shown(app)
    steps = next(table.value for table in app.dataframe if "Step" in table.value)
    assert list(steps["What"]) == ["It saw an edge of 0.1 ¢.", "DENIED: NO_EDGE."]
    assert "Not found: The book at that moment is not kept." in shown(app)


class Clicks:
    """Clicks on rows, which only a browser tells; each is told while its table is drawn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting: dict[str, int] = {}
        self._draw = st.dataframe
        monkeypatch.setattr("dashboard.panels.table.st.dataframe", self._drawn)

    def _drawn(self, data: Any, **options: Any) -> None:
        on_select = options.pop("on_select", None)
        options.pop("selection_mode", None)
        key = options["key"]
        if on_select is not None and key in self.waiting:
            st.session_state[key] = {"selection": {"rows": [self.waiting.pop(key)]}}
            on_select()
            del st.session_state[key]
        self._draw(data, **options)


@pytest.mark.parametrize(("place", "traced"), [(0, "d1"), (9, "")])
def test_a_click_on_a_denial_traces_it(
    app: AppTest, fake: FakeApi, monkeypatch: pytest.MonkeyPatch, place: int, traced: str
) -> None:
    clicks = Clicks(monkeypatch)
    open_page(app, "order_log")
    assert app.text_input(key="trace").value == ""
    clicks.waiting["denied-"] = place
    app.run()
    assert not app.exception, app.exception[0].message
    assert not clicks.waiting
    assert app.text_input(key="trace").value == traced
    assert "On a terminal: `pets trace d1`." in shown(app)


def test_a_click_on_a_bot_leads_to_it(
    app: AppTest, fake: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    clicks = Clicks(monkeypatch)
    app.run()
    clicks.waiting["bots"] = 1
    app.run()
    app.run()
    assert not app.exception, app.exception[0].message
    assert "Bot 05" in [head.value for head in app.subheader]


def test_a_language_chosen_on_settings_holds_on_every_page(app: AppTest, fake: FakeApi) -> None:
    open_page(app, "settings")
    app.selectbox(key="lang").select("es").run()
    assert not app.exception
    assert "Con qué funciona" in shown(app)
    app.switch_page("views/overview.py").run()
    assert "Cuenta" in shown(app)


def test_a_refusal_of_a_command_is_the_apis_sentence(app: AppTest, fake: FakeApi) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return problem(503, "gate-silent", "The gate has not answered.", "See pets status.")

    fake.failing["/bots/bot_05/pause"] = refuse
    press(press(open_bot(app), "bot-pause"), "bot-asked-confirm")
    said = "The gate has not answered. See pets status. `pets halt` writes to the log itself."
    assert said in [error.value for error in app.error]
