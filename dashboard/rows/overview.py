"""Answers as rows of tables. Pure: numbers stay numbers, so that columns sort."""

from collections.abc import Sequence

from dashboard.answers.overview import Bot, Denial, Position, Stage, Today, Trend
from dashboard.rows.columns import Row, number, zone
from dashboard.words import clock

FLOW = (
    "connector",
    "relay-books",
    "relay-lifecycle",
    "book",
    "bots",
    "gate",
    "paper",
    "execution",
    "gateway",
    "ledger",
    "sinks",
)
"""The stages in the order of the data's way."""
GOOD_BOOKS = ("VERIFIED", "CONSISTENT")


def bot_rows(bots: Sequence[Bot], today: Today | None = None) -> list[Row]:
    """State and money of every bot.

    Args:
        bots: All of them.
        today: What they earned since midnight UTC; None while it is unknown.
    """
    return [
        {
            "Bot": f"{number(bot.bot_id)} {bot.name}",
            "State": f"{bot.state}: {bot.reason}" if bot.reason else bot.state,
            "Equity": bot.equity,
            "P&L": bot.pnl,
            "Today": today.of(bot.bot_id).pnl if today else None,
            "Drawdown": bot.drawdown,
            "Exposure": bot.exposure,
            "Positions": bot.open_positions,
            "Last event": bot.last_event_age_s,
        }
        for bot in bots
    ]


def trend_lines(bots: Sequence[Bot], trends: Sequence[Trend]) -> list[list[float]]:
    """A line of P&L, dollars, for each bot, in their order; empty for one without equity."""
    found = {each.bot_id: [float(value) for value in each.pnl] for each in trends}
    return [found.get(bot.bot_id, []) for bot in bots]


def position_rows(positions: Sequence[Position], now: int) -> list[Row]:
    """Every holding at its exit value.

    Args:
        positions: Open ones.
        now: Session time, ms, for how long they are held.
    """
    return [
        {
            "Market": position.question,
            "Bot": number(position.bot_id),
            "Side": position.side,
            "Size": position.size,
            "Entry": position.entry_price,
            "Best bid": position.mark,
            "Unrealised": position.unrealised_pnl,
            "Realised": position.realised_pnl,
            "Max loss": position.size * position.entry_price,
            "Zone": zone(position.zone),
            "Held": max(0, now - position.opened_at) / 1000,
            "Data": _data(position),
        }
        for position in positions
    ]


def denial_rows(denials: Sequence[Denial]) -> list[Row]:
    """Denied intents by bot, market and rule, the newest first, each with its last values."""
    rows: dict[tuple[str, str, str], Row] = {}
    times: dict[tuple[str, str, str], int] = {}
    for denial in denials:
        key = (denial.bot_id, denial.market_id, denial.code)
        times[key] = times.get(key, 0) + 1
        if key not in rows:
            rows[key] = {
                "Last": clock(denial.time),
                "Times": 1,
                "Bot": number(denial.bot_id),
                "Market": denial.question,
                "Rule": denial.rule,
                "Limit": denial.limit,
                "Value": denial.value,
                "Code": denial.code,
            }
    return [row | {"Times": times[key]} for key, row in rows.items()]


def stage_rows(stages: Sequence[Stage]) -> list[Row]:
    """Every component's pulse, in the order of the data's way."""
    ordered = sorted(stages, key=lambda stage: (place(stage.component), stage.component))
    return [
        {
            "Stage": stage.component,
            "Status": stage.status,
            "Pulse": stage.age_s,
            "Behind": stage.lag,
            "Processed": stage.processed,
            "Detail": stage.detail,
        }
        for stage in ordered
    ]


def place(component: str) -> int:
    """Where a component stands on the data's way; unknown ones come last."""
    return FLOW.index(component) if component in FLOW else len(FLOW)


def _data(position: Position) -> str:
    """Where the market's data comes from, and whether its book is not to be believed."""
    label = position.label or "unknown"
    if position.trust is None or position.trust in GOOD_BOOKS:
        return label
    return f"{label}, book {position.trust}"
