"""How bots did, as the API answers. A ratio that cannot be worked out is None, never 0."""

from decimal import Decimal

import msgspec


class BotPerformance(msgspec.Struct, frozen=True):
    """One bot over a period."""

    bot_id: str
    equity: Decimal | None
    pnl: Decimal | None
    realised_pnl: Decimal | None
    roi: Decimal | None
    drawdown: Decimal | None
    max_drawdown: Decimal | None
    fills: int
    volume: Decimal
    fees: Decimal
    gas: Decimal
    rebates: Decimal
    slippage: Decimal | None
    closed: int
    wins: int
    win_rate: Decimal | None
    profit_factor: float | None
    expectancy: Decimal | None
    average_hold_s: float | None
    sharpe: float | None
    sortino: float | None
    days: int
    sufficient: bool


class DailyPnl(msgspec.Struct, frozen=True):
    """One UTC day of a bot's ended episodes."""

    bot_id: str
    day: int
    closed: int
    total_pnl: Decimal
    wins: int
    losses: int


class Episode(msgspec.Struct, frozen=True):
    """A bot's stay in a market that ended flat."""

    episode_id: str
    bot_id: str
    market_id: str
    opened_at: int
    closed_at: int
    pnl: Decimal
    reason: str


class Bin(msgspec.Struct, frozen=True):
    """One bar of a distribution: from `low`, below `high`."""

    low: Decimal
    high: Decimal
    count: int
    pnl: Decimal


class Group(msgspec.Struct, frozen=True):
    """Ended episodes that have something in common."""

    key: str
    closed: int
    wins: int
    pnl: Decimal


class Distribution(msgspec.Struct, frozen=True):
    """How the P&L of ended episodes is spread."""

    episodes: int
    bins: list[Bin]
    by_hour: list[Group]
    by_category: list[Group]
    by_reason: list[Group]
    by_zone: list[Group]


class Attribution(msgspec.Struct, frozen=True):
    """Where a bot's realised P&L of a period came from."""

    bot_id: str
    gross: Decimal
    fees: Decimal
    gas: Decimal
    rebates: Decimal
    net: Decimal
    slippage: Decimal | None


class Markout(msgspec.Struct, frozen=True):
    """What fills were worth later, dollars a share."""

    bot_id: str
    horizon_s: int
    fills: int
    missing: int
    mean: float | None
    standard_error: float | None


class PaperRecord(msgspec.Struct, frozen=True):
    """What a bot's paper money had shown when its record was kept."""

    days: int
    fills: int
    pnl: Decimal
    markout_60s: float | None
    win_rate: float | None
    sharpe: float | None
    drawdown: Decimal


class Graduation(PaperRecord, frozen=True):
    """A bot's record of the last year, what it lacks, and the kept one of paper money."""

    bot_id: str
    resolved: int
    deflated: float | None
    unreal_fills: int
    lacks: list[str]
    paper: PaperRecord | None
