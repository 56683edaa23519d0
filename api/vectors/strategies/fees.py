"""Fees and rebates (STRATEGIES.md A.5)."""

from api.vectors.strategies.form import Function, Inputs, Result, sure
from streams.fees import (
    MISSION,
    V1_CRYPTO,
    V1_SPORTS,
    V2,
    effective_rate,
    expected_rebate,
    taker_fee,
)


def fee_mission(i: Inputs) -> Result:
    """The schedule of markets that carry none."""
    price = sure(i["price"])
    return {
        "fee": taker_fee(sure(i["shares"]), price, MISSION),
        "effective_rate": effective_rate(price, MISSION),
    }


def rebate(i: Inputs) -> Result:
    """What a maker's fill is expected to earn."""
    shares, price, category = sure(i["shares"]), sure(i["price"]), i["category"]
    return {
        "fee_equivalent": taker_fee(shares, price, V2[category]),
        "rebate": expected_rebate(shares, price, V2[category], category),
    }


FUNCTIONS: dict[str, Function] = {
    "taker_fee_v2": lambda i: {
        "fee": taker_fee(sure(i["shares"]), sure(i["price"]), V2[i["category"]])
    },
    "taker_fee_v1_crypto": lambda i: {
        "fee": taker_fee(sure(i["shares"]), sure(i["price"]), V1_CRYPTO)
    },
    "taker_fee_v1_sports": lambda i: {
        "fee": taker_fee(sure(i["shares"]), sure(i["price"]), V1_SPORTS)
    },
    "taker_fee_mission": fee_mission,
    "expected_maker_rebate": rebate,
}
