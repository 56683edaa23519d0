"""Market-making quotes in logit space (STRATEGIES.md D.5): Avellaneda–Stoikov, and GLFT.

The same model serves long-dated and short-horizon markets; only the parameters and the volatility
differ. Inventory is counted in lots of the current base size, positive when YES is held.
"""

from decimal import Decimal
from math import exp, log1p, sqrt
from typing import NamedTuple

import msgspec

from schemas.values import Price
from streams.logit import clip, logit, sigmoid
from streams.prices import ceil_tick, floor_tick

MID_RANGE = (0.02, 0.98)
"""The microprice is clipped to this before its logit is taken."""


MIN_FILLS = 200
"""Fills from which a market's own markouts decide the size."""
UNPROVEN_SHARE = Decimal("0.01")
"""Share of the equity quoted before."""


class QuoteParameters(msgspec.Struct, frozen=True, kw_only=True):
    """The model's parameters.

    Attributes:
        gamma: Risk aversion.
        kappa: Decay of the fill rate per logit unit.
        spread: Least and greatest full spread, dollars.
        pull_mult: Both quotes are pulled when the model wants more than this times the greatest.
        shift_clip: Most that inventory may move the quotes, logit units.
        arrivals: A, fills per hour at zero distance, where it was fitted: the quote is then GLFT's,
            which looks at no horizon. None: Avellaneda–Stoikov's.
    """

    gamma: float
    kappa: float
    spread: tuple[float, float]
    pull_mult: float
    shift_clip: float = 0.40
    arrivals: float | None = None


STANDARD = QuoteParameters(gamma=0.5, kappa=40.0, spread=(0.005, 0.02), pull_mult=2.0)
"""Defaults of bot 5 (STRATEGIES.md J)."""
SHORT_HORIZON = QuoteParameters(gamma=0.2, kappa=40.0, spread=(0.01, 0.04), pull_mult=1.0)
"""Defaults of bot 5 in 15 to 60 minute markets (D-28)."""


class Quote(NamedTuple):
    """What the model wants.

    Attributes:
        centre_x: Inventory-adjusted centre, logit units.
        half_x: Half spread, logit units.
        centre: The centre as a price, r.
        mid_spread: Spread at the mid before the inventory shift; the pull test looks at it.
        model_spread: The model's spread around the centre, before its limits.
        spread: After the limits.
        pulled: The model wants more spread than is allowed; nothing is quoted.
        bid: Dollars, on tick; None when pulled or when no passive price is left.
        ask: Dollars, on tick; None when pulled or when no passive price is left.
    """

    centre_x: float
    half_x: float
    centre: float
    mid_spread: float
    model_spread: float
    spread: float
    pulled: bool
    bid: Decimal | None
    ask: Decimal | None


def model_quote(
    mid: float,
    inventory: float,
    sigma: float,
    horizon_h: float,
    parameters: QuoteParameters,
    best_bid: Decimal | None,
    best_ask: Decimal | None,
    tick: Decimal,
) -> Quote:
    """Quote both sides of YES around the microprice.

    Args:
        mid: Microprice of YES.
        inventory: q, lots of the base size.
        sigma: Volatility per √hour, logit units.
        horizon_h: τ, hours until the inventory is to be gone; GLFT has none.
        parameters: γ, κ, A and limits.
        best_bid: Best YES bid net of our own orders; None on an empty side.
        best_ask: Best YES ask net of our own orders; None on an empty side.
        tick: Dollars per tick.
    """
    narrow, wide = parameters.spread
    x = logit(clip(mid, *MID_RANGE))
    half, shift = _distances(inventory, sigma, horizon_h, parameters)
    centre_x = x - clip(shift, -parameters.shift_clip, parameters.shift_clip)
    centre = sigmoid(centre_x)
    mid_spread = _width(x, half)
    model_spread = mid_spread if centre_x == x else _width(centre_x, half)
    spread = clip(model_spread, narrow, wide)
    pulled = mid_spread > parameters.pull_mult * wide
    bid, ask = (None, None) if pulled else _passive(centre, spread, best_bid, best_ask, tick)
    return Quote(centre_x, half, centre, mid_spread, model_spread, spread, pulled, bid, ask)


