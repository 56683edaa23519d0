"""How bots did, as the API shows it. A ratio that cannot be worked out is null, never 0."""

from pydantic import Field

from api.models import Amount, ApiModel


class BotPerformanceView(ApiModel):
    """One bot over a period; `portfolio` is the whole account."""

    bot_id: str
    equity: Amount | None
    pnl: Amount | None = Field(description="Realised and unrealised in the period, dollars.")
    realised_pnl: Amount | None
    roi: Amount | None = Field(description="Growth of the flow-adjusted net asset value.")
    drawdown: Amount | None = Field(description="Now, of the peak.")
    max_drawdown: Amount | None = Field(description="Greatest at any day's end, of the peak.")
    exposure: Amount | None
    fills: int
    volume: Amount
    fees: Amount
    gas: Amount
    rebates: Amount
    slippage: Amount | None = Field(description="Against the mid at the fills, dollars.")
    closed: int = Field(description="Episodes that ended.")
    wins: int
    win_rate: Amount | None
    profit_factor: float | None
    expectancy: Amount | None = Field(description="Mean P&L of an episode, dollars.")
    average_hold_s: float | None
    sharpe: float | None = Field(description="Annualised from daily returns.")
    sortino: float | None
    days: int = Field(description="Daily returns that the ratios rest on.")
    sufficient: bool = Field(description="At least 60 days; below, the ratios are no evidence.")


class ResultView(ApiModel):
    """What one bot, or the `portfolio`, earned; null before its first equity point of the day."""

    bot_id: str
    pnl: Amount | None = Field(description="Realised and unrealised, dollars.")
    realised_pnl: Amount | None = Field(description="After fees and gas, dollars.")


class TodayView(ApiModel):
    """Results since midnight UTC of the session clock."""

    since: int
    results: list[ResultView]


class DailyPnlView(ApiModel):
    """One UTC day of a bot's ended episodes."""

    bot_id: str
    day: int
    closed: int
    total_pnl: Amount
    average_pnl: Amount
    wins: int
    losses: int
    win_rate: Amount


class HourlyView(ApiModel):
    """One hour of a bot's trading."""

    bot_id: str
    bucket: int
    trades: int
    volume: Amount
    fees: Amount
    gas: Amount
    slippage: Amount | None


class EpisodeView(ApiModel):
    """A bot's stay in a market that ended flat."""

    episode_id: str
    bot_id: str
    market_id: str
    opened_at: int
    closed_at: int
    pnl: Amount
    reason: str


class BinView(ApiModel):
    """One bar of a distribution: from `low`, below `high`."""

    low: Amount
    high: Amount
    count: int
    pnl: Amount


class GroupView(ApiModel):
    """Ended episodes that have something in common."""

    key: str
    closed: int
    wins: int
    pnl: Amount


class DistributionView(ApiModel):
    """How the P&L of ended episodes is spread."""

    episodes: int
    bins: list[BinView]
    by_hour: list[GroupView] = Field(description="Of the day of the close, UTC.")
    by_category: list[GroupView]
    by_reason: list[GroupView]
    by_zone: list[GroupView] = Field(
        description="Closed positions, not episodes, by the zone of their first fill."
    )


class AttributionView(ApiModel):
    """Where a bot's realised P&L of a period came from: gross, less costs, plus rebates."""

    bot_id: str
    gross: Amount = Field(description="Realised before fees, gas and rebates.")
    fees: Amount
    gas: Amount
    rebates: Amount
    net: Amount
    slippage: Amount | None = Field(description="Contained in gross; shown for itself.")


class PaperRecordView(ApiModel):
    """What a bot's paper money had shown when its record was kept by `pets graduation`."""

    days: int
    fills: int
    pnl: Amount = Field(description="Dollars, rebates and rewards excluded.")
    markout_60s: float | None
    win_rate: float | None
    sharpe: float | None
    drawdown: Amount


class GraduationView(ApiModel):
    """A bot's paper record, and what it lacks before its orders may be real (STRATEGIES.md E.6)."""

    bot_id: str
    directional: bool = Field(description="Judged by its opinions, else by its markouts.")
    days: int = Field(description="Daily returns.")
    fills: int
    resolved: int = Field(description="Positions held to a resolution.")
    pnl: Amount = Field(description="Dollars, rebates and rewards excluded.")
    markout_60s: float | None = Field(description="Share-weighted, dollars a share.")
    skill: tuple[float, float] | None = Field(
        description="90 % interval of the Brier skill against the market, resampled by market."
    )
    deflated: float | None = Field(description="Deflated Sharpe ratio over all that was tried.")
    win_rate: float | None = Field(description="Of ended episodes.")
    average_price: float | None = Field(description="Paid for what was bought, dollars a share.")
    sharpe: float | None = Field(description="Annualised; null below 60 days.")
    drawdown: Amount = Field(description="Greatest, of the peak.")
    violations: int = Field(description="Invariants of section G that stored orders break.")
    snapshots_only: bool = Field(description="No fill is proven by a print.")
    unreal_fills: int = Field(description="Fills on recorded or simulated data.")
    risk_averse: bool = Field(description="Filled under the risk-averse queue.")
    tried: int = Field(description="Configurations and runs that count as tried.")
    parameters: str = Field(description="Digest of the parameters in force.")
    lacks: list[str] = Field(description="Empty when every criterion is met.")
    paper: PaperRecordView | None = Field(
        description="The kept paper record, beside other money; null where there is none."
    )


class MarkoutView(ApiModel):
    """What fills were worth later, in dollars a share, weighted by shares."""

    bot_id: str
    horizon_s: int
    fills: int
    missing: int = Field(description="Fills without a later mid.")
    mean: float | None
    standard_error: float | None = Field(description="Clustered by market; null below two.")
