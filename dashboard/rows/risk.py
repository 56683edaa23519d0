"""Breakers, exposure, breaches, commands and log lines as rows. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from dashboard.answers.risk import Breach, Breaker, Cell, DenialHistory
from dashboard.answers.system import LogLine, Progress
from dashboard.rows.columns import Row, number, zone
from dashboard.words import clock, count, date, percent

ZERO = Decimal(0)
LOSSES = "CONSECUTIVE_LOSSES"
REST = ""
"""Codes that are too rare to stand alone."""


class Gauge(NamedTuple):
    """A limit and how much of it is used, 1 being all."""

    name: str
    used: Decimal
    written: str


def gauges(breakers: Sequence[Breaker]) -> list[Gauge]:
    """Every breaker as a part of its limit, the nearest first."""
    found = [
        Gauge(
            _named(each),
            each.value / each.limit if each.limit else ZERO,
            f"{_amount(each, each.value)} of {_amount(each, each.limit)}"
            f"{' OPEN' if each.open else ''}",
        )
        for each in breakers
    ]
    return sorted(found, key=lambda gauge: (-gauge.used, gauge.name))


def breaker_rows(breakers: Sequence[Breaker], now: int) -> list[Row]:
    """Every breaker with what is left, the open ones first."""
    ordered = sorted(breakers, key=lambda each: (not each.open, each.scope, each.kind))
    return [
        {
            "Breaker": each.kind.replace("_", " ").lower(),
            "Scope": number(each.scope),
            "State": _state(each, now),
            "Now": _amount(each, each.value),
            "Limit": _amount(each, each.limit),
            "Used": each.value / each.limit if each.limit else None,
        }
        for each in ordered
    ]


def streaks(breakers: Sequence[Breaker]) -> list[Breaker]:
    """Bots that lost several times in a row, the longest first."""
    losing = [each for each in breakers if each.kind == LOSSES]
    return sorted(losing, key=lambda each: (-each.value, each.scope))


def denials_by_code(history: DenialHistory, most: int) -> dict[str, list[Decimal]]:
    """Denials of each code in every step of time, the most frequent code first.

    Args:
        history: What the API counted.
        most: Codes that stand alone; the rest is counted together, under the empty text.
    """
    steps = len(step_starts(history))
    totals: Counter[str] = Counter()
    for bucket in history.buckets:
        totals[bucket.code] += bucket.count
    alone = {code for code, _ in totals.most_common(most)}
    ordered = [code for code, _ in totals.most_common() if code in alone]
    found = {code: [ZERO] * steps for code in ordered + [REST] * (len(totals) > most)}
    for bucket in history.buckets:
        code = bucket.code if bucket.code in alone else REST
        found[code][(bucket.at - history.since) // history.step_ms] += bucket.count
    return found


def step_starts(history: DenialHistory) -> range:
    """Where each step begins, ms UTC; the last one is the one under way, or of the last denial."""
    last = max([history.until, *(bucket.at for bucket in history.buckets)])
    return range(history.since, last + 1, history.step_ms)


def exposure_rows(
    cells: Sequence[Cell], names: Mapping[str, str], equity: Decimal | None
) -> list[Row]:
    """What is at risk by group, in dollars and of equity."""
    return [
        {
            "Group": names.get(
                cell.key, zone(cell.key) if cell.key.startswith("ZONE") else cell.key
            ),
            "Held for": cell.held,
            "Resting": cell.resting,
            "Share of equity": (cell.held + cell.resting) / equity if equity else None,
            "Positions": cell.positions,
            "Orders": cell.orders,
            "Unrealised": cell.unrealised_pnl,
        }
        for cell in cells
    ]


def zone_cells(cells: Sequence[Cell]) -> dict[tuple[str, str], Decimal]:
    """Dollars at risk by zone and bot, from keys of the form bot/zone."""
    found: dict[tuple[str, str], Decimal] = {}
    for cell in cells:
        bot, _, place = cell.key.partition("/")
        found[zone(place), number(bot)] = cell.held + cell.resting
    return found


def breach_rows(breaches: Sequence[Breach]) -> list[Row]:
    """One row a breaker tripped or reset, a warning, a halt."""
    return [
        {
            "Time": date(each.at),
            "Scope": number(each.scope),
            "Event": each.event.replace("-", " ").replace("_", " "),
            "Breaker": (each.breaker or "").replace("_", " ").lower(),
            "Limit": "" if each.threshold_value is None else f"{each.threshold_value:f}",
            "Value": "" if each.current_value is None else f"{each.current_value:f}",
            "Why": each.reason,
            "By": each.actor,
        }
        for each in breaches
    ]


def command_rows(commands: Sequence[Progress]) -> list[Row]:
    """One row a command: who asked for what and why, and how far it has come."""
    return [
        {
            "Time": "" if each.sent_at is None else clock(each.sent_at),
            "Command": each.verb or "unknown",
            "Bot": number(each.bot_id or "all"),
            "Stage": each.stage,
            "By": each.by,
            "Why": each.reason,
            "Answer": each.detail,
        }
        for each in commands
    ]


def log_rows(lines: Sequence[LogLine]) -> list[Row]:
    """One row a line, the newest first."""
    return [
        {
            "Time": clock(line.at),
            "Level": line.level,
            "Component": line.component,
            "Event": line.event,
            "Detail": " ".join(f"{name}={value}" for name, value in line.fields.items()),
        }
        for line in reversed(lines)
    ]


def _named(breaker: Breaker) -> str:
    kind = breaker.kind.replace("_", " ").lower()
    return kind if breaker.scope in ("portfolio", "account") else f"{number(breaker.scope)} {kind}"


def _state(breaker: Breaker, now: int) -> str:
    if not breaker.open:
        return "closed"
    if breaker.until is None:
        return "OPEN until it is re-armed"
    return f"OPEN until {date(breaker.until)}" if breaker.until > now else "OPEN, ends now"


def _amount(breaker: Breaker, value: Decimal) -> str:
    return count(value) if breaker.kind == LOSSES else percent(value)
