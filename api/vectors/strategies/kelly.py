"""Kelly fractions and sizes (STRATEGIES.md A.6 to A.9)."""

from api.vectors.strategies.form import Function, Inputs, Result, sure
from schemas.errors import ConfigurationError
from streams import kelly
from streams.sizing import size_order


def kelly_buy(i: Inputs) -> Result:
    """A buyer's fraction and its usual parts."""
    full = kelly.kelly_buy(i["p"], i["price"])
    return {"full": full, "half": full / 2, "quarter": full / 4, "contrarian_20pct": full / 5}


def kelly_sell_yes(i: Inputs) -> Result:
    """A seller's fraction, also as a purchase of NO."""
    no_price = 1 - i["sell_price"]
    return {
        "full": kelly.kelly_sell_yes(i["p_yes"], i["sell_price"]),
        "equivalent_no_price": no_price,
        "equivalent_no_full": kelly.kelly_buy_no(i["p_yes"], no_price),
    }


def multiplier_allowed(i: Inputs) -> Result:
    """Whether the configuration may name this multiplier."""
    try:
        kelly.check_multiplier(i["multiplier"])
    except ConfigurationError:
        return {"allowed": False}
    return {"allowed": True}


def multi_outcome_kelly(i: Inputs) -> Result:
    """Fractions over exclusive outcomes."""
    found = kelly.kelly_outcomes(i["p"], i["price"])
    return {"full_fractions": list(found.fractions), "reserve": found.reserve}


def size(i: Inputs) -> Result:
    """Shares of an order."""
    shares = size_order(
        sure(i["equity"]),
        i["p"],
        sure(i["price"]),
        i["sigma"],
        i["multiplier"],
        sure(i["cap_fraction"]),
        corr_scale=i.get("corr_scale", 1.0),
        min_size=sure(i.get("min_size", 5)),
        lot=sure(i.get("lot", "0.01")),
    )
    return {"shares": shares}


FUNCTIONS: dict[str, Function] = {
    "kelly_buy": kelly_buy,
    "kelly_sell_yes": kelly_sell_yes,
    "multiplier_allowed": multiplier_allowed,
    "shrink_factor": lambda i: {"k": kelly.shrinkage(i["p"], i["price"], i["sigma"])},
    "size_order": size,
    "multi_outcome_kelly": multi_outcome_kelly,
    "corr_scale": lambda i: {"scale": kelly.correlation_scale(i["n"], i["rho_bar"])},
}
