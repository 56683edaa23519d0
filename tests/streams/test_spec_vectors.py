"""The numeric cases that ship beside the specification, for the functions that exist here.

The file is not part of the repository; where a checkout has no `../shared` folder this is skipped,
and the vectors written into the other tests remain.
"""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import ConfigurationError, InvalidOrderError
from schemas.values import Action, IntentKind, Zone
from streams import kelly, markouts, quoting, rewards, statistics
from streams.fees import MISSION, V2, effective_rate, expected_rebate, taker_fee
from streams.prices import PriceMode, post_only_price
from streams.sizing import size_order
from streams.top import Top
from streams.zones import classify, denial, effective_price, opening_zone

VECTORS = Path(__file__).parents[3] / "shared" / "strategies" / "vectors.json"
WHITELISTS: Mapping[int, frozenset[int]] = {
    2: frozenset({2, 3}),
    3: frozenset({1, 2, 3}),
    4: frozenset({1, 2}),
    6: frozenset({2, 3}),
    7: frozenset({1, 2}),
    8: frozenset({1, 2}),
    10: frozenset({1, 2}),
}
"""Directional zones per bot (STRATEGIES.md B.3)."""

Inputs = dict[str, Any]
Result = dict[str, Any]


def dec(value: float | str | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def sure(value: float | str) -> Decimal:
    return Decimal(str(value))


def number(zone: Zone | None) -> int | None:
    return None if zone is None else list(Zone).index(zone) + 1


def kelly_buy(i: Inputs) -> Result:
    full = kelly.kelly_buy(i["p"], i["price"])
    return {
        "full": full,
        "half": full / 2,
        "quarter": full / 4,
        "contrarian_20pct": full / 5,
    }


def kelly_sell_yes(i: Inputs) -> Result:
    no_price = 1 - i["sell_price"]
    return {
        "full": kelly.kelly_sell_yes(i["p_yes"], i["sell_price"]),
        "equivalent_no_price": no_price,
        "equivalent_no_full": kelly.kelly_buy_no(i["p_yes"], no_price),
    }


def multiplier_allowed(i: Inputs) -> Result:
    try:
        kelly.check_multiplier(i["multiplier"])
    except ConfigurationError:
        return {"allowed": False}
    return {"allowed": True}


def multi_outcome_kelly(i: Inputs) -> Result:
    found = kelly.kelly_outcomes(i["p"], i["price"])
    return {"full_fractions": list(found.fractions), "reserve": found.reserve}


def size(i: Inputs) -> Result:
    shares = size_order(
        sure(i["equity"]),
        i["p"],
        sure(i["price"]),
        i["sigma"],
        i["multiplier"],
        sure(i["cap_fraction"]),
        corr_scale=i["corr_scale"],
        min_size=sure(i["min_size"]),
        lot=sure(i["lot"]),
    )
    return {"shares": shares}


def classified(i: Inputs) -> Result:
    try:
        return {"valid": True, "zone": number(classify(sure(i["price"])))}
    except InvalidOrderError:
        return {"valid": False, "zone": None}


def order_zone(i: Inputs) -> Result:
    action, price = Action(i["action"]), sure(i["price"])
    return {
        "effective_price": effective_price(action, price),
        "zone": number(opening_zone(action, price)),
    }


def zone_permission(i: Inputs) -> Result:
    allowed = WHITELISTS.get(i["bot"], frozenset())
    found = denial(
        IntentKind(i["intent"]),
        opening_zone(Action(i["action"]), sure(i["price"])),
        opens=i["opens"],
        verified=True,
        whitelist={zone for zone in Zone if number(zone) in allowed},
        edge=dec(i["net_edge"]),
    )
    return {"allowed": found is None, "reason": "OK" if found is None else str(found)}


def fee_mission(i: Inputs) -> Result:
    price = sure(i["price"])
    return {
        "fee": taker_fee(sure(i["shares"]), price, MISSION),
        "effective_rate": effective_rate(price, MISSION),
    }


def rebate(i: Inputs) -> Result:
    shares, price, category = sure(i["shares"]), sure(i["price"]), i["category"]
    return {
        "fee_equivalent": taker_fee(shares, price, V2[category]),
        "rebate": expected_rebate(shares, price, V2[category], category),
    }


def post_only(i: Inputs) -> Result:
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
    narrow, wide = i["spread_min"], i["spread_max"]
    found = quoting.model_quote(
        i["mid"],
        i["q_lots"],
        i["sigma"],
        i["tau"],
        quoting.QuoteParameters(
            gamma=i["gamma"], kappa=i["kappa"], spread=(narrow, wide), pull_mult=2.0
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
    found = quoting.glft_distances(i["q_lots"], i["sigma"], i["gamma"], i["kappa"], i["A"])
    return dict(zip(("delta_bid", "delta_ask"), found, strict=True))


def brier(i: Inputs) -> Result:
    found = statistics.murphy(i["p"], i["y"])
    return {
        "brier": statistics.brier(i["p"], i["y"]),
        "ece_10": found.calibration_error,
        "reliability": found.reliability,
        "resolution": found.resolution,
        "uncertainty": found.uncertainty,
    }


FUNCTIONS: Mapping[str, Callable[[Inputs], Result]] = {
    "kelly_buy": kelly_buy,
    "kelly_sell_yes": kelly_sell_yes,
    "multiplier_allowed": multiplier_allowed,
    "shrink_factor": lambda i: {"k": kelly.shrinkage(i["p"], i["price"], i["sigma"])},
    "size_order": size,
    "multi_outcome_kelly": multi_outcome_kelly,
    "corr_scale": lambda i: {"scale": kelly.correlation_scale(i["n"], i["rho_bar"])},
    "classify": classified,
    "order_zone_opening": order_zone,
    "zone_permission": zone_permission,
    "taker_fee_v2": lambda i: {
        "fee": taker_fee(sure(i["shares"]), sure(i["price"]), V2[i["category"]])
    },
    "taker_fee_mission": fee_mission,
    "expected_maker_rebate": rebate,
    "microprice": lambda i: {
        "microprice": Top(
            sure(i["bid"]), sure(i["bid_size"]), sure(i["ask"]), sure(i["ask_size"])
        ).microprice
    },
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
    "sharpe": lambda i: {"value": statistics.sharpe(i["returns"], i["rf"], i["periods_per_year"])},
    "max_drawdown": lambda i: {"value": statistics.max_drawdown(i["equity"])},
    "brier": brier,
    "markout": lambda i: {
        "value": markouts.markout(Action(i["action"]), sure(i["fill_price"]), sure(i["mid_h"]))
    },
}


def cases() -> list[Any]:
    if not VECTORS.exists():
        reason = f"the specification's vectors are not at {VECTORS.name} beside this repository"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason), id="absent")]
    listed = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in listed if case["fn"] in FUNCTIONS]


@pytest.mark.parametrize("case", cases())
def test_the_specifications_own_cases(case: dict[str, Any]) -> None:
    found = FUNCTIONS[case["fn"]](case["inputs"])
    assert found.keys() == case["expected"].keys()
    for name, expected in case["expected"].items():
        value = found[name]
        if isinstance(expected, bool | str) or expected is None:
            assert value == expected, name
        elif isinstance(expected, list):
            assert [float(each) for each in value] == pytest.approx(expected, abs=case["tol"]), name
        else:
            assert float(value) == pytest.approx(expected, abs=case["tol"]), name


@pytest.mark.skipif(not VECTORS.exists(), reason="the specification's vectors are not here")
def test_every_function_has_a_case() -> None:
    listed = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    assert {case["fn"] for case in listed} >= FUNCTIONS.keys()