def glft_distances(
    inventory: float, sigma: float, gamma: float, kappa: float, arrivals: float
) -> tuple[float, float]:
    """Bid and ask distance from the mid in logit units, Guéant–Lehalle–Fernandez-Tapia's asymptote.

    Args:
        inventory: q, lots.
        sigma: Volatility per √hour, logit units.
        gamma: Risk aversion.
        kappa: Decay of the fill rate per logit unit.
        arrivals: A, fills per hour at zero distance.
    """
    base = log1p(gamma / kappa) / gamma
    growth = (1.0 + kappa / gamma) * log1p(gamma / kappa)
    step = sqrt(sigma * sigma * gamma / (2.0 * kappa * arrivals) * exp(growth))
    return (
        base + (2.0 * inventory + 1.0) / 2.0 * step,
        base - (2.0 * inventory - 1.0) / 2.0 * step,
    )


def inventory_skew(tokens: Decimal, held_mid: Decimal, equity: Decimal) -> Decimal:
    """Share of the equity in net inventory: `|q_tokens| · mid of the held token / E_b`."""
    return abs(tokens) * held_mid / equity


def adding_size(base: Decimal, skew: Decimal, max_skew: Decimal) -> Decimal:
    """Shares to quote on the side that adds inventory: `base · max(0, 1 − skew / max_skew)`."""
    return base * max(Decimal(0), 1 - skew / max_skew)


def base_notional(
    equity: Decimal, edge: float, variance: float, fills: int, cap: float = 0.02
) -> Decimal:
    """Dollars of one quote before inventory and toxicity reduce it.

    Half Kelly for small edges, `½·(ē / v̄)·E_b`, at most `cap`; a fixed 1 % before there are enough
    fills to know. 0 means: stop quoting this market for 24 hours.

    Args:
        equity: E_b, dollars.
        edge: ē, mean net 5-minute markout per dollar of the last 200 fills.
        variance: v̄, its variance.
        fills: Fills known.
        cap: Greatest share of the equity on one side.
    """
    if fills < MIN_FILLS:
        return equity * UNPROVEN_SHARE
    if edge <= 0.0:
        return Decimal(0)
    share = cap if variance <= 0.0 else min(0.5 * edge / variance, cap)
    return equity * Decimal(str(share))


def _distances(
    inventory: float, sigma: float, horizon_h: float, parameters: QuoteParameters
) -> tuple[float, float]:
    """Half spread, and how far down the inventory moves the centre; logit units."""
    gamma, kappa = parameters.gamma, parameters.kappa
    if parameters.arrivals is not None:
        bid, ask = glft_distances(inventory, sigma, gamma, kappa, parameters.arrivals)
        return (bid + ask) / 2.0, (bid - ask) / 2.0
    risk = gamma * sigma * sigma * horizon_h
    return 0.5 * risk + log1p(gamma / kappa) / gamma, inventory * risk


def _width(x: float, half: float) -> float:
    return sigmoid(x + half) - sigmoid(x - half)


def _passive(
    centre: float,
    spread: float,
    best_bid: Decimal | None,
    best_ask: Decimal | None,
    tick: Decimal,
) -> tuple[Decimal | None, Decimal | None]:
    bid = floor_tick(centre - spread / 2, tick)
    ask = ceil_tick(centre + spread / 2, tick)
    if best_ask is not None:
        bid = min(bid, best_ask - tick)
    if best_bid is not None:
        ask = max(ask, best_bid + tick)
    return (
        bid if bid >= tick and bid >= Price.LOWEST else None,
        ask if ask <= 1 - tick and ask <= Price.HIGHEST else None,
    )
