"""Reading and changing what decides; the real gate takes it over or says why not."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from api.cli import config
from api.configuration import content_at_hand
from schemas.control import Configuration
from tests.api.running import Running
from topics.catalog import CONFIGS, GATE_INPUTS

BOT = "/api/v1/bots/bot_05/config"


async def data(client: httpx.AsyncClient, path: str) -> Any:
    reply = await client.get(path)
    assert reply.status_code == 200, reply.text
    return reply.json()["data"]


async def test_before_the_log_says_anything_it_is_what_stages_are_started_with(
    running: Running, client: httpx.AsyncClient
) -> None:
    shown = await data(client, "/api/v1/config")

    assert shown["fingerprint"] == content_at_hand(running.settings).fingerprint
    assert (shown["on_the_log"], shown["bots"], shown["money"]) == (False, "1,5", "paper")
    assert {"risk.yaml", "bots/bot_05_market_maker.yaml"} <= {f["name"] for f in shown["files"]}
    assert not any(file["edited_here"] for file in shown["files"])


async def test_a_changed_file_is_taken_over_and_shown(
    running: Running, client: httpx.AsyncClient
) -> None:
    before = await data(client, "/api/v1/config")
    [risk] = [file for file in before["files"] if file["name"] == "risk.yaml"]
    text = risk["text"].replace("bot_gross: 0.80", "bot_gross: 0.70")
    reply = await client.put("/api/v1/config/risk.yaml", json={"text": text, "reason": "calmer"})
    after = await data(client, "/api/v1/config")

    assert (reply.status_code, reply.json()["accepted"]) == (200, True)
    assert after["fingerprint"] in reply.json()["detail"]
    assert after["fingerprint"] != before["fingerprint"]
    assert (after["on_the_log"], after["reason"]) == (True, "calmer")
    assert [f["name"] for f in after["files"] if f["edited_here"]] == ["risk.yaml"]
    written = [
        topic for topic, message in running.log.written if isinstance(message, Configuration)
    ]
    assert written == [CONFIGS, GATE_INPUTS]


async def test_a_bots_parameters_are_changed_with_the_tag_they_came_with(
    client: httpx.AsyncClient,
) -> None:
    shown = await data(client, BOT)
    changed = {**shown["parameters"], "gamma": 0.75}
    assert changed != shown["parameters"]

    async def put(tag: str) -> httpx.Response:
        headers = {"If-Match": tag}
        return await client.put(BOT, json={"parameters": changed}, headers=headers)

    first, late = await put(shown["tag"]), await put(shown["tag"])

    assert (first.status_code, first.json()["accepted"]) == (200, True)
    assert first.json()["bot_id"] == "bot_05"
    assert (await data(client, BOT))["parameters"] == changed
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    [text] = [
        file["text"]
        for file in (await data(client, "/api/v1/config"))["files"]
        if file["name"] == shown["origin"]
    ]
    assert "gamma: 0.75                  # risk aversion\n" in text, "comments stay"


async def test_parameters_without_a_tag_are_not_replaced(
    running: Running, client: httpx.AsyncClient
) -> None:
    shown = await data(client, BOT)
    body = {"parameters": {**shown["parameters"], "gamma": 0.75}}
    blind = await client.put(BOT, json=body)
    assert (blind.status_code, blind.json()["code"]) == (428, "tag-missing")
    assert "If-Match" in blind.json()["detail"]
    assert "GET /api/v1/bots/bot_05/config" in blind.json()["hint"]
    assert not running.log.written
    knowing = await client.put(BOT, json=body, headers={"If-Match": "*"})
    assert (knowing.status_code, knowing.json()["accepted"]) == (200, True)


async def test_a_parameter_that_is_left_out_is_missing_or_takes_its_default(
    client: httpx.AsyncClient,
) -> None:
    path = "/api/v1/bots/bot_01/config"
    shown = await data(client, path)
    parameters = {**shown["parameters"], "mirror": "off"}
    for left_out, mirror in (("", "off"), ("mirror", "inventory")):
        body = {"parameters": {k: v for k, v in parameters.items() if k != left_out}}
        reply = await client.put(path, json=body, headers={"If-Match": "*"})
        assert reply.status_code == 200, reply.text
        assert (await data(client, path))["parameters"]["mirror"] == mirror


async def test_the_form_says_of_which_parameters_less_is_safer(client: httpx.AsyncClient) -> None:
    form = (await data(client, BOT))["form"]["properties"]
    safer = {name for name, field in form.items() if field.get("safer") == "lower"}
    assert safer == {"lambda_max", "max_skew", "base", "side_cap", "market_cap"}


@pytest.mark.parametrize(
    ("path", "body", "code", "sentence"),
    [
        ("/config/none.yaml", {"text": ""}, "unknown-file", "received 'none.yaml'"),
        ("/config/risk.yaml", {"text": "a: 1"}, "invalid-configuration", "this key is unknown"),
        ("/config/risk.yaml", {"text": "", "base": "old"}, "changed-meanwhile", "an older one"),
        ("/bots/bot_05/config", {"parameters": {}}, "invalid-configuration", "key is missing"),
        ("/bots/bot_99/config", {"parameters": {}}, "unknown-bot", "received 'bot_99'"),
    ],
)
async def test_what_is_wrong_is_refused_and_never_sent(
    running: Running,
    client: httpx.AsyncClient,
    path: str,
    body: dict[str, Any],
    code: str,
    sentence: str,
) -> None:
    reply = await client.put(f"/api/v1{path}", json=body, headers={"If-Match": "*"})

    assert reply.json()["code"] == code
    assert sentence in reply.json()["detail"]
    assert not running.log.written


async def test_a_silent_gate_is_said(
    running: Running, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.operator.ANSWER_S", 0.05)
    running.log.silent = True
    shown = await data(client, BOT)
    tag = {"If-Match": shown["tag"]}
    reply = await client.put(BOT, json={"parameters": shown["parameters"]}, headers=tag)
    assert (reply.status_code, reply.json()["code"]) == (503, "gate-silent")


def test_the_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[tuple[object, ...]] = []
    shown = {
        "fingerprint": "f1",
        "on_the_log": True,
        "by": "api",
        "reason": "calmer",
        "bots": "1,5",
        "money": "paper",
        "seed": 7,
        "files": [{"name": "risk.yaml", "text": "a: 1\n", "edited_here": True}],
    }

    def send(method: str, path: str, body: object = None) -> Any:
        asked.append((method, path, body))
        return {"detail": "done", "accepted": False}

    monkeypatch.setattr(config, "get", lambda _: {"data": shown})
    monkeypatch.setattr(config, "send", send)
    file = tmp_path / "risk.yaml"
    file.write_text("a: 2\n")

    def run(*arguments: str) -> Any:
        app = typer.Typer()
        app.add_typer(config.app, name="config")
        return CliRunner().invoke(app, ["config", *arguments])

    assert "f1  by api: calmer" in run("list").output
    assert "risk.yaml  differs from the file here" in run("list").output
    assert run("show", "risk.yaml").output == "a: 1\n"
    assert "received 'x'" in str(run("show", "x").exception)
    refused = run("set", "risk.yaml", str(file), "--reason", "why")
    assert (refused.exit_code, refused.output) == (3, "done\n")
    body = {"text": "a: 2\n", "reason": "why", "base": "f1"}
    assert asked[-1] == ("PUT", "/config/risk.yaml", body)
    assert "there is none" in str(run("set", "risk.yaml", str(tmp_path / "no")).exception)
