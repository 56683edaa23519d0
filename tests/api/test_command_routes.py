"""Commands: what the real risk gate makes of them, and what is said when it cannot be asked."""

from typing import Any

import httpx
import pytest

from api import operator
from api.callers import dashboard_key
from schemas.control import Command, Verb
from schemas.ids import BotId
from schemas.ops import ClockTick
from schemas.values import BotState
from tests.api.running import Running
from tests.sinks.messages import BOT, at
from topics.catalog import COMMANDS, GATE_INPUTS

WHY = {"reason": "drill"}
RESUME = {"phrase": "RESUME", "reason": "looked at it"}


async def post(client: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    return await client.post(f"/api/v1{path}", json=body)


def last_command(running: Running) -> Command:
    topic, command = running.log.written[-1]
    assert topic is COMMANDS
    assert isinstance(command, Command)
    return command


@pytest.fixture(autouse=True)
def brief(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate has heard the clock; its answers come at once or not at all."""
    running.log.tell(ClockTick(**at(0, "tick")))
    monkeypatch.setattr(operator, "ANSWER_S", 0.1)


async def test_a_bot_is_started_paused_resumed_and_stopped(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.fund(BOT)
    life = []
    for verb in ("start", "pause", "resume", "stop"):
        reply = await post(client, f"/bots/{BOT}/{verb}", WHY)
        assert reply.status_code == 200
        assert reply.json()["accepted"] is True, reply.text
        assert (reply.json()["verb"], reply.json()["bot_id"]) == (verb, BOT)
        life.append(running.state.bots[BOT])
    assert life == [BotState.ACTIVE, BotState.PAUSED, BotState.ACTIVE, BotState.STOPPED]


async def test_what_the_gate_refuses_is_said_in_its_own_words(
    client: httpx.AsyncClient,
) -> None:
    reply = await post(client, f"/bots/{BOT}/pause", WHY)
    assert reply.status_code == 200
    assert reply.json()["accepted"] is False
    assert reply.json()["detail"] == "bot_05 is IDLE and cannot be paused; start it first."


async def test_a_halt_works_without_a_database_and_is_read_back(
    running: Running, client: httpx.AsyncClient
) -> None:
    assert running.context.pool is None
    reply = await post(client, "/risk/halt", WHY)
    assert (reply.status_code, reply.json()["accepted"]) == (200, True)
    status = (await client.get("/api/v1/status")).json()["data"]
    assert (status["trading_state"], status["reason"]) == ("HALTED", "drill")


async def test_a_command_is_written_for_the_gate_first_and_then_kept(
    running: Running, client: httpx.AsyncClient
) -> None:
    reply = await post(client, "/risk/halt", WHY)
    assert [topic for topic, _ in running.log.written] == [GATE_INPUTS, COMMANDS]
    command = last_command(running)
    assert (command.verb, command.bot_id, command.reason) == (Verb.HALT, None, "drill")
    assert command.event_id == reply.json()["command_id"]


@pytest.mark.parametrize(
    ("headers", "by"),
    [
        ({}, "api"),
        ({"X_Client": "cli"}, "cli"),
        ({"X_Client": "somebody\x20else"}, "api"),
        ({"X_API_Key": dashboard_key("")}, "dashboard"),
    ],
)
async def test_a_command_says_who_asked(running: Running, headers: dict[str, str], by: str) -> None:
    async with running.client(**headers) as client:
        await post(client, "/risk/halt", WHY)
    assert last_command(running).by == by


async def test_an_emergency_halt_is_stricter_than_a_halt(
    running: Running, client: httpx.AsyncClient
) -> None:
    await post(client, "/risk/emergency-halt", WHY)
    status = (await client.get("/api/v1/status")).json()["data"]
    assert status["trading_state"] == "EMERGENCY_HALT"
    weaker = await post(client, "/risk/halt", WHY)
    assert weaker.json()["accepted"] is False
    assert "stricter" in weaker.json()["detail"]


@pytest.mark.parametrize("path", ["/risk/resume", "/risk/rearm/portfolio", "/risk/rearm/bot_05"])
@pytest.mark.parametrize("phrase", ["", "resume", "RESUME ", "yes"])
async def test_taking_risk_again_needs_the_phrase(
    running: Running, client: httpx.AsyncClient, path: str, phrase: str
) -> None:
    reply = await post(client, path, {"phrase": phrase, "reason": "because"})
    assert (reply.status_code, reply.json()["code"]) == (422, "phrase-needed")
    assert running.log.written == []


async def test_a_halt_ends_with_the_phrase(running: Running, client: httpx.AsyncClient) -> None:
    await post(client, "/risk/halt", WHY)
    reply = await post(client, "/risk/resume", RESUME)
    assert reply.json()["accepted"] is True
    status = (await client.get("/api/v1/status")).json()["data"]
    assert status["trading_state"] == "ACTIVE"


async def test_rearming_a_breaker_that_is_closed_changes_nothing(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.fund(BOT)
    reply = await post(client, f"/risk/rearm/{BOT}", RESUME)
    assert reply.status_code == 200
    assert last_command(running).bot_id == BOT
    await post(client, "/risk/rearm/portfolio", RESUME)
    assert last_command(running).bot_id is None


@pytest.mark.parametrize("path", ["/bots/bot_99/start", "/risk/rearm/bot_99"])
async def test_commands_to_nobody_are_not_written(
    running: Running, client: httpx.AsyncClient, path: str
) -> None:
    reply = await post(client, path, RESUME if "rearm" in path else WHY)
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown-bot")
    assert running.log.written == []


@pytest.mark.parametrize(
    "body", [{"reason": ""}, {"reason": "x" * 201}, {"reason": 5}, {"why": "typo"}, [], "halt"]
)
async def test_a_body_of_another_form_is_refused_and_not_written(
    running: Running, client: httpx.AsyncClient, body: Any
) -> None:
    reply = await post(client, "/risk/halt", body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid-request")
    assert reply.json()["detail"].startswith("body")
    assert running.log.written == []


async def test_a_silent_gate_is_503_and_the_command_is_on_the_log(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.log.silent = True
    reply = await post(client, "/risk/halt", WHY)
    assert (reply.status_code, reply.json()["code"]) == (503, "gate-silent")
    assert reply.json()["detail"] == (
        "Expected the risk gate's answer to halt within 0.1 s, received none. The command is on "
        "the log and is applied when the gate runs; check `pets status`."
    )
    assert last_command(running).verb is Verb.HALT


async def test_a_log_that_is_away_is_503_with_the_way_out(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.log.away = True
    reply = await post(client, "/risk/halt", WHY)
    assert (reply.status_code, reply.json()["code"]) == (503, "log-away")
    assert "the broker is away" in reply.json()["detail"]
    assert reply.json()["hint"] == "`pets halt` writes to the log itself."


async def test_two_equal_commands_are_two_commands(
    running: Running, client: httpx.AsyncClient
) -> None:
    first = await post(client, "/risk/halt", WHY)
    second = await post(client, "/risk/halt", WHY)
    assert first.json()["command_id"] != second.json()["command_id"]


async def test_a_bot_without_capital_stays_starting(
    running: Running, client: httpx.AsyncClient
) -> None:
    await post(client, "/bots/bot_01/start", WHY)
    assert running.state.bots[BotId("bot_01")] is BotState.STARTING
