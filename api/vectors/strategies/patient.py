"""Bots 7 to 10: reversion, thin books, advice, long-term value (STRATEGIES.md D.7 to D.10)."""

from decimal import Decimal
from statistics import fmean, stdev

from api.vectors.strategies.form import Function, Inputs, Result, sure
from streams.fair_value import annualised, pool, present_value
from streams.logit import logit
from streams.reversion import logit_z, reverted, rsi
from streams.tails import adaptive_quote
from streams.top import Top
from streams.track_record import advised_multiplier, wins

MIN_SD, MIN_SPREAD, MIN_DAYS, MIN_SOURCES, SIGMA_MIN = 0.02, Decimal("0.04"), 90, 2, 0.02
PRIOR_N, MIN_N = 20.0, 10
HALF = 0.5


def z_score(i: Inputs) -> Result:
    """The score and what half of the way back is worth."""
    found = logit_z(i["closes"], MIN_SD)
    if found is None:
        xs = [logit(each) for each in i["closes"]]
        return {"z": None, "mean": fmean(xs), "sd": stdev(xs), "p_hat": None}
    return {"z": found.z, "mean": found.mean, "sd": found.sd, "p_hat": reverted(found, HALF)}


def adaptive_mm(i: Inputs) -> Result:
    """Quotes of a wide book; none of a narrow one."""
    bid, ask = sure(i["bid"]), sure(i["ask"])
    top = Top(bid, sure(i["bid_size"]), ask, sure(i["ask_size"]))
    micro = top.microprice or Decimal(0)
    if ask - bid < MIN_SPREAD:
        return {"mid": micro, "half": None, "bid": None, "ask": None}
    most = sure(i["inventory_max"])
    tick = sure(i["tick"])
    found = adaptive_quote(micro, ask - bid, sure(i["inventory"]), most, tick, bid, ask)
    return {"mid": micro, "half": found.half, "bid": found.bid, "ask": found.ask}


def kelly_advice(i: Inputs) -> Result:
    """Posterior and λ of bets held to the end."""
    found = wins(i["wins"], i["losses"], i["avg_price"], PRIOR_N)
    drawn = i["drawdown"] / i["drawdown_limit"]
    advised = advised_multiplier(found, i["lambda_max"], drawn, MIN_N)
    return {
        "n": found.n,
        "p_post": found.p,
        "var": found.variance,
        "edge": found.edge,
        "lambda_": advised,
    }


def value_signal(i: Inputs) -> Result:
    """Pool, present value and whether the price is low enough."""
    found = pool(i["probs"], i["weights"], SIGMA_MIN)
    worth = present_value(found.p, i["days"], i["hurdle"])
    most = worth - i["margin"]
    enough = len(i["probs"]) >= MIN_SOURCES and i["days"] > MIN_DAYS
    return {
        "p_hat": found.p,
        "p_eff": worth,
        "c_max": most,
        "sigma_p": found.sigma,
        "enter": enough and i["price"] <= most,
        "ann": annualised(found.p, i["price"], i["days"]),
    }


FUNCTIONS: dict[str, Function] = {
    "rsi_wilder_14": lambda i: {"rsi": rsi(i["closes"], i["period"])},
    "logit_z_96": z_score,
    "adaptive_mm": adaptive_mm,
    "kelly_advice": kelly_advice,
    "value_signal": value_signal,
}
