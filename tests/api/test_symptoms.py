"""`pets doctor` says in plain words what is wrong, and its exit code says how bad it is."""

from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.symptoms import Level, LogView, Pulse, Symptom, View, examine, worst
from schemas.risk import TradingState
from tests.api.running import beat

WELL = View(
    configuration="",
    running=17,
    leftovers=(),
    taken_ports=(),
    free_bytes=50 * 1024**3,
    jumped_s=0.2,
    broker="",
    topics=(),
    database="",
    log=LogView(
        pulses=[Pulse(beat(0, "gate"), 0.4, 7), Pulse(beat(0, "sinks"), 0.4)],
        data_age_s=0.3,
        trading=TradingState.ACTIVE,
        reason="",
        letters=0,
        ahead_s=-0.1,
    ),
)


def with_log(**changed: Any) -> View:
    assert WELL.log is not None
    return WELL._replace(log=WELL.log._replace(**changed))


def test_when_all_is_well_nothing_is_advised() -> None:
    symptoms = examine(WELL)
    assert worst(symptoms) is Level.OK
    assert not [symptom.advice for symptom in symptoms if symptom.advice]


@pytest.mark.parametrize(
    ("view", "check", "level", "words"),
    [
        (WELL._replace(configuration="risk.yaml line 3"), "configuration", Level.TROUBLE, "line 3"),
        (WELL._replace(running=None, leftovers=["gate"]), "old lock", Level.WARNING, "killed"),
        (WELL._replace(taken_ports=["Port 8000 is taken."]), "ports", Level.TROUBLE, "8000"),
        (WELL._replace(free_bytes=1024**3), "disk", Level.WARNING, "nearly full"),
        (WELL._replace(free_bytes=1024), "disk", Level.TROUBLE, "nearly full"),
        (WELL._replace(jumped_s=-3600), "clock", Level.WARNING, "-3,600 s"),
        (WELL._replace(broker="no answer", log=None), "broker", Level.TROUBLE, "no answer"),
        (WELL._replace(topics=["2 partitions"]), "topics", Level.TROUBLE, "2 partitions"),
        (WELL._replace(database="is away"), "database", Level.WARNING, "is away"),
        (with_log(pulses=()), "stages", Level.TROUBLE, "ever heard"),
        (with_log(pulses=[Pulse(beat(0, "gate"), 40.0)]), "gate", Level.TROUBLE, "hangs"),
        (
            with_log(pulses=[Pulse(beat(0, "sinks", lag=9000), 0.1)]),
            "sinks",
            Level.WARNING,
            "The database is 9,000 records behind",
        ),
        (
            with_log(
                pulses=[Pulse(msgspec.structs.replace(beat(0, "gate"), position=99_999), 0.1, 7)]
            ),
            "gate",
            Level.WARNING,
            "checkpoint",
        ),
        (with_log(data_age_s=90.0), "market data", Level.TROUBLE, "90 s ago"),
        (with_log(data_age_s=None), "market data", Level.TROUBLE, "never"),
        (with_log(ahead_s=3600.0), "clock", Level.TROUBLE, "3,600 s ahead"),
        (
            with_log(trading=TradingState.HALTED, reason="operator"),
            "trading",
            Level.WARNING,
            "operator",
        ),
        (with_log(letters=2), "dead letters", Level.WARNING, "2 dead letters"),
    ],
)
def test_each_trouble_has_words_and_advice(
    view: View, check: str, level: Level, words: str
) -> None:
    found: list[Symptom] = [s for s in examine(view) if s.level is not Level.OK]
    assert [(symptom.check, symptom.level) for symptom in found] == [(check, level)]
    assert words in found[0].says
    assert found[0].advice.endswith(".")


def test_without_a_broker_the_command_says_so_and_exits_with_4(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("PETS_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("PETS_BROKER", "127.0.0.1:9")
    monkeypatch.setenv("PETS_DATABASE", "postgresql://pets@127.0.0.1:9/pets")
    result = CliRunner().invoke(app, ["doctor", "--json"])
    checks = {item["check"]: item for item in msgspec.json.decode(result.stdout)["checks"]}
    assert result.exit_code == 4
    assert checks["broker"]["level"] == "trouble"
    assert checks["database"]["level"] == "warning"
