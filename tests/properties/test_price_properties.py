"""The post-only price never takes (G.3), stays on the grid (G.4) and is symmetric (G.7)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.values import Action, Zone
from streams.prices import (
    PriceMode,
    ceil_tick,
    directional_price,
    floor_tick,
    is_on_tick,
    post_only_price,
    tick_price,
)
from streams.zones import classify

TICKS = st.sampled_from([1, 10, 25, 50, 100])
MODES = st.sampled_from(PriceMode)
LIMITS = st.decimals("-0.2", "1.2", places=5)


@st.composite
def quoted(draw: st.DrawFn) -> tuple[Decimal | None, Decimal | None, Decimal]:
    """Bid below ask on a grid; either side may be missing."""
    tick = draw(TICKS)
    grid = 10_000 // tick
    bid, ask = sorted(draw(st.lists(st.integers(1, grid - 1), min_size=2, max_size=2, unique=True)))
    step = tick_price(tick)
    return (
        draw(st.sampled_from([bid * step, bid * step, None])),
        draw(st.sampled_from([ask * step, ask * step, None])),
        step,
    )


@given(quoted(), st.sampled_from(Action), LIMITS, MODES)
def test_it_never_takes_never_exceeds_the_limit_and_is_on_tick(
    quote: tuple[Decimal | None, Decimal | None, Decimal],
    action: Action,
    limit: Decimal,
    mode: PriceMode,
) -> None:
    bid, ask, tick = quote
    price = post_only_price(action, limit, bid, ask, tick, mode)
    if bid is None and ask is None:
        assert price is None
    if price is None:
        return
    assert is_on_tick(price, tick)
    assert Decimal("0.01") <= price <= Decimal("0.99")
    if action is Action.BUY:
        assert price <= limit
        assert ask is None or price < ask
    else:
        assert price >= limit
        assert bid is None or price > bid


@given(quoted(), LIMITS, MODES)
def test_a_sell_is_the_mirror_of_a_buy(
    quote: tuple[Decimal | None, Decimal | None, Decimal], limit: Decimal, mode: PriceMode
) -> None:
    bid, ask, tick = quote
    buy = post_only_price(Action.BUY, limit, bid, ask, tick, mode)
    sell = post_only_price(
        Action.SELL,
        1 - limit,
        None if ask is None else 1 - ask,
        None if bid is None else 1 - bid,
        tick,
        mode,
    )
    assert sell == (None if buy is None else 1 - buy)


@given(quoted(), st.decimals("0.02", "0.98", places=4), st.decimals("0", "0.05", places=3), MODES)
def test_a_directional_price_keeps_its_edge(
    quote: tuple[Decimal | None, Decimal | None, Decimal],
    fair: Decimal,
    min_edge: Decimal,
    mode: PriceMode,
) -> None:
    bid, ask, tick = quote
    price = directional_price(fair, min_edge, bid, ask, tick, mode)
    if price is None:
        return
    assert fair - price >= min_edge
    assert ask is None or price < ask
    assert classify(price) is not Zone.ZONE_3 or fair - price >= Decimal("0.05")


@given(st.decimals("-1", "2", places=6), TICKS)
def test_rounding_brackets_the_value(value: Decimal, pips: int) -> None:
    tick = tick_price(pips)
    low, high = floor_tick(value, tick), ceil_tick(value, tick)
    assert low <= value <= high
    assert high - low in (0, tick)
    assert low % tick == high % tick == 0


@given(st.integers(-100, 10_100), TICKS)
def test_a_float_on_the_grid_stays_there(count: int, pips: int) -> None:
    tick = tick_price(pips)
    noisy = float(tick) * count
    assert floor_tick(noisy, tick) == ceil_tick(noisy, tick) == tick * count
