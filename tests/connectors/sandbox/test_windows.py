"""The coin and the windows on it: prices that are fair, settled on the mean of a minute."""

import math
import statistics
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.polymarket.metadata import parse_market
from connectors.sandbox.coin import DEVIATION, STRETCH_S, Coin
from connectors.sandbox.gamma import gamma_market
from connectors.sandbox.windows import WINDOW_MS, Digital, WindowSeat
from connectors.sandbox.world import World
from schemas.values import PIPS
from tests.connectors.sandbox.builders import NOW_MS

COIN = Coin(7)
FIRST = NOW_MS // WINDOW_MS * WINDOW_MS


@given(st.integers(0, 2 * 10**12), st.integers(0, 999))
def test_the_price_is_a_function_of_the_second_alone(second_ms: int, rest: int) -> None:
    second_ms -= second_ms % 1000
    assert Coin(7).price(second_ms + rest) == COIN.price(second_ms) > 0


def test_the_price_moves_as_it_says_and_does_not_jump_between_stretches() -> None:
    seam = NOW_MS // 1000 // STRETCH_S * STRETCH_S
    logs = [math.log(COIN.price(1000 * (seam - 900 + second))) for second in range(1_800)]
    steps = [after - before for before, after in pairwise(logs)]
    assert statistics.stdev(steps) == pytest.approx(DEVIATION, rel=0.1)
    assert max(map(abs, steps)) < 6 * DEVIATION


def test_the_stream_is_silent_for_some_seconds_in_every_half_hour() -> None:
    seconds = range(NOW_MS // 1_800_000 * 1_800, NOW_MS // 1_800_000 * 1_800 + 3_600)
    silent = [second for second in seconds if not COIN.is_told(1000 * second)]
    assert 10 <= len(silent) <= 30
    assert max(silent) - min(silent) > 15


def test_the_settlement_price_is_the_mean_of_the_last_sixty_seconds() -> None:
    end = FIRST + WINDOW_MS
    prices = [COIN.price(end - 1000 * back) for back in range(60)]
    assert COIN.twap(end) == sum(prices) / 60
    window = Digital(COIN, FIRST, end)
    assert window.payout == PIPS * (COIN.twap(end) >= COIN.twap(FIRST))
    assert (window.price(end) > 0.99) is (window.payout == PIPS)


def test_fair_values_come_true_as_often_as_they_say() -> None:
    seen: dict[int, list[bool]] = defaultdict(list)
    for number in range(300):
        start = FIRST + number * WINDOW_MS
        window = Digital(COIN, start, start + WINDOW_MS)
        for into_s in (60, 300, 600):
            price = window.price(start + 1000 * into_s)
            seen[int(price * 4)].append(window.payout == PIPS)
    for quarter, won in seen.items():
        error = 4 * math.sqrt(0.25 / len(won))
        assert abs(statistics.mean(won) - (quarter + 0.5) / 4) < 0.125 + error, quarter


def test_the_world_always_has_one_open_window_that_bots_take_for_one() -> None:
    world = World(7, NOW_MS)
    world.advance(NOW_MS + 2 * WINDOW_MS)
    (window,) = [each for each in world.listings()[:-1] if each.spec.window_start_ms]
    assert window.state.is_open
    assert WindowSeat().tenancy(7, NOW_MS + 2 * WINDOW_MS).start_ms == window.spec.listed_ms
    market = parse_market(gamma_market(window, NOW_MS))
    assert market.auto_resolved
    assert (market.reference, market.series) == ("simusd", "sim-up-or-down-15m")
    assert market.resolves_at == (market.window_start_at or 0) + WINDOW_MS
