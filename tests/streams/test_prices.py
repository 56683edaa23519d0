"""Grid arithmetic and the post-only price, with the vectors of STRATEGIES.md D.0."""

from decimal import Decimal

import pytest

from schemas.errors import InvalidOrderError
from schemas.values import Action
from streams.prices import (
    PriceMode,
    ceil_tick,
    directional_price,
    floor_lot,
    floor_tick,
    is_on_tick,
    post_only_price,
    tick_price,
    to_micro,
    to_price,
    to_shares,
    to_ticks,
)

D = Decimal
CENT = D("0.01")
BUY, SELL = Action.BUY, Action.SELL
JOIN, IMPROVE = PriceMode.JOIN, PriceMode.IMPROVE


def dec(text: str) -> Decimal | None:
    return D(text) if text else None


@pytest.mark.parametrize("tick", [1, 10, 25, 50, 100, 1000])
def test_every_tick_of_every_grid_comes_back(tick: int) -> None:
    for ticks in range(1, 10_000 // tick):
        price = to_price(ticks, tick)
        assert to_ticks(price, tick) == ticks
        assert is_on_tick(price, tick_price(tick))


def test_prices_are_exact() -> None:
    assert to_price(1, 25) == D("0.0025")
    assert to_price(37, 100) == D("0.37")
    assert to_price(9_999, 1) == D("0.9999")


def test_a_price_between_ticks_has_no_tick() -> None:
    with pytest.raises(InvalidOrderError, match=r"multiple of the tick 0\.01, received 0\.485"):
        to_ticks(D("0.485"), 100)


def test_shares_and_micro_shares() -> None:
    assert to_shares(1_234_567) == D("1.234567")
    assert to_micro(D("507.61")) == 507_610_000
    assert to_micro(D("0.0000019")) == 1


@pytest.mark.parametrize(
    ("price", "tick", "expected"),
    [
        ("0.48", "0.01", True),
        ("0.485", "0.01", False),
        ("0.485", "0.005", True),
        ("0.0025", "0.0025", True),
        ("0.01", "0.01", True),
        ("0.99", "0.01", True),
        ("0.009", "0.01", False),
        ("1.00", "0.01", False),
        ("0", "0.01", False),
        ("0.999", "0.001", True),
    ],
)
def test_on_tick(price: str, tick: str, expected: bool) -> None:
    assert is_on_tick(D(price), D(tick)) is expected


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        (0.29, "0.29", "0.29"),
        (0.57, "0.57", "0.57"),
        (0.1 + 0.2, "0.30", "0.30"),
        (1.1 * 0.1, "0.11", "0.11"),
        (0.4549, "0.45", "0.46"),
        (D("0.4599999999999"), "0.45", "0.46"),
        (D("0.46"), "0.46", "0.46"),
        (D("-0.001"), "-0.01", "0"),
    ],
)
def test_rounding_guards_floats_only(value: float | Decimal, low: str, high: str) -> None:
    assert floor_tick(value, CENT) == D(low)
    assert ceil_tick(value, CENT) == D(high)


def test_lots_are_hundredths_of_a_share() -> None:
    assert floor_lot(D("507.6199")) == D("507.61")
    assert floor_lot(4.35) == D("4.35")


@pytest.mark.parametrize(
    ("action", "limit", "bid", "ask", "mode", "expected"),
    [
        (BUY, "0.46", "0.44", "0.48", IMPROVE, "0.45"),
        (BUY, "0.46", "0.44", "0.48", JOIN, "0.44"),
        (BUY, "0.46", "0.47", "0.48", IMPROVE, "0.46"),
        (BUY, "0.50", "0.47", "0.48", IMPROVE, "0.47"),
        (SELL, "0.46", "0.44", "0.48", IMPROVE, "0.47"),
        (SELL, "0.40", "0.44", "0.45", IMPROVE, "0.45"),
        (BUY, "0.455", "", "0.48", JOIN, "0.45"),
        (SELL, "0.463", "0.44", "", JOIN, "0.47"),
        (BUY, "0.46", "", "", JOIN, ""),
        (SELL, "0.46", "", "", IMPROVE, ""),
        (BUY, "0.60", "0.48", "", IMPROVE, "0.49"),
        (BUY, "0.008", "", "0.02", JOIN, ""),
        (BUY, "0.50", "", "0.01", IMPROVE, ""),
        (SELL, "0.50", "0.99", "", IMPROVE, ""),
        (SELL, "0.995", "0.44", "0.999", JOIN, ""),
    ],
)
def test_post_only_price(
    action: Action, limit: str, bid: str, ask: str, mode: PriceMode, expected: str
) -> None:
    assert post_only_price(action, D(limit), dec(bid), dec(ask), CENT, mode) == dec(expected)


def test_one_tick_of_room_is_judged_in_decimal() -> None:
    price = post_only_price(BUY, 0.60, D("0.47"), D("0.48"), CENT, IMPROVE)
    assert price == D("0.47")


@pytest.mark.parametrize(
    ("fair", "min_edge", "bid", "ask", "expected"),
    [
        ("0.44", "0.03", "0.40", "0.45", "0.39"),
        ("0.50", "0.03", "0.44", "0.52", "0.45"),
        ("0.50", "0.03", "0.46", "0.52", "0.45"),
        ("0.46", "0.03", "0.43", "0.48", "0.41"),
        ("0.41", "0.03", "0.37", "0.48", "0.38"),
        ("0.66", "0.03", "0.62", "0.68", "0.63"),
        ("0.64", "0.03", "0.57", "0.68", "0.58"),
        ("0.41", "0.01", "0.40", "0.42", "0.39"),
        ("0.02", "0.03", "0.01", "0.03", ""),
    ],
)
def test_directional_price_and_its_second_try_in_zone_3(
    fair: str, min_edge: str, bid: str, ask: str, expected: str
) -> None:
    price = directional_price(D(fair), D(min_edge), D(bid), D(ask), CENT, IMPROVE)
    assert price == dec(expected)


def test_the_second_try_needs_no_bid() -> None:
    assert directional_price(D("0.41"), D("0.005"), None, D("0.45"), CENT, IMPROVE) == D("0.39")


def test_the_second_try_uses_the_markets_own_tick() -> None:
    tick = D("0.001")
    assert directional_price(D("0.44"), D("0.03"), D("0.405"), D("0.45"), tick, JOIN) == D("0.399")
