"""What is wrong with an installation and what to do about it, in plain words. Pure."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from schemas.ops import Heartbeat
from schemas.risk import TradingState

SILENT_S = 15.0
STALE_S = 30.0
LAG_LIMIT = 5_000
UNSAVED_LIMIT = 10_000
LOW_DISK = 2 * 1024**3
FULL_DISK = 256 * 1024**2
CLOCK_OFF_S = 5.0
SINKS = "sinks"


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    TROUBLE = "trouble"


class Symptom(NamedTuple):
    """One thing that was looked at.

    Attributes:
        check: What was looked at.
        says: What was found.
        advice: What to do; empty when all is well.
    """

    check: str
    level: Level
    says: str
    advice: str = ""


class Pulse(NamedTuple):
    """A component's last heartbeat, how old it is, and what its last checkpoint includes."""

    beat: Heartbeat
    age_s: float
    saved: int | None = None


class LogView(NamedTuple):
    """What the log says.

    Attributes:
        pulses: Of every component that was heard.
        data_age_s: Wall seconds since any book changed; None before the first.
        trading: The account's state; None before the gate spoke.
        reason: Why it is in that state.
        letters: Dead letters that wait.
        ahead_s: How far the newest message is ahead of this machine's clock, wall seconds.
    """

    pulses: Sequence[Pulse]
    data_age_s: float | None
    trading: TradingState | None
    reason: str
    letters: int
    ahead_s: float


class View(NamedTuple):
    """Everything that was looked at.

    Attributes:
        configuration: The sentence of a wrong file, or empty.
        running: Process that holds PETS_HOME, or None.
        leftovers: Processes of an earlier, killed run.
        taken_ports: Ports that PETS needs and something else uses.
        free_bytes: Free space where PETS_HOME is.
        jumped_s: How far the machine's clock was set since the session began, seconds.
        broker: The sentence of a broker that does not answer, or empty.
        topics: One sentence for each topic that is not as the catalogue says.
        database: The sentence of a database that cannot be used, or empty.
        log: None when it could not be read.
    """

    configuration: str
    running: int | None
    leftovers: Sequence[str]
    taken_ports: Sequence[str]
    free_bytes: int
    jumped_s: float
    broker: str
    topics: Sequence[str]
    database: str
    log: LogView | None


def examine(view: View) -> list[Symptom]:
    """Every check, the foundations first."""
    found = [*_machine(view), *_foundations(view)]
    if view.log is not None:
        found += [*_components(view.log), *_trading(view.log)]
    return found


def worst(symptoms: Sequence[Symptom]) -> Level:
    """The worst level among them."""
    levels = {symptom.level for symptom in symptoms}
    return next((level for level in (Level.TROUBLE, Level.WARNING) if level in levels), Level.OK)


def _check(check: str, fine: str, wrong: str, level: Level, advice: str) -> Symptom:
    return Symptom(check, level, wrong, advice) if wrong else Symptom(check, Level.OK, fine)


def _machine(view: View) -> Iterator[Symptom]:
    yield _check(
        "configuration",
        "Settings and YAML files are right.",
        view.configuration,
        Level.TROUBLE,
        "Correct the file.",
    )
    if view.running is None and view.leftovers:
        names = ", ".join(view.leftovers)
        yield Symptom(
            "old lock",
            Level.WARNING,
            f"A run was killed and left {names} behind.",
            "`make up` ends them and goes on; nothing has to be removed by hand.",
        )
    yield _check(
        "ports",
        "No port that PETS needs is taken by others.",
        "; ".join(view.taken_ports),
        Level.TROUBLE,
        "Stop what uses it, or set another port in .env.",
    )
    yield _disk(view.free_bytes)
    off = abs(view.jumped_s) > CLOCK_OFF_S
    yield _check(
        "clock",
        "The machine's clock and the session agree.",
        f"The machine's clock was set by {view.jumped_s:+,.0f} s since it started." if off else "",
        Level.WARNING,
        "The session keeps its own time; restart PETS to follow the machine's clock.",
    )


def _disk(free: int) -> Symptom:
    words = f"{free / 1024**3:.1f} GiB are free."
    if free >= LOW_DISK:
        return Symptom("disk", Level.OK, words)
    level = Level.TROUBLE if free < FULL_DISK else Level.WARNING
    advice = "Free space: without it the log and the database stop, and trading with them."
    return Symptom("disk", level, f"The disk is nearly full: {words}", advice)


def _foundations(view: View) -> Iterator[Symptom]:
    advice = "Start PETS with `make up`, or set PETS_BROKER."
    yield _check("broker", "The broker answers.", view.broker, Level.TROUBLE, advice)
    if not view.broker:
        yield _check(
            "topics",
            "All topics are as the catalogue says.",
            " ".join(view.topics),
            Level.TROUBLE,
            "Run `pets migrate` for missing ones; begin with an empty log (another PETS_HOME or "
            "PETS_TOPIC_PREFIX) where partitions differ.",
        )
    yield _check(
        "database",
        "The database answers.",
        view.database,
        Level.WARNING,
        "Trading goes on and the log keeps everything; start it, or set PETS_DATABASE.",
    )


def _components(log: LogView) -> Iterator[Symptom]:
    if not log.pulses:
        yield Symptom("stages", Level.TROUBLE, "No component was ever heard.", "Run `make up`.")
    for beat, age_s, saved in log.pulses:
        name = beat.component
        if age_s > SILENT_S:
            says = f"{name} was last heard {age_s:,.0f} s ago: it is gone or hangs."
            advice = f"Its supervisor restarts it; if not, start `pets run {name}` and see its log."
            yield Symptom(name, Level.TROUBLE, says, advice)
        elif beat.lag > LAG_LIMIT:
            what = "The database is" if name == SINKS else f"{name} is"
            says = f"{what} {beat.lag:,} records behind. {beat.detail}".strip()
            yield Symptom(
                name, Level.WARNING, says, "It catches up, or it is too slow: see docs/metrics.md."
            )
        elif saved is not None and beat.position - saved > UNSAVED_LIMIT:
            says = f"The last checkpoint of {name} is {beat.position - saved:,} records old."
            advice = "A restart repeats so many records: see that the broker takes checkpoints."
            yield Symptom(name, Level.WARNING, says, advice)
        else:
            yield Symptom(name, Level.OK, f"{beat.status}, {beat.lag} records behind.")


def _trading(log: LogView) -> Iterator[Symptom]:
    if log.data_age_s is None or log.data_age_s > STALE_S:
        age = "never" if log.data_age_s is None else f"{log.data_age_s:,.0f} s ago"
        advice = "See the connector's log and the venue's status; bots rest until books move."
        yield Symptom("market data", Level.TROUBLE, f"A book changed last {age}.", advice)
    else:
        yield Symptom("market data", Level.OK, f"A book changed {log.data_age_s:.1f} s ago.")
    if log.ahead_s > CLOCK_OFF_S:
        says = f"The log is {log.ahead_s:,.0f} s ahead of this machine's clock."
        yield Symptom(
            "clock", Level.TROUBLE, says, "Correct the clock of this or the other machine."
        )
    state = "unknown" if log.trading is None else str(log.trading)
    yield _check(
        "trading",
        "The account trades.",
        "" if log.trading is TradingState.ACTIVE else f"The account is {state}: {log.reason}",
        Level.WARNING,
        "`pets resume` ends a halt; a breaker has to be reset first.",
    )
    yield _check(
        "dead letters",
        "No dead letter waits.",
        f"{log.letters} dead letters wait." if log.letters else "",
        Level.WARNING,
        "`pets dead-letters list` names them, `retry` puts one back.",
    )
