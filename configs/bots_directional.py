"""Parameters of the bots that bet on an outcome: 2 esports, 3 copy trading, 6 multi-outcome."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from configs.bots import BotParameters, Cap, Probability, Seconds, Share, broken_rule, check_range

DirectionalZone = Annotated[int, Field(ge=1, le=3)]
"""A zone in which a directional position may be opened at all."""
Zones = Annotated[tuple[DirectionalZone, ...], Field(min_length=1)]


class DirectionalParameters(BotParameters):
    """What every directional bot's file has.

    Attributes:
        cap: Cost of one order as a share of E_b, at most.
        zones: Zones of the price paid, of 1, 2 and 3.
        ttl_s: An opening order is cancelled after this.
    """

    cap: Cap
    zones: Zones
    ttl_s: int = Field(gt=0)

    @model_validator(mode="after")
    def _check_zones(self) -> Self:
        if len(set(self.zones)) != len(self.zones):
            raise broken_rule("zones", f"zones must differ, received {list(self.zones)}.")
        return self


class EsportsParameters(DirectionalParameters):
    """Bot 2, esports (STRATEGIES.md D.2).

    Attributes:
        live: Whether a running match opens anything; off until the coefficients are fitted.
        window_min: Minutes before the start between which a position may be opened.
        clear_s: Opening orders are cancelled so long before the start; the venue clears the book.
        kill_swing: Least |Δk| that triggers.
        tower_lead: Least |Δt| that triggers.
        swing_window_s: Δk looks back so far.
        k_kill: Logit units per kill.
        k_tower: Logit units per tower.
        k_gold: Logit units per thousand gold; 0 until it is fitted.
        clip: Most that a match may move the probability, logit units.
        sigma: Standard error of the fair value.
        max_feed_lag_s: A match heard of later gives no live signal.
        live_hold_s: A live position is left after this.
        live_exit: And when the price comes so near to the fair value, dollars.
    """

    live: bool
    window_min: tuple[int, int]
    clear_s: Seconds
    kill_swing: int = Field(gt=0)
    tower_lead: int = Field(gt=0)
    swing_window_s: int = Field(gt=0)
    k_kill: float = Field(ge=0)
    k_tower: float = Field(ge=0)
    k_gold: float = Field(ge=0)
    clip: float = Field(gt=0)
    sigma: float = Field(gt=0, lt=1)
    max_feed_lag_s: int = Field(gt=0)
    live_hold_s: int = Field(gt=0)
    live_exit: Decimal = Field(ge=0, lt=1)

    @model_validator(mode="after")
    def _check_window(self) -> Self:
        late, early = self.window_min
        if not 0 <= late < early or late * 60 <= self.clear_s:
            raise broken_rule(
                "window_min",
                f"window_min must be two rising minutes, the first above clear_s {self.clear_s}, "
                f"received {late} and {early}. Nothing is opened when the book is about to clear.",
            )
        return self


class CopyParameters(DirectionalParameters):
    """Bot 3, copy trading (STRATEGIES.md D.3).

    Attributes:
        top_n: Wallets followed at most.
        min_win_rate: A new one must be above it.
        drop_win_rate: A followed one below it is dropped at once.
        min_resolved: Resolved positions a wallet must have.
        min_t: Least t-statistic of its edge.
        max_maker: Greatest mean share of its fills that rested.
        max_two_sided: Greatest share of positions that it held on both sides.
        lookback_d: Days of history that count.
        max_wallets: Wallets that are remembered; the one silent for longest goes first.
        max_delay_s: A trade older than this is not copied.
        burst_s: Fills of one wallet in one token within this are one purchase.
        min_leader_usdc: Least purchase, dollars.
        fraction: Share of the leader's size to copy, from the lowest to the best win rate.
        win_rate_span: From `min_win_rate` to the best one.
        chase: Dollars that may be paid above the leader's price.
        leader_exit: A leader who sells this share of its position is followed out.
    """

    top_n: int = Field(gt=0, le=200)
    min_win_rate: float = Field(gt=0, lt=1)
    drop_win_rate: float = Field(gt=0, lt=1)
    min_resolved: int = Field(ge=2)
    min_t: float = Field(ge=0)
    max_maker: float = Field(ge=0, le=1)
    max_two_sided: float = Field(ge=0, le=1)
    lookback_d: int = Field(gt=0)
    max_wallets: int = Field(gt=0)
    max_delay_s: int = Field(gt=0)
    burst_s: int = Field(gt=0)
    min_leader_usdc: Decimal = Field(ge=0)
    fraction: tuple[float, float]
    win_rate_span: float = Field(gt=0, lt=1)
    chase: Decimal = Field(ge=0, lt=1)
    leader_exit: Share

    @model_validator(mode="after")
    def _check_rates(self) -> Self:
        check_range(self.fraction, "fraction")
        if self.fraction[1] > 1:
            raise broken_rule(
                "fraction", f"fraction must end at most at 1, received {self.fraction[1]}."
            )
        if not self.drop_win_rate < self.min_win_rate:
            raise broken_rule(
                "drop_win_rate",
                f"drop_win_rate must be below min_win_rate {self.min_win_rate}, received "
                f"{self.drop_win_rate}. Between the two a followed wallet stays.",
            )
        return self


class MultiOutcomeParameters(BotParameters):
    """Bot 6, multi-outcome (STRATEGIES.md D.6).

    Attributes:
        zones: Zones of single legs.
        bundle_min: Least drift of a bundle, dollars.
        bundle_per_leg: The same per leg.
        bundle: Cost of one bundle as a share of E_b, at most.
        max_outcomes: Legs of a bundle at most; the venue's batch limit.
        depth_divisor: Of the displayed size near our price, at most one part in this many is ours.
        depth_ticks: What counts as near.
        unhedged: Cost of filled unmatched legs as a share of E_b above which nothing new is opened.
        ttl_s: An untouched bundle, or a single leg, is cancelled after this.
        leg_reprice_s: From the first fill: complete the other legs at up to break-even.
        leg_abort_s: From the first fill: sell what is incomplete instead.
        outcome_cap: Cost of one outcome as a share of the event budget.
        event_budget: Cost of one event as a share of E_b.
        max_positions: Outcomes held over all events.
        estimate_max_age_h: Hours after which an outside estimate of an outcome counts no more.
        sigma: Standard error of an outside estimate.
        hedge: Whether linked outcomes hedge each other.
        min_abs_corr: Two outcomes are linked from this absolute correlation.
        hedge_ratio: Share of the primary, times beta, that is hedged.
        hedge_band: The hedge is brought back when its ratio leaves this.
        bar_min: Minutes of a bar.
        window_bars: Bars looked at.
        min_bars: Common bars needed.
        backoff_s: Pause in an event after a denial.
        stop_s: Nothing is opened this close to the end.
        convert_gas_multiple: A complete set of NO tokens is converted when the dollars that it sets
            free are this many times the gas.
        gas: Dollars of gas per conversion.
    """

    zones: Zones
    bundle_min: Probability
    bundle_per_leg: Decimal = Field(ge=0, lt=1)
    bundle: Cap
    max_outcomes: int = Field(ge=3, le=15)
    depth_divisor: int = Field(ge=1)
    depth_ticks: int = Field(ge=0)
    unhedged: Cap
    ttl_s: int = Field(gt=0)
    leg_reprice_s: int = Field(gt=0)
    leg_abort_s: int = Field(gt=0)
    outcome_cap: Cap
    event_budget: Cap
    max_positions: int = Field(gt=0)
    estimate_max_age_h: int = Field(gt=0)
    sigma: float = Field(gt=0, lt=1)
    hedge: bool
    min_abs_corr: float = Field(gt=0, le=1)
    hedge_ratio: Share
    hedge_band: tuple[Decimal, Decimal]
    bar_min: int = Field(gt=0)
    window_bars: int = Field(gt=1)
    min_bars: int = Field(ge=2)
    backoff_s: Seconds
    stop_s: Seconds
    convert_gas_multiple: int = Field(ge=1)
    gas: Decimal = Field(ge=0)

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        check_range(self.hedge_band, "hedge_band")
        if not self.hedge_band[0] <= self.hedge_ratio <= self.hedge_band[1]:
            raise broken_rule(
                "hedge_ratio",
                f"hedge_ratio must lie in hedge_band {list(map(str, self.hedge_band))}, received "
                f"{self.hedge_ratio}. Otherwise a fresh hedge would be brought back at once.",
            )
        if not self.leg_reprice_s < self.leg_abort_s:
            raise broken_rule(
                "leg_reprice_s",
                f"leg_reprice_s must be below leg_abort_s {self.leg_abort_s}, received "
                f"{self.leg_reprice_s}. A leg is re-priced before it is given up.",
            )
        return self
