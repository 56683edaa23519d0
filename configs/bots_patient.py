"""Parameters of bots 7 to 10: contrarian, tails, advice, long-term value (STRATEGIES.md J)."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from configs.bots import BotParameters, Cap, Probability, Seconds, broken_rule
from configs.bots_directional import DirectionalParameters
from configs.rules import Strict
from schemas.ids import BotId


class ContrarianParameters(DirectionalParameters):
    """Bot 7, the contrarian (STRATEGIES.md D.7).

    Attributes:
        rsi_n: Changes that RSI's first averages span.
        rsi: Oversold below the first, overbought above the second.
        rsi_exit: A position is left when RSI crosses this.
        z: Least distance from the mean, standard deviations.
        bars: Closes looked at, the current one included.
        bar_min: Minutes of a bar.
        max_carried: Share of silent bars above which a market is skipped.
        max_move: A bar that moved further than this, in dollars, was a repricing.
        max_crowd: Crowd score above which the flow is information.
        reversion: Share of the way back to the mean that is expected.
        hold_h: Hours after which a position is left.
        sigma: Standard error of the fair value.
        min_sd: Below this deviation of the closes, logit units, there is no signal.
        min_left_h: Hours to the end at least.
        news_conf: A news item at least so confident stops the bot in a market.
        news_h: For so many hours.
    """

    rsi_n: int = Field(ge=2)
    rsi: tuple[float, float]
    rsi_exit: float = Field(gt=0, lt=100)
    z: float = Field(gt=0)
    bars: int = Field(ge=3)
    bar_min: int = Field(gt=0, le=60)
    max_carried: float = Field(ge=0, le=1)
    max_move: float = Field(gt=0, lt=1)
    max_crowd: Decimal = Field(gt=0, le=100)
    reversion: float = Field(gt=0, le=1)
    hold_h: int = Field(gt=0)
    sigma: float = Field(gt=0, lt=1)
    min_sd: float = Field(gt=0)
    min_left_h: int = Field(ge=0)
    news_conf: float = Field(gt=0, le=1)
    news_h: int = Field(ge=0)

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        low, high = self.rsi
        if not 0 < low < self.rsi_exit < high < 100:
            raise broken_rule(
                "rsi",
                f"rsi must be two numbers around rsi_exit {self.rsi_exit}, between 0 and 100, "
                f"received {low} and {high}. Write the oversold one first.",
            )
        if self.bars <= self.rsi_n:
            raise broken_rule(
                "bars",
                f"bars must exceed rsi_n {self.rsi_n}, received {self.bars}. RSI needs one close "
                "more than its first averages span.",
            )
        return self


class CategoryCalibration(Strict):
    """A fitted calibration of one category with its proof (STRATEGIES.md D.8).

    Attributes:
        alpha: α of `sigmoid(α + β · logit(mid))`.
        beta: β.
        outcomes: Resolved markets it rests on, at least 500.
        brier_errors: Out-of-sample gain over the market's Brier score in standard errors, at least
            2.
    """

    alpha: float
    beta: float = Field(gt=0)
    outcomes: int = Field(ge=500)
    brier_errors: float = Field(ge=2)


class TailParameters(DirectionalParameters):
    """Bot 8, tails and quotes where little rests (STRATEGIES.md D.8).

    Attributes:
        max_liquidity: Dollars near the touch, hourly median, below which a market is looked at.
        min_spread: Least spread, dollars.
        min_left_h: Hours to the end at least.
        min_trades: Trades in `trades_d` days at least.
        trades_d: Days.
        calibration: Fitted calibrations by category; a category without one has no edge.
        tail_min_edge: Least net edge of a tail, dollars.
        tail_sigma: Standard error of a tail's fair value.
        bar_min: Minutes of a bar of the mid, by which tails are found to be correlated.
        window_bars: Bars that are looked at.
        min_bars: Common ones without which a correlation is unknown.
        tail_budget: Cost of all tails as a share of E_b.
        max_tails: Tails held at once.
        take_multiple: A tail is sold at so many times its entry price.
        mm: Whether it makes markets at all.
        mm_side: Cost of one quote as a share of E_b.
        mm_inventory: Inventory at which quotes are moved most, as a share of E_b.
        mm_ttl_s: A quote is refreshed after this.
        reprice_ticks: A quote is replaced when the target is so far away.
        orders_per_s: Orders that all quotes together may use a second.
        orders_burst: And at once.
        merge_pairs: Pairs are merged from this many on.
        backoff_s: Pause of a side after a denial.
    """

    max_liquidity: Decimal = Field(gt=0)
    min_spread: Probability
    min_left_h: int = Field(ge=0)
    min_trades: int = Field(ge=0)
    trades_d: int = Field(gt=0)
    calibration: dict[str, CategoryCalibration]
    tail_min_edge: Probability
    tail_sigma: float = Field(gt=0, lt=1)
    bar_min: int = Field(gt=0)
    window_bars: int = Field(gt=1)
    min_bars: int = Field(gt=1)
    tail_budget: Cap
    max_tails: int = Field(gt=0)
    take_multiple: Decimal = Field(gt=1)
    mm: bool
    mm_side: Cap
    mm_inventory: Cap
    mm_ttl_s: int = Field(gt=0)
    reprice_ticks: int = Field(ge=1)
    orders_per_s: int = Field(gt=0)
    orders_burst: int = Field(gt=0)
    merge_pairs: Decimal = Field(gt=0)
    backoff_s: Seconds

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.cap > self.tail_budget:
            raise broken_rule(
                "cap",
                f"cap must be at most tail_budget {self.tail_budget}, received {self.cap}. "
                "One tail is a part of all of them.",
            )
        if self.mm_side > self.mm_inventory:
            raise broken_rule(
                "mm_side",
                f"mm_side must be at most mm_inventory {self.mm_inventory}, received "
                f"{self.mm_side}. One fill would exceed the inventory.",
            )
        return self


BotKey = Annotated[str, Field(pattern=r"^bot_(0[1-9]|10)$")]
"""`bot_01` … `bot_10`."""


class KellyOptimizerParameters(BotParameters):
    """Bot 9, sizing advice for the others; it places no orders (STRATEGIES.md D.9).

    `lambda_max` is of no use to itself; the advised bot's own λ_max bounds every advice.

    Attributes:
        prior_n: n₀, how many bets the prior of no edge weighs.
        min_n: Closes below which half of λ_max is advised.
        window: Latest closes that count.
        window_d: And how many days old they may be.
        valid_s: How long advice is valid; it is renewed so often too.
        early_exits: Share of early exits above which P&L per dollar is looked at.
        by_pnl: Bots whose closes are no single outcomes.
    """

    prior_n: float = Field(gt=0)
    min_n: int = Field(ge=1)
    window: int = Field(ge=1)
    window_d: int = Field(ge=1)
    valid_s: int = Field(gt=0)
    early_exits: float = Field(ge=0, le=1)
    by_pnl: tuple[BotKey, ...]

    @property
    def pnl_bots(self) -> frozenset[BotId]:
        """`by_pnl` as ids."""
        return frozenset(BotId(each) for each in self.by_pnl)


class LongTermValueParameters(DirectionalParameters):
    """Bot 10, long-term value (STRATEGIES.md D.10).

    Attributes:
        tags: Tags of the universe; a market needs one, as a tag or as its category.
        min_days: A position is opened with more days than this to the end.
        min_volume: 24-hour volume at least, dollars.
        max_spread: Greatest spread, dollars.
        hurdle: Rate a year at which a far payout is discounted.
        margin: Least distance of the price from the discounted value, dollars.
        min_sources: Independent sources at least.
        source_max_age_d: Days after which an estimate counts no more.
        sigma_min: Standard error at least.
        clips: Orders in which a position is built, at most.
        clip_gap_h: Hours between two of them.
        max_locked: Cost of all positions as a share of E_b.
        look_s: Fair value is looked at no more often than this.
    """

    tags: tuple[str, ...] = Field(min_length=1)
    min_days: int = Field(gt=0)
    min_volume: Decimal = Field(ge=0)
    max_spread: Probability
    hurdle: float = Field(ge=0, lt=1)
    margin: Probability
    min_sources: int = Field(ge=2)
    source_max_age_d: int = Field(gt=0)
    sigma_min: float = Field(gt=0, lt=1)
    clips: int = Field(ge=1)
    clip_gap_h: int = Field(gt=0)
    max_locked: Cap
    look_s: int = Field(gt=0)
