"""What STRATEGIES.md E.6 asks of a bot before its orders are real, shown before live money."""

from collections.abc import Iterator
from decimal import Decimal

from agents.registry import ADVISERS, choose_bots
from configs.settings import Settings
from streams.graduation import Record, shortfalls

UNREAD = Record(
    directional=False,
    days=0,
    fills=0,
    resolved=0,
    pnl=Decimal(0),
    markout_60s=None,
    skill=None,
    deflated=None,
    win_rate=None,
    average_price=None,
    sharpe=None,
    drawdown=0.0,
    violations=0,
    snapshots_only=False,
)
"""Nothing is known of a bot's paper record where live money starts: a folder of its own."""


def graduation(settings: Settings) -> Iterator[str]:
    """One line for each bot that is to trade, with what its paper record has to show."""
    yield (
        "Paper records are in the folder of paper money and were not read. Each bot needs all of "
        "this before its orders are real (STRATEGIES.md E.6); where its record lacks any, stop "
        "here:"
    )
    lacks = " ".join(shortfalls(UNREAD))
    for bot in choose_bots(settings.bots):
        if bot.bot_id not in ADVISERS:
            yield f"{bot.bot_id}: {lacks}"
