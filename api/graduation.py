"""A bot's paper record, worked out of what the database says (STRATEGIES.md E.6). Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from api.performance import followed, returns_of, worst_drawdown
from sinks.analysis_records import DailyNav, FillAfter
from sinks.queries.graduation import FirstView, PaperCounts
from sinks.records import BotSummary
from streams.graduation import Record, skill_interval
from streams.markouts import mean_markout
from streams.run_statistics import luck

ZERO = Decimal(0)
SEED = 6
"""Of the bootstrap: the same record has the same interval whoever asks."""


class PaperFacts(NamedTuple):
    """What is stored of one bot.

    Attributes:
        navs: Its net asset value at the end of each day, oldest first.
        fills: Its newest fills with the mid a minute later.
        views: Its first opinion of each market that resolved.
    """

    summary: BotSummary
    counts: PaperCounts
    navs: Sequence[DailyNav]
    fills: Sequence[FillAfter]
    views: Sequence[FirstView]


def record_of(
    facts: PaperFacts, tried: Sequence[float | None], *, directional: bool, risk_averse: bool
) -> Record:
    """A bot's record.

    Args:
        facts: What is stored.
        tried: Daily Sharpe ratios of all else that was ever tried, None where it is not known.
        directional: Judged by its opinions.
        risk_averse: Whether the paper exchange had the risk-averse queue.
    """
    counts = facts.counts
    found = luck(returns_of(facts.navs), tried)
    errors = [
        ((view.ours - view.outcome) ** 2, (view.market - view.outcome) ** 2) for view in facts.views
    ]
    return Record(
        directional=directional,
        days=found.days,
        fills=counts.fills,
        resolved=counts.resolved,
        pnl=(facts.summary.pnl or ZERO) - counts.rebates,
        markout_60s=mean_markout([followed(each, (each.mid_60s,)) for each in facts.fills], 0).mean,
        skill=skill_interval([ours for ours, _ in errors], [each for _, each in errors], SEED),
        deflated=found.deflated,
        win_rate=counts.wins / counts.closed if counts.closed else None,
        average_price=None if counts.paid is None else float(counts.paid),
        sharpe=found.sharpe,
        drawdown=worst_drawdown(facts.navs) or ZERO,
        violations=counts.violations,
        snapshots_only=counts.fills > 0 and counts.inferred == counts.fills,
        unreal_fills=counts.unreal,
        risk_averse=risk_averse,
    )
