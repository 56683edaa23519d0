"""Amounts, prices and fees (PROTOCOL.md sections 3.2, 3.3 and 4.1)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from api.vectors.case import Case, Runner, equal
from connectors.polymarket.amounts import (
    Amounts,
    buy_amount_within,
    fee_per_share,
    is_valid_price,
    limit_amounts,
    market_amounts,
    taker_fee,
)
from connectors.polymarket.price_walk import InsufficientLiquidityError, marketable_price
from schemas.values import Action, TimeInForce

Inputs = Mapping[str, Any]
RELATIVE = Decimal("1e-20")
"""How far a fee-adjusted amount may be from the vector."""


def _amounts(found: Amounts) -> dict[str, str]:
    return {"maker_amount": str(found.maker), "taker_amount": str(found.taker)}


def _limit(i: Inputs) -> object:
    price, size, tick = (Decimal(i[name]) for name in ("price", "size", "tick_size"))
    return _amounts(limit_amounts(Action(i["side"]), price, size, tick))


def _market(i: Inputs) -> object:
    given = "amount" if i["side"] == Action.BUY else "shares"
    price, amount, tick = (Decimal(i[name]) for name in ("price", given, "tick_size"))
    return _amounts(market_amounts(Action(i["side"]), price, amount, tick))


def _price(i: Inputs) -> object:
    return {"valid": is_valid_price(Decimal(i["price"]), Decimal(i["tick_size"]))}


def _walk(i: Inputs) -> object:
    levels = [(Decimal(level["price"]), Decimal(level["size"])) for level in i["levels"]]
    try:
        return str(
            marketable_price(
                Action(i["side"]), TimeInForce(i["order_type"]), Decimal(i["amount"]), levels
            )
        )
    except InsufficientLiquidityError:
        return "ERROR:InsufficientLiquidityError"


def _adjusted(case: Case) -> str | None:
    i, expected = case["input"], case["expected"]
    price, rate, exponent = (Decimal(i[n]) for n in ("price", "fee_rate", "fee_exponent"))
    builder = Decimal(i["builder_taker_fee_rate"])
    found = {
        "adjusted_amount": buy_amount_within(
            Decimal(i["amount"]), price, Decimal(i["max_spend"]), rate, exponent, builder
        ),
        "effective_rate_per_share": fee_per_share(price, rate, exponent),
    }
    for name, value in found.items():
        wanted = Decimal(expected[name])
        if abs(value - wanted) > RELATIVE * abs(wanted):
            return f"{name}: expected {wanted}, received {value}"
    return None


def _fee(case: Case) -> str | None:
    i, expected = case["input"], case["expected"]
    shares, price, rate = (Decimal(i[name]) for name in ("shares", "price", "fee_rate"))
    raw = shares * fee_per_share(price, rate, Decimal(i["exponent"]))
    charged = taker_fee(shares, price, rate, Decimal(i["exponent"]))
    if raw != Decimal(expected["unrounded"]):
        return f"unrounded: expected {expected['unrounded']}, received {raw}"
    shown = format(charged, "f")
    if shown != expected["fee_5dp"]:
        return f"fee_5dp: expected {expected['fee_5dp']}, received {shown}"
    return None


RUNNERS: dict[str, Runner] = {
    "amounts_limit": equal(_limit),
    "amounts_market": equal(_market),
    "price_validation": equal(_price),
    "market_price_walk": equal(_walk),
    "fee_adjusted_buy_amount": _adjusted,
    "taker_fee_formula": _fee,
}
