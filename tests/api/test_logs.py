"""Logs over the API and for the command line."""

import time
from itertools import chain

import httpx
import pytest
import typer.testing

from api import cli
from api.cli import log_lines
from api.cli.log_lines import in_words, since_ms
from configs.settings import Settings
from schemas.errors import ApplicationError
from schemas.ops import LogLine
from tests.api.running import Running
from tests.topics.log_messages import line
from topics.log_lines import Wanted

NOW = int(time.time() * 1000)


async def test_lines_that_fit(running: Running, client: httpx.AsyncClient) -> None:
    running.lines += [
        line("old", at=NOW - 7_200_000),
        line("small talk", at=NOW - 3, level="debug"),
        line("applied", at=NOW - 2, correlation_id="c1", causation_id="b1", verb="halt"),
        line("request", at=NOW - 1, component="api", correlation_id="r1", command_id="c1"),
    ]

    async def events(query: str) -> list[str]:
        reply = await client.get(f"/api/v1/logs{query}")
        assert reply.status_code == 200, reply.text
        return [each["event"] for each in reply.json()["data"]]

    assert await events("") == ["applied", "request"]
    assert await events("?level=debug&since_s=86400") == ["old", "small talk", "applied", "request"]
    assert await events("?component=api") == ["request"]
    assert await events("?correlation=c1") == ["applied", "request"]
    assert await events("?limit=1") == ["request"]
    reply = await client.get("/api/v1/logs?correlation=b1")
    assert reply.json()["data"] == [
        {
            "at": NOW - 2,
            "component": "gate",
            "level": "info",
            "logger": "x",
            "event": "applied",
            "correlation_id": "c1",
            "causation_id": "b1",
            "fields": {"verb": "halt"},
        }
    ]


async def test_without_a_broker_it_is_a_problem(
    running: Running, client: httpx.AsyncClient
) -> None:
    running.log.away = True
    reply = await client.get("/api/v1/logs")
    assert (reply.status_code, reply.json()["code"]) == (503, "dependency-unavailable")


async def test_a_level_that_there_is_not_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.get("/api/v1/logs?level=loud")
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid-request")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("30s", 970_000),
        ("2m", 880_000),
        ("1d", -85_400_000),
        ("1970-01-01T00:00:07", 7_000),
        ("1970-01-01T01:00:07+01:00", 7_000),
    ],
)
def test_since_is_a_span_or_a_time(text: str, ms: int) -> None:
    assert since_ms(text, 1_000.0) == ms


def test_a_span_that_is_none_is_refused() -> None:
    with pytest.raises(ApplicationError, match="received 'yesterday'"):
        since_ms("yesterday", 0.0)


def test_a_line_in_words() -> None:
    told = line("ready", at=1_700_000_000_250, seconds="1.5", correlation_id="c")
    assert in_words(told) == "22:13:20.250 info     gate         ready seconds=1.5 correlation_id=c"


def test_the_command_asks_for_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Wanted] = []

    async def logged(settings: Settings, wanted: Wanted) -> list[LogLine]:
        asked.append(wanted)
        return [line("ready")] if wanted.component == "gate" else []

    monkeypatch.setattr(log_lines, "logged", logged)
    run = typer.testing.CliRunner().invoke
    options = {"--component": "gate", "--level": "error", "--correlation": "c", "-n": "5"}
    told = run(cli.app, ["logs", *chain(*options.items())])
    none = run(cli.app, ["logs", "--since", "10m"])
    wrong = run(cli.app, ["logs", "--level", "loud"])

    assert "ready" in told.output
    assert (asked[0].component, asked[0].level, asked[0].correlation_id, asked[0].limit) == (
        "gate",
        "error",
        "c",
        5,
    )
    assert "No line of the last 10m fits" in none.output
    assert isinstance(wrong.exception, ApplicationError)
