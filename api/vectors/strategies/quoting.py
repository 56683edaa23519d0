"""Prices of quotes and their rewards (STRATEGIES.md A.3, D.0, D.5)."""

from api.vectors.strategies.form import Function, Inputs, Result, dec, sure
from schemas.values import Action
from streams import quoting, rewards
from streams.prices import PriceMode, post_only_price
from streams.top import Top


def post_only(i: Inputs) -> Result:
    """The price that rests."""
    price = post_only_price(
        Action(i["action"]),
        i["limit"],
        dec(i["best_bid"]),
        dec(i["best_ask"]),
        sure(i["tick"]),
        PriceMode(i["mode"]),
    )
    return {"price": price}


def as_quote(i: Inputs) -> Result:
    """Avellaneda and Stoikov's quote on log odds."""
    narrow, wide = i["spread_min"], i["spread_max"]
    found = quoting.model_quote(
        i["mid"],
        i["q_lots"],
        i["sigma"],
        i["tau"],
        quoting.QuoteParameters(
            gamma=i["gamma"],
            kappa=i["kappa"],
            spread=(narrow, wide),
            pull_mult=i.get("pull_mult", 2.0),
        ),
        dec(i["best_bid"]),
        dec(i["best_ask"]),
        sure(i["tick"]),
    )
    return {
        "r_x": found.centre_x,
        "half_x": found.half_x,
        "r": found.centre,
        "spread_raw": found.model_spread,
        "pulled": found.pulled,
        "spread": found.spread,
        "bid": found.bid,
        "ask": found.ask,
    }


def glft(i: Inputs) -> Result:
    """Distances of a long horizon."""
    found = quoting.glft_distances(i["q_lots"], i["sigma"], i["gamma"], i["kappa"], i["A"])
    return dict(zip(("delta_bid", "delta_ask"), found, strict=True))


def microprice(i: Inputs) -> Result:
    """The middle weighted by the sizes at the top; None when a side is empty."""
    top = Top(dec(i["bid"]), sure(i["bid_size"]), dec(i["ask"]), sure(i["ask_size"]))
    return {"microprice": top.microprice}


FUNCTIONS: dict[str, Function] = {
    "microprice": microprice,
    "post_only_price": post_only,
    "logit_as_quote": as_quote,
    "glft_half_spreads": glft,
    "order_score": lambda i: {
        "score": rewards.order_score(
            sure(i["max_spread_c"]), sure(i["dist_c"]), sure(i["size"]), sure(i["min_size"])
        )
    },
    "q_min": lambda i: {
        "q_min": rewards.market_score(sure(i["q_one"]), sure(i["q_two"]), sure(i["mid"]))
    },
}
