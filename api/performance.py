"""How bots did, worked out of what the database says. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

from api.performance_models import (
    AttributionView,
    BinView,
    BotPerformanceView,
    DistributionView,
    GroupView,
    MarkoutView,
)
from schemas.ids import MarketId
from schemas.values import Action, Side
from sinks.analysis_records import (
    BotCosts,
    DailyNav,
    EpisodeRecord,
    EpisodeStats,
    FillAfter,
    FollowedFill,
    ZoneResult,
)
from sinks.records import BotSummary
from streams.markouts import HORIZONS_MS, FillMarkouts, markout, mean_markout
from streams.statistics import MIN_DAYS, max_drawdown, sharpe, sortino

BINS = 20
ZERO = Decimal(0)


def performance_view(
    summary: BotSummary,
    costs: BotCosts | None,
    episodes: EpisodeStats | None,
    navs: Sequence[DailyNav],
    opening: Decimal | None,
) -> BotPerformanceView:
    """One bot over a period.

    Args:
        summary: What it earned and did.
        costs: What its trades cost; None without trades.
        episodes: Its ended episodes; None without any.
        navs: Its net asset value at the end of each day, oldest first.
        opening: The one it went into the period with.
    """
    returns = returns_of(navs)
    closed = episodes.closed if episodes else 0
    net = episodes.gains + episodes.losses if episodes else ZERO
    return BotPerformanceView(
        bot_id=summary.bot_id,
        equity=summary.equity,
        pnl=summary.pnl,
        realised_pnl=summary.realised_pnl,
        roi=navs[-1].nav / opening - 1 if navs and opening else None,
        drawdown=summary.drawdown,
        max_drawdown=worst_drawdown(navs),
        exposure=summary.exposure,
        fills=summary.fills,
        volume=summary.volume,
        fees=summary.fees,
        gas=summary.gas,
        rebates=costs.rebates if costs else ZERO,
        slippage=costs.slippage if costs else None,
        closed=closed,
        wins=episodes.wins if episodes else 0,
        win_rate=Decimal(episodes.wins) / closed if episodes and closed else None,
        profit_factor=_profit_factor(episodes),
        expectancy=net / closed if closed else None,
        average_hold_s=episodes.hold_ms / 1000 if episodes else None,
        sharpe=sharpe(returns),
        sortino=sortino(returns),
        days=len(returns),
        sufficient=len(returns) >= MIN_DAYS,
    )


def worst_drawdown(navs: Sequence[DailyNav]) -> Decimal | None:
    """The greatest drawdown of the days' ends, and what is known of it now."""
    if not navs:
        return None
    seen = max(nav.drawdown for nav in navs)
    curve = [float(nav.nav) for nav in navs if nav.nav > 0]
    return max(seen, Decimal(str(round(max_drawdown(curve), 6))))


def returns_of(navs: Sequence[DailyNav]) -> list[float]:
    """Daily returns of net asset values, oldest first."""
    values = [float(nav.nav) for nav in navs]
    return [after / before - 1 for before, after in pairwise(values) if before > 0]


def _profit_factor(episodes: EpisodeStats | None) -> float | None:
    """Gains over losses; None without losses."""
    if episodes is None or not episodes.losses:
        return None
    return float(episodes.gains / -episodes.losses)


def attribution_view(summary: BotSummary, costs: BotCosts | None) -> AttributionView:
    """Where the realised P&L of a period came from; it is after fees and gas, with rebates."""
    net = summary.realised_pnl or ZERO
    fees, gas = (costs.fees, costs.gas) if costs else (ZERO, ZERO)
    rebates = costs.rebates if costs else ZERO
    return AttributionView(
        bot_id=summary.bot_id,
        gross=net + fees + gas - rebates,
        fees=fees,
        gas=gas,
        rebates=rebates,
        net=net,
        slippage=costs.slippage if costs else None,
    )


