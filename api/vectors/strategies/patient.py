"""Bots 7 to 10: reversion, thin books, advice, long-term value (STRATEGIES.md D.7 to D.10)."""

from decimal import Decimal
from statistics import fmean, stdev

import msgspec

from agents.bots.directional import zones_of
from api.vectors.strategies.form import Function, Result
from api.vectors.strategies.shape import shaped
from streams.fair_value import annualised, pool, present_value
from streams.logit import logit
from streams.reversion import RSI_PERIOD, logit_z, reverted, rsi
from streams.tails import adaptive_quote
from streams.top import Top
from streams.track_record import advised_multiplier, wins
from streams.zones import classify

BARS = 96
"""Closes that RSI and z-score look at."""


class Closes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 7."""

    closes: list[float]
    period: int = RSI_PERIOD
    bars: int = BARS
    min_sd: float = 0.02
    reversion: float = 0.5


class ThinBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 8 as a maker."""

    bid: Decimal
    ask: Decimal
    bid_size: Decimal
    ask_size: Decimal
    inventory: Decimal
    inventory_max: Decimal
    tick: Decimal
    min_spread: Decimal = Decimal("0.04")


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 9 on bets held to resolution."""

    wins: float
    losses: float
    avg_price: float
    lambda_max: float
    drawdown: float
    drawdown_limit: float
    prior_n: float = 20.0
    min_n: int = 10


class Sources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bot 10."""

    probs: list[float]
    weights: list[float]
    days: float
    price: Decimal
    hurdle: float = 0.05
    margin: float = 0.05
    min_sources: int = 2
    min_days: float = 90.0
    sigma_min: float = 0.02
    zones: tuple[int, ...] = (1, 2)


def _z_score(i: Closes) -> Result:
    """The score and what a part of the way back is worth."""
    closes = i.closes[-i.bars :]
    found = logit_z(closes, i.min_sd)
    if found is None:
        xs = [logit(each) for each in closes]
        return {"z": None, "mean": fmean(xs), "sd": stdev(xs), "p_hat": None}
    return {
        "z": found.z,
        "mean": found.mean,
        "sd": found.sd,
        "p_hat": reverted(found, i.reversion),
    }


def _adaptive_mm(i: ThinBook) -> Result:
    """Quotes of a wide book; none of a narrow one or where a side is empty."""
    micro = Top(i.bid, i.bid_size, i.ask, i.ask_size).microprice
    spread = i.ask - i.bid
    if micro is None or spread < i.min_spread:
        return {"mid": micro, "half": None, "bid": None, "ask": None}
    found = adaptive_quote(micro, spread, i.inventory, i.inventory_max, i.tick, i.bid, i.ask)
    return {"mid": micro, "half": found.half, "bid": found.bid, "ask": found.ask}


def _kelly_advice(i: Record) -> Result:
    """Posterior and λ of bets held to the end."""
    found = wins(i.wins, i.losses, i.avg_price, i.prior_n)
    drawn = i.drawdown / i.drawdown_limit
    advised = advised_multiplier(found, i.lambda_max, drawn, i.min_n)
    return {
        "n": found.n,
        "p_post": found.p,
        "var": found.variance,
        "edge": found.edge,
        "lambda_": advised,
    }


def _value_signal(i: Sources) -> Result:
    """Pool, present value and whether the price is low enough."""
    found = pool(i.probs, i.weights, i.sigma_min)
    worth = present_value(found.p, i.days, i.hurdle)
    most = worth - i.margin
    may_enter = len(i.probs) >= i.min_sources and i.days > i.min_days
    in_zone = classify(i.price) in zones_of(i.zones)
    return {
        "p_hat": found.p,
        "p_eff": worth,
        "c_max": most,
        "sigma_p": found.sigma,
        "enter": may_enter and in_zone and float(i.price) <= most,
        "ann": annualised(found.p, float(i.price), i.days),
    }


FUNCTIONS: dict[str, Function] = {
    "rsi_wilder_14": shaped(Closes, lambda i: {"rsi": rsi(i.closes[-i.bars :], i.period)}),
    "logit_z_96": shaped(Closes, _z_score),
    "adaptive_mm": shaped(ThinBook, _adaptive_mm),
    "kelly_advice": shaped(Record, _kelly_advice),
    "value_signal": shaped(Sources, _value_signal),
}
