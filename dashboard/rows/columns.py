"""What cells are, and how the numbers of a column are written, in all tables. Pure."""

from collections.abc import Callable
from decimal import Decimal

from dashboard.words import (
    age,
    cents,
    count,
    money,
    ms,
    percent,
    ratio,
    shares,
    signed_cents,
    signed_money,
    signed_percent,
)

Cell = Decimal | float | str | None
Row = dict[str, Cell]

RESULTS = (
    "P&L",
    "Today",
    "Unrealised",
    "Realised",
    "Net P&L",
    "ROI",
    "Gross",
    "Expectancy",
    "Mean",
)
"""Columns whose sign is coloured."""
FORMATS: dict[str, Callable[[float], str]] = {
    "Equity": money,
    "Exposure": money,
    "P&L": signed_money,
    "Today": signed_money,
    "Unrealised": signed_money,
    "Realised": signed_money,
    "Drawdown": percent,
    "Entry": cents,
    "Best bid": cents,
    "Size": shares,
    "Held": age,
    "Last event": age,
    "Pulse": age,
    "Positions": count,
    "Times": count,
    "Behind": count,
    "Processed": count,
    "Held for": money,
    "Resting": money,
    "Share of equity": percent,
    "Max loss": money,
    "Orders": count,
    "Price": cents,
    "Filled": shares,
    "Ours": shares,
    "Fee": money,
    "Gas": money,
    "Slippage": signed_money,
    "To venue": ms,
    "Life": age,
    "Net P&L": signed_money,
    "ROI": signed_percent,
    "Max drawdown": percent,
    "Sharpe": ratio,
    "Sortino": ratio,
    "Win rate": percent,
    "Profit factor": ratio,
    "Expectancy": signed_money,
    "Fills": count,
    "Volume": money,
    "Fees": money,
    "Rebates": money,
    "Closed": count,
    "Average hold": age,
    "Days": count,
    "Gross": signed_money,
    "Edge": signed_percent,
    "Fair value": cents,
    "Mid": cents,
    "Used": percent,
    "Mean": signed_cents,
    "Error": cents,
    "Missing": count,
    "Cost": money,
    "Pairs": shares,
    "Worst loss": money,
    "Lacking": count,
    "Not real": count,
    "Resolved": count,
    "Markout": signed_cents,
    "Deflated": ratio,
}
"""How the numbers of a column are written, in all tables."""


def number(bot_id: str) -> str:
    """A bot's number, e.g. `05`."""
    return bot_id.removeprefix("bot_")


def zone(name: str | None) -> str:
    """A zone's number, e.g. `3`, or none."""
    return (name or "none").removeprefix("ZONE_")
