"""Commands against a real API with the real gate: what they print, and how they end."""

import json
from pathlib import Path

import msgspec
import pytest

from api.cli.asking import FAILED, REFUSED, bot_id
from api.money.graduation import graduation
from configs.settings import Settings
from schemas.errors import ApplicationError, InfrastructureError
from sinks.queries.bots import SIGNALS, SUMMARIES
from sinks.queries.counts import DECISION_COUNTS, SIGNAL_COUNTS
from sinks.queries.graduation import COUNTS
from tests.api.cli.conftest import Pets
from tests.api.running import Database, Running
from tests.api.test_graduation import SUMMARY, TOLD
from tests.sinks.messages import BOT

READS = (
    ("bots", "list"),
    ("bots", "show", "05"),
    ("bots", "config", "05"),
    ("positions", "list"),
    ("orders", "list", "--open"),
    ("risk", "show"),
    ("risk", "breakers"),
    ("risk", "exposure"),
    ("risk", "denials"),
    ("commands", "list"),
    ("alerts", "list", "--all"),
    ("alerts", "channels"),
    ("status",),
)


def test_reads_print_words_with_their_age_and_json_for_programs(
    pets: Pets, served: Running
) -> None:
    for line in READS:
        words = pets(*line)
        assert words.exit_code == 0, (line, words.output)
        assert "simulated" in words.output, line
        assert "paper money" in words.output, line
        answer = json.loads(pets(*line, "--json").output)
        assert {"data", "as_of", "stale", "money"} <= set(answer), line


def test_a_pause_is_said_when_the_bot_is_paused(pets: Pets, served: Running) -> None:
    said = pets("bots", "pause", "5", "--reason", "drill")
    assert (said.exit_code, served.state.bots[BOT]) == (0, "PAUSED"), said.output
    assert "Read back: bot is paused 1/1" in said.output
    back = pets("bots", "resume", "bot_05", "--json")
    answer = json.loads(back.output)
    assert (answer["stage"], served.state.bots[BOT]) == ("confirmed", "ACTIVE")


def test_what_the_gate_refuses_ends_with_its_sentence_and_its_own_code(
    pets: Pets, served: Running
) -> None:
    said = pets("bots", "resume", "05")
    assert said.exit_code == REFUSED
    assert said.output.strip()


def test_an_effect_that_does_not_show_is_no_success(
    pets: Pets, served: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.cli.asking.CONFIRM_S", 0.0)
    monkeypatch.setattr("api.command_progress._EFFECTS", AlwaysUndone())
    said = pets("bots", "pause", "05")
    assert said.exit_code == FAILED
    assert "Not everything has been read back." in said.output


class AlwaysUndone(dict[object, object]):
    def __missing__(self, verb: object) -> object:
        return lambda *_: False


def test_halt_and_typed_resume(pets: Pets, served: Running) -> None:
    assert "trading is halted 1/1" in pets("halt", "--reason", "drill").output
    refused = pets("resume")
    assert isinstance(refused.exception, ApplicationError)
    assert "trading is active 1/1" in pets("resume", "--phrase", "RESUME").output


def test_halt_goes_over_the_log_when_the_api_is_away(
    pets: Pets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETS_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("PETS_BROKER", "127.0.0.1:1")
    said = pets("halt")
    assert isinstance(said.exception, InfrastructureError), "neither API nor broker: said so"
    assert "127.0.0.1:1" in str(said.exception)


def test_graduation_says_what_is_insufficient_and_keeps_all_records(
    pets: Pets, served: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept" / "graduation.json"
    monkeypatch.setenv("PETS_PAPER_RECORD", str(path))
    served.use(
        Database(
            {
                SUMMARIES: [msgspec.structs.asdict(SUMMARY)],
                COUNTS: [msgspec.structs.asdict(TOLD)],
            }
        )
    )
    one = pets("graduation", "5").output
    assert f"{BOT}: insufficient" in one
    assert "  4 of 200 fills." in one
    assert not path.exists(), "one bot's record is no record of all"
    said = pets("graduation")
    assert (said.exit_code, f"Kept in {path}" in said.output) == (0, True), said.output
    kept = graduation(Settings(_env_file=None, bots="5", paper_record=path))
    assert "0 of 28 days. 4 of 200 fills." in kept.says


def test_why_names_the_decisive_reason_first(pets: Pets, served: Running) -> None:
    count = {"bot_id": BOT, "count": 7, "last_at": served.context.clock.now_ms()}
    rule = {"rule": "The edge must cover the costs.", "limit_value": "0.005", "value": "0.001"}
    served.use(
        Database(
            {
                SIGNAL_COUNTS: [{**count, "decision": "none", "reason": "NO_QUOTE"}],
                DECISION_COUNTS: [{**count, **rule, "verdict": "DENIED", "code": "NO_EDGE"}],
                SIGNALS: [],
            }
        )
    )
    said = pets("why", "5").output
    head = said.splitlines()[0]
    assert "0 intents approved, 7 denied in 1 h" in head
    assert "most often NO_EDGE: The edge must cover the costs." in head
    assert "NO_QUOTE" in said
    pets("halt", "--reason", "drill")
    assert "trading is HALTED (drill)" in pets("why", "5").output
    assert set(json.loads(pets("why", "5", "--json").output)) >= {"signals", "decisions", "bot"}


def test_the_portfolio_is_rearmed_in_two_steps(pets: Pets, served: Running) -> None:
    step = ("risk", "rearm", "portfolio", "--phrase", "RESUME", "--reason", "looked at it")
    first = pets(*step, "--json")
    answer = json.loads(first.output)
    assert set(answer) >= {"command_id", "accepted", "detail"}
    assert (first.exit_code == 0) is answer["accepted"]
    assert pets("risk", "rearm", "portfolio", "--phrase", "RESUME").exit_code == 2


@pytest.mark.parametrize("typed", ["5", "05", "bot_05", "BOT_5"])
def test_a_bot_is_found_by_its_number(typed: str) -> None:
    assert bot_id(typed) == "bot_05"


def test_a_bot_that_is_none_is_told_by_the_api(pets: Pets, served: Running) -> None:
    said = pets("bots", "show", "11")
    assert isinstance(said.exception, ApplicationError)
    assert "Expected one of bot_01" in str(said.exception)


def test_a_channel_that_is_off_says_how_it_is_switched_on(pets: Pets, served: Running) -> None:
    said = pets("alerts", "test", "webhook")
    assert isinstance(said.exception, ApplicationError)
    assert "Expected the channel webhook to be on." in str(said.exception)
