"""One command to several bots: numbers first, a phrase to start, each fate for itself."""

from typing import Any

import httpx
from streamlit.testing.v1 import AppTest

from tests.dashboard.fake_api import BOTS, FakeApi, envelope, problem, refused
from tests.dashboard.figures import PROGRESS
from tests.dashboard.test_controls import press
from tests.dashboard.test_pages import open_page, shown

BOTH = ["bot_01", "bot_05"]


def choose(app: AppTest, *bots: str) -> AppTest:
    app.multiselect(key="bulk-bots").set_value(list(bots)).run()
    assert not app.exception
    return app


def let_be(fake: FakeApi, *states: str) -> None:
    """The states of the bots."""
    bots = [{**bot, "state": state} for bot, state in zip(BOTS, states, strict=True)]
    fake.data["/bots"] = envelope(bots)


def answer(fake: FakeApi, verb: str, bot_id: str, command_id: str, **told: Any) -> None:
    said = {"command_id": command_id, "verb": verb, "bot_id": bot_id, "accepted": True}
    fake.answers[f"/bots/{bot_id}/{verb}"] = {**said, "detail": f"{bot_id} heard.", **told}


def test_nothing_can_be_pressed_before_bots_are_chosen(app: AppTest, fake: FakeApi) -> None:
    open_page(app, "bot_control")
    for verb in ("start", "resume", "pause", "stop"):
        assert app.button(key=f"bulk-{verb}").disabled


def test_pausing_several_needs_no_phrase_and_each_is_read_back(app: AppTest, fake: FakeApi) -> None:
    answer(fake, "pause", "bot_01", "c1")
    answer(fake, "pause", "bot_05", "c5")
    fake.data["/commands"] = envelope(
        [{**PROGRESS, "command_id": "c5", "stage": "applied"}, PROGRESS]
    )
    press(choose(open_page(app, "bot_control"), *BOTH), "bulk-pause")
    words = shown(app)
    assert "To each of: 01 rebalancing · ACTIVE, 05 market maker · ACTIVE." in words
    assert "Together now: 1 open order, 2 positions ($110.98), equity $20,015.80." in words
    assert fake.posted == [], "one look before it is done"
    press(app, "bulk-asked-confirm")
    said = {"reason": "dashboard"}
    assert fake.posted == [("/bots/bot_01/pause", said), ("/bots/bot_05/pause", said)]
    words = shown(app)
    assert "Read back: 1 of 2." in words
    assert [each.value for each in app.success] == ["bot_01 heard. Read back."]
    assert "bot_05 heard. Waiting for the effect to be read back." in words


def test_starting_several_needs_every_bots_number(app: AppTest, fake: FakeApi) -> None:
    let_be(fake, "IDLE", "STOPPED")
    press(choose(open_page(app, "bot_control"), *BOTH), "bulk-start")
    app.text_input(key="bulk-asked-phrase").input("START 01").run()
    app.text_input(key="bulk-asked-reason").input("looked").run()
    assert app.button(key="bulk-asked-confirm").disabled, "only one of them"
    app.text_input(key="bulk-asked-phrase").input("START 01 05").run()
    press(app, "bulk-asked-confirm")
    assert [path for path, _ in fake.posted] == ["/bots/bot_01/start", "/bots/bot_05/start"]


def test_a_bot_that_it_does_not_fit_is_left_out_and_named(app: AppTest, fake: FakeApi) -> None:
    let_be(fake, "PAUSED", "ACTIVE")
    choose(open_page(app, "bot_control"), *BOTH)
    assert app.button(key="bulk-pause").label == "Pause (1)"
    assert app.button(key="bulk-start").disabled
    press(app, "bulk-pause")
    assert "Left out, their state does not fit: 01 rebalancing · PAUSED." in shown(app)
    press(app, "bulk-asked-confirm")
    assert [path for path, _ in fake.posted] == ["/bots/bot_05/pause"]


def test_one_refusal_stops_none_of_the_others(app: AppTest, fake: FakeApi) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return problem(503, "gate-silent", "The gate has not answered.", "See pets status.")

    fake.failing["/bots/bot_01/stop"] = refuse
    answer(fake, "stop", "bot_05", "c5", accepted=False, detail="It is being stopped already.")
    press(choose(open_page(app, "bot_control"), *BOTH), "bulk-stop")
    press(app, "bulk-asked-confirm")
    errors = [error.value for error in app.error]
    assert "The gate has not answered. See pets status." in errors
    assert "It is being stopped already." in errors
    assert "Read back: 0 of 2." in shown(app)
    assert not app.success


def test_an_absent_api_stops_the_rest_and_says_which(app: AppTest, fake: FakeApi) -> None:
    press(choose(open_page(app, "bot_control"), *BOTH), "bulk-pause")
    fake.failing["/bots/bot_01/pause"] = refused
    press(app, "bulk-asked-confirm")
    assert fake.posted == []
    errors = [error.value for error in app.error]
    assert "Whether it was heard is unknown: The API does not answer." in errors
    assert "Not sent: The API does not answer." in errors
    assert "`pets halt` writes to the log itself." in shown(app)
