"""A bot's parameters: what a form makes of them, and a change that is said only when read back."""

from typing import Any

import httpx
import msgspec
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.answers.system import BotConfig
from dashboard.rows.parameters import Change, Field, fields_of, parameter_rows, read
from tests.dashboard.fake_api import FakeApi, envelope, problem
from tests.dashboard.figures import CONFIG, IN_FORCE
from tests.dashboard.test_controls import open_bot, press
from tests.dashboard.test_pages import open_page, shown

PATH = "/bots/bot_05/config"
SEEN: dict[str, Any] = CONFIG["parameters"]


def field(name: str) -> Field:
    config = msgspec.convert(CONFIG, BotConfig)
    return next(each for each in fields_of(config) if each.name == name)


def test_kinds_come_from_the_form_and_what_a_bot_is_stays() -> None:
    fields = fields_of(msgspec.convert(CONFIG, BotConfig))
    assert {each.name: each.kind for each in fields} == {
        "side_cap": "number",
        "gamma": "number",
        "ttl_s": "whole",
        "spread": "numbers",
        "mirror": "choice",
        "enabled": "switch",
        "tags": "words",
        "weights": "nested",
    }
    assert [each.name for each in fields if each.safer] == ["side_cap"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("side_cap", "0.030", "0.030"),
        ("side_cap", "1e-2", "0.01"),
        ("gamma", " 0.75 ", 0.75),
        ("ttl_s", "45", 45),
        ("ttl_s", "4.5", None),
        ("gamma", "NaN", None),
        ("gamma", "a lot", None),
        ("gamma", "", None),
        ("spread", "0.01, 0.03", [0.01, 0.03]),
        ("spread", "0.01, x", None),
        ("tags", "macro,, politics ", ["macro", "politics"]),
    ],
)
def test_what_is_typed_is_read_exactly_or_not_at_all(name: str, text: str, value: object) -> None:
    found = read(field(name), text)
    assert (found, type(found)) == (value, type(value))


def test_less_of_a_cap_is_safer_and_nothing_else_is() -> None:
    assert Change(field("side_cap"), "0.01").is_safer
    assert not Change(field("side_cap"), "0.03").is_safer
    assert not Change(field("gamma"), 0.01).is_safer
    assert not Change(field("enabled"), False).is_safer


def test_rows_say_value_bounds_and_meaning() -> None:
    rows = {row["Parameter"]: row for row in parameter_rows(msgspec.convert(CONFIG, BotConfig))}
    assert rows["side_cap"]["Bounds"] == "> 0 ≤ 1"
    assert rows["spread"]["Value"] == "0.005, 0.02"
    assert rows["side_cap"]["What"] == "Dollars a side."


def open_form(app: AppTest) -> AppTest:
    return press(open_bot(app), "config-change")


def type_in(app: AppTest, name: str, text: str) -> None:
    app.text_input(key=f"config-bot_05-{name}").input(text).run()
    assert not app.exception, app.exception[0].message


def test_a_change_needs_the_phrase_and_is_said_when_it_is_read_back(
    app: AppTest, fake: FakeApi
) -> None:
    open_form(app)
    words = shown(app)
    assert "Nothing to send yet" in words
    assert "Not in this form: weights. Change them with `pets config set bots/bot_05" in words
    type_in(app, "gamma", "0.2")
    words = shown(app)
    assert "Now: 1 open order, 2 positions" in words
    assert "Exposure $1,485.17" in words
    changes = next(table.value for table in app.dataframe if "Old" in table.value)
    assert changes.to_dict("list")["Old"] == ["0.1"]
    assert changes.to_dict("list")["New"] == ["0.2"]
    assert app.button(key="config-asked-confirm").disabled
    app.text_input(key="config-asked-phrase").input("CHANGE 05").run()
    app.text_input(key="config-asked-reason").input("wider").run()
    assert fake.posted == []
    press(app, "config-asked-confirm")
    assert fake.posted == [(PATH, {"parameters": {**SEEN, "gamma": 0.2}, "reason": "wider"})]
    assert "The configuration f2 is in force. Read back." in shown(app)


def test_less_risk_needs_no_phrase(app: AppTest, fake: FakeApi) -> None:
    open_form(app)
    type_in(app, "side_cap", "0.01")
    assert "These changes can only lessen risk" in shown(app)
    press(app, "config-asked-confirm")
    assert fake.posted == [
        (PATH, {"parameters": {**SEEN, "side_cap": "0.01"}, "reason": "dashboard"})
    ]


def test_what_is_not_in_force_yet_is_no_success(app: AppTest, fake: FakeApi) -> None:
    fake.obeys = False
    open_form(app)
    type_in(app, "side_cap", "0.01")
    press(app, "config-asked-confirm")
    assert not app.success
    assert "Waiting for the effect to be read back." in shown(app)


def test_a_change_of_what_another_changed_meanwhile_is_refused(app: AppTest, fake: FakeApi) -> None:
    open_form(app)
    fake.data[PATH] = envelope({**CONFIG, "tag": '"other"', "parameters": {**SEEN, "ttl_s": 99}})
    app.run()
    type_in(app, "side_cap", "0.01")
    press(app, "config-asked-confirm")
    assert "Received a change of an older one." in [error.value for error in app.error]
    assert not app.success


def test_what_the_bot_does_not_take_is_its_sentence(app: AppTest, fake: FakeApi) -> None:
    sentence = "gamma: It should be greater than 0."
    fake.failing[PATH] = lambda request: (
        httpx.Response(200, json=fake.data[PATH])
        if request.method == "GET"
        else problem(422, "invalid-configuration", sentence, "Correct the value.")
    )
    open_form(app)
    type_in(app, "side_cap", "0")
    press(app, "config-asked-confirm")
    assert f"{sentence} Correct the value." in [error.value for error in app.error]


def test_what_is_no_number_cannot_be_sent(app: AppTest, fake: FakeApi) -> None:
    open_form(app)
    type_in(app, "gamma", "a lot")
    assert "gamma cannot be read: a number was expected. > 0 ≤ 1" in [e.value for e in app.error]
    assert "config-asked-confirm" not in [button.key for button in app.button]


def test_settings_say_what_decides_and_which_file_waits(app: AppTest, fake: FakeApi) -> None:
    open_page(app, "settings")
    assert "Configuration f1, taken over by files" in shown(app)
    files = next(table.value for table in app.dataframe if "On disk" in table.value)
    assert list(files["On disk"]) == ["the same", "differs from what is in force"]
    assert "`pets migrate` or the next `make up`" in shown(app)
    app.selectbox(key="force-file").select("risk.yaml").run()
    assert [block.value for block in app.code] == ["daily_loss: 0.05"]


def test_before_the_log_says_anything_files_of_the_start_decide(
    app: AppTest, fake: FakeApi
) -> None:
    fake.data["/config"] = envelope({**IN_FORCE, "on_the_log": False})
    open_page(app, "settings")
    assert "not yet on the log; stages run on the files" in shown(app)
