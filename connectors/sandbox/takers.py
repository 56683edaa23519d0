"""Everybody else in the simulated world: noise takers, informed takers and patient retail."""

import math
from random import Random

from connectors.sandbox.crowd import Crowd
from connectors.sandbox.floor import Floor
from connectors.sandbox.mirror import ASK, BID
from connectors.sandbox.orders import MIN_AHEAD_MS
from connectors.sandbox.questions import Liveliness
from schemas.values import MICRO, PIPS

NOISE = "noise"
INFORMED = "informed"
PATIENT = "patient"


def take_noise(floor: Floor, lively: Liveliness, rng: Random, crowd: Crowd | None = None) -> None:
    """Somebody trades for reasons of their own, at the best price or up to two ticks beyond."""
    side = rng.choice((BID, ASK))
    best = (floor.engine.asks if side == BID else floor.engine.bids).best
    if best is None:
        return
    shares = min(rng.lognormvariate(math.log(lively.typical_take), 1.0), 1_500)
    reach = rng.choice((0, 0, 0, 1, 2)) * floor.engine.tick
    limit = best + reach if side == BID else best - reach
    if floor.engine.tick <= limit <= PIPS - floor.engine.tick:
        owner = NOISE if crowd is None else crowd.noise(rng)
        floor.take(owner, side, limit, max(round(shares * 100), 100) * (MICRO // 100))


def take_informed(
    floor: Floor, lively: Liveliness, fair: float, rng: Random, crowd: Crowd | None = None
) -> None:
    """Somebody who knows the fair price takes what is offered too cheap, after the fee.

    Args:
        floor: The market.
        lively: How it trades.
        fair: The fair price of YES in dollars.
        rng: The market's generator.
        crowd: Whose wallets trade; one for all without it.
    """
    tick = floor.engine.tick
    margin = tick / 2 + floor.engine.fee.rate * fair * (1 - fair)
    ask, bid = floor.engine.asks.best, floor.engine.bids.best
    size = round(rng.lognormvariate(math.log(lively.touch * 0.6), 0.7)) * MICRO
    highest = math.floor((fair * PIPS - margin) / tick) * tick
    lowest = math.ceil((fair * PIPS + margin) / tick) * tick
    owner = INFORMED if crowd is None else crowd.informed(rng)
    if ask is not None and ask <= highest:
        floor.take(owner, BID, highest, max(size, MICRO))
    elif bid is not None and bid >= lowest:
        floor.take(owner, ASK, lowest, max(size, MICRO))


def rest_patient(floor: Floor, lively: Liveliness, fair: float, rng: Random) -> str | None:
    """Somebody leaves an order away from the market, half of them with an expiration.

    Returns:
        The id of an order without expiration, which its owner will withdraw one day, else None.
    """
    tick = floor.engine.tick
    side = rng.choice((BID, ASK))
    away = 1 + min(int(rng.expovariate(1 / 6)), 30) + lively.spread // 2
    pips = round(fair * PIPS / tick) * tick + (-away if side == BID else away) * tick
    if not tick <= pips <= PIPS - tick:
        return None
    size = max(round(rng.lognormvariate(math.log(lively.touch * 0.5), 0.9)), 5) * MICRO
    dated = rng.random() < 0.5
    life_ms = round(rng.expovariate(1 / 480) * 1000)
    # Expirations are whole seconds on the wire.
    expires_ms = (floor.now_ms + MIN_AHEAD_MS + life_ms) // 1000 * 1000 + 1000 if dated else 0
    order_id = floor.buy_or_sell(PATIENT, side, pips, size, expires_ms=expires_ms)
    return None if dated else order_id