def distribution_view(
    episodes: Sequence[EpisodeRecord], zones: Iterable[ZoneResult]
) -> DistributionView:
    """How the P&L of ended episodes is spread, and what the good and bad ones have in common."""
    return DistributionView(
        episodes=len(episodes),
        bins=_bins([episode.pnl for episode in episodes]),
        by_hour=_groups(episodes, lambda e: f"{_hour(e.closed_at):02d}", by_key=True),
        by_category=_groups(episodes, lambda e: e.category or "none"),
        by_reason=_groups(episodes, lambda e: e.reason),
        by_zone=[
            GroupView(key=each.zone or "none", closed=each.closed, wins=each.wins, pnl=each.pnl)
            for each in zones
        ],
    )


def _hour(ms: int) -> int:
    return datetime.fromtimestamp(ms / 1000, UTC).hour


def _bins(values: Sequence[Decimal]) -> list[BinView]:
    """Equal bins from the least to the greatest; zero is a border where both signs occur."""
    if not values:
        return []
    low, high = min(values), max(values)
    width = max((high - low) / BINS, Decimal("0.000001"))
    start = (low / width).to_integral_value("ROUND_FLOOR") * width if low < 0 < high else low
    found: dict[int, list[Decimal]] = {}
    for value in values:
        found.setdefault(int((value - start) // width), []).append(value)
    return [
        BinView(
            low=start + index * width,
            high=start + (index + 1) * width,
            count=len(found.get(index, ())),
            pnl=sum(found.get(index, ()), ZERO),
        )
        for index in range(max(found) + 1)
    ]


def _groups(
    episodes: Iterable[EpisodeRecord],
    key: Callable[[EpisodeRecord], str],
    *,
    by_key: bool = False,
) -> list[GroupView]:
    found: dict[str, list[Decimal]] = {}
    for episode in episodes:
        found.setdefault(key(episode), []).append(episode.pnl)
    views = [
        GroupView(key=name, closed=len(pnl), wins=sum(each > 0 for each in pnl), pnl=sum(pnl, ZERO))
        for name, pnl in found.items()
    ]
    return sorted(views, key=lambda view: view.key if by_key else -view.closed)


def markout_views(fills: Sequence[FollowedFill]) -> list[MarkoutView]:
    """Mean markouts per bot and horizon."""
    of_bots: dict[str, list[FillMarkouts]] = {}
    for fill in fills:
        of_bots.setdefault(fill.bot_id, []).append(
            followed(fill, (fill.mid_1s, fill.mid_10s, fill.mid_60s, fill.mid_300s))
        )
    return [
        MarkoutView(
            bot_id=bot_id,
            horizon_s=horizon_ms // 1000,
            fills=len(followed) - mean.missing,
            missing=mean.missing,
            mean=mean.mean,
            standard_error=mean.standard_error,
        )
        for bot_id, followed in sorted(of_bots.items())
        for index, horizon_ms in enumerate(HORIZONS_MS)
        for mean in (mean_markout(followed, index),)
    ]


def followed(fill: FillAfter, later: Sequence[Decimal | None]) -> FillMarkouts:
    """A fill with its markouts.

    Args:
        fill: With the market's mid, in YES space.
        later: The market's mids after each horizon, in YES space.
    """
    side, action = Side(fill.side), Action(fill.action)
    return FillMarkouts(
        fill_id=fill.trade_id,
        market_id=MarketId(fill.market_id),
        side=side,
        action=action,
        price=fill.price,
        size=fill.size,
        filled_at=fill.executed_at,
        mid=None if fill.mid is None else _own(side, fill.mid),
        markouts=tuple(
            None if mid is None else markout(action, fill.price, _own(side, mid)) for mid in later
        ),
    )


def _own(side: Side, mid: Decimal) -> Decimal:
    return mid if side is Side.YES else 1 - mid


def by_bot(records: Iterable[BotCosts]) -> Mapping[str, BotCosts]:
    """Costs by bot."""
    return {record.bot_id: record for record in records}
