"""Parameters of the bots, one YAML file each (STRATEGIES.md J).

The files hold the numbers; these models say what they mean and which values are possible. Full
Kelly cannot be configured: `lambda_max` above 0.5 is an error here and in `streams.kelly`.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from configs.rules import Strict
from configs.yaml_file import Folder, load_yaml
from schemas.ids import BotId

Share = Annotated[Decimal, Field(gt=0, le=1)]
"""A share of something, above 0 and at most 1."""
SAFER_BELOW: dict[str, JsonValue] = {"safer": "lower"}
"""Said in the JSON Schema of a parameter of which less is less risk, whatever the others are."""
Cap = Annotated[Decimal, Field(gt=0, le=1, json_schema_extra=SAFER_BELOW)]
"""A share that bounds what can be lost: less is less risk."""
Probability = Annotated[Decimal, Field(gt=0, lt=1)]
"""Strictly between 0 and 1."""
Seconds = Annotated[int, Field(ge=0)]
"""A duration in whole seconds."""


def broken_rule(key: str, sentence: str) -> PydanticCustomError:
    """An error about one key that depends on others.

    Args:
        key: Dotted path of the key inside the model that raises, for the line number.
        sentence: What was expected, what was received, what to do.
    """
    return PydanticCustomError("broken_rule", "{sentence}", {"key": key, "sentence": sentence})


class BotParameters(Strict):
    """What every bot's file has.

    Attributes:
        number: 1 to 10 for the mission's bots, 11 to 99 for further ones.
        lambda_max: Greatest Kelly multiplier, above 0 and at most 0.5.
    """

    number: int = Field(ge=1, le=99)
    name: str = Field(min_length=1)
    lambda_max: Decimal = Field(gt=0, le=Decimal("0.5"), json_schema_extra=SAFER_BELOW)

    @property
    def bot_id(self) -> BotId:
        """`bot_01` … `bot_10`."""
        return BotId(f"bot_{self.number:02d}")


class RebalancingParameters(BotParameters):
    """Bot 1, paired arbitrage (STRATEGIES.md D.1).

    Attributes:
        drift: Least executable drift `1 − (y + n)`, dollars.
        focus: The cheaper leg's price must lie in this range.
        fill_prob: π, probability that both legs fill, until it is measured.
        leg_loss: ℓ, dollars lost per pair of which one leg filled, until it is measured.
        measured_after: Touched pairs after which π and ℓ are measured values.
        leg_loss_floor: Least ℓ that measurement may give, dollars.
        bundle: Cost of one bundle as a share of E_b, at most.
        unhedged: Cost of filled unmatched legs as a share of E_b above which nothing new is opened.
        depth_divisor: Of the displayed size near our price, at most one part in this many is ours.
        depth_ticks: What counts as near.
        max_offset: Both bids may be set so many ticks under the D.0 price.
        ttl_s: An untouched bundle is cancelled after this.
        leg_reprice_s: From the first fill: complete the other leg at up to break-even.
        leg_abort_s: From the first fill: sell the excess instead.
        merge_gas_multiple: Pairs are merged when worth this many times the gas.
        gas: Dollars of gas per merge.
        mirror: What is done with asks (the mirror case): `off`; `inventory`, pairs that are held
            are offered for more than a dollar before they are merged; `split`, dollars are split
            into pairs for it as well. In one book both sides are the same orders in YES space, and
            a bid ties up less cash and no gas, so splitting is for what has no such mirror.
        start_s: Seconds after a window's start before the first bundle.
        stop_s: No new bundle this close to the end.
        reduce_until_s: This close to the end everything is cancelled and held.
        backoff_s: Pause in a market after a denial.
    """

    drift: Probability
    focus: tuple[Probability, Probability]
    fill_prob: Probability
    leg_loss: Probability
    measured_after: int = Field(ge=1)
    leg_loss_floor: Probability
    bundle: Cap
    unhedged: Cap
    depth_divisor: int = Field(ge=1)
    depth_ticks: int = Field(ge=0)
    max_offset: int = Field(ge=0, le=20)
    ttl_s: int = Field(gt=0)
    leg_reprice_s: int = Field(gt=0)
    leg_abort_s: int = Field(gt=0)
    merge_gas_multiple: int = Field(ge=1)
    gas: Decimal = Field(ge=0)
    mirror: Literal["off", "inventory", "split"] = "inventory"
    start_s: Seconds
    stop_s: Seconds
    reduce_until_s: Seconds
    backoff_s: Seconds

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.leg_reprice_s < self.leg_abort_s:
            raise broken_rule(
                "leg_reprice_s",
                f"leg_reprice_s must be below leg_abort_s {self.leg_abort_s}, received "
                f"{self.leg_reprice_s}. A leg is re-priced before it is given up.",
            )
        check_range(self.focus, "focus")
        return self


class MarketMakerParameters(BotParameters):
    """Bot 5, the market maker (STRATEGIES.md D.5).

    Attributes:
        gamma: Risk aversion γ.
        kappa: κ, decay of fills per logit unit.
        tau_h: τ, hours in which inventory is meant to turn.
        arrivals: A, fills an hour at zero distance; a fitted number makes the quotes GLFT's, which
            look at no horizon. null: Avellaneda–Stoikov's.
        spread: Least and greatest full spread, dollars.
        pull_mult: Quotes are pulled when the model wants more than this times the greatest spread.
        shift_clip: Most that inventory may move the quotes, logit units.
        max_skew: Inventory as a share of E_b from which only the reducing side is quoted.
        vol_sample_s: Seconds between volatility samples.
        vol_halflife_min: Minutes in which a sample loses half its weight.
        sigma: Least and greatest volatility per √hour, logit units.
        tox_half: Toxicity above which sizes are halved.
        tox_pull: Toxicity above which quotes are pulled.
        tox_pull_s: For how long.
        min_mid: Least min(mid, 1 − mid).
        base: Dollars a side as a share of E_b before `markout_fills` fills.
        side_cap: The same afterwards, at most.
        market_cap: Worst-case loss in one market as a share of E_b (C.3), kept by the bot itself.
        markout_fills: Fills after which markouts decide the size.
        markout_stop_h: Hours without quotes when the mean markout is not above zero.
        merge_pairs: Pairs are merged from this many on.
        jump_sigmas: A mid that moves more than this in a second pulls the quotes.
        event_stop_s: Seconds before a scheduled event at which quotes are pulled.
        ttl_s: A quote is refreshed after this.
        reprice_ticks: A quote is replaced when the target is so far away.
        orders_per_s: Orders that all quotes together may use a second.
        orders_burst: And at once.
        start_s: Seconds after a window's start before the first quote.
        stop_s: No quote this close to the end; inventory is reduced.
        reduce_until_s: This close to the end everything is cancelled and held.
        backoff_s: Pause of a side after a denial.
    """

    gamma: float = Field(gt=0)
    kappa: float = Field(gt=0)
    tau_h: float = Field(gt=0)
    arrivals: float | None = Field(default=None, gt=0)
    spread: tuple[float, float]
    pull_mult: float = Field(gt=0)
    shift_clip: float = Field(gt=0)
    max_skew: Cap
    vol_sample_s: int = Field(gt=0)
    vol_halflife_min: float = Field(gt=0)
    sigma: tuple[float, float]
    tox_half: float = Field(gt=0, le=1)
    tox_pull: float = Field(gt=0, le=1)
    tox_pull_s: int = Field(gt=0)
    min_mid: Decimal = Field(gt=0, lt=Decimal("0.5"))
    base: Cap
    side_cap: Cap
    market_cap: Cap
    markout_fills: int = Field(ge=2)
    markout_stop_h: int = Field(gt=0)
    merge_pairs: Decimal = Field(gt=0)
    jump_sigmas: float = Field(gt=0)
    event_stop_s: Seconds
    ttl_s: int = Field(gt=0)
    reprice_ticks: int = Field(ge=1)
    orders_per_s: int = Field(gt=0)
    orders_burst: int = Field(gt=0)
    start_s: Seconds
    stop_s: Seconds
    reduce_until_s: Seconds
    backoff_s: Seconds

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        check_range(self.spread, "spread")
        check_range(self.sigma, "sigma")
        if not self.tox_half < self.tox_pull:
            raise broken_rule(
                "tox_half",
                f"tox_half must be below tox_pull {self.tox_pull}, received {self.tox_half}. "
                "Sizes are halved before quotes are pulled.",
            )
        if not self.base <= self.side_cap <= self.market_cap:
            raise broken_rule(
                "base",
                f"base, side_cap and market_cap must rise in this order, received {self.base}, "
                f"{self.side_cap} and {self.market_cap}. A side is a part of its market.",
            )
        return self


def check_range(bounds: tuple[Decimal, Decimal] | tuple[float, float], key: str) -> None:
    """Check that a range has its lower bound first and above zero.

    Raises:
        PydanticCustomError: It has not.
    """
    low, high = bounds
    if not 0 < low < high:
        raise broken_rule(
            key,
            f"{key} must be two rising numbers above 0, received {low} and {high}. "
            "Write the lower bound first.",
        )


B = TypeVar("B", bound=BotParameters)


def load_bot(model: type[B], file: str, folder: Folder | None = None) -> B:
    """Load one bot's parameters.

    Args:
        model: The bot's parameters.
        file: Name inside `bots/`, e.g. `bot_01_rebalancing.yaml`.
        folder: The operator's folder, or None.

    Raises:
        ConfigurationError: Something is wrong; each sentence names file, line and allowed values.
    """
    return load_yaml(model, f"bots/{file}", folder)


def least_capital(share: Decimal, min_size: Decimal) -> Decimal:
    """Dollars a bot needs so that `share` of its equity reaches the venue's minimum order.

    The minimum binds a new order's dollars as well as its shares, so 5 and 2 % give 250.
    """
    return min_size / share
