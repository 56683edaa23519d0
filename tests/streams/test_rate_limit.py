"""Token buckets over event time (D-21)."""

import pytest

from streams.rate_limit import RateLimits, Rates, take, told, used_share

LIMITS = RateLimits(per_s=40, burst=60, reserve=12, maker_per_s=20, maker_burst=30)


def drain(
    rates: Rates, now: int, *, reduces: bool = False, maker: bool = False
) -> tuple[Rates, int]:
    taken = 0
    while True:
        rates, passed = take(rates, LIMITS, now, 1, reduces=reduces, maker=maker)
        if not passed:
            return rates, taken
        taken += 1


def test_opening_orders_leave_a_fifth_for_reduce() -> None:
    rates, taken = drain(Rates(), 0)
    assert taken == 48
    _, taken = drain(rates, 0, reduces=True)
    assert taken == 12


def test_tokens_come_back_forty_a_second() -> None:
    rates, _ = drain(Rates(), 1000)
    rates, taken = drain(rates, 1000 + 24)
    assert taken == 0
    rates, taken = drain(rates, 1000 + 25)
    assert taken == 1
    _, taken = drain(rates, 60_000)
    assert taken == 48


def test_a_batch_takes_all_its_tokens_or_none() -> None:
    rates, passed = take(Rates(), LIMITS, 0, 48, reduces=False, maker=False)
    assert passed
    after, passed = take(rates, LIMITS, 0, 2, reduces=False, maker=False)
    assert not passed
    assert after == rates


def test_market_makers_share_half_the_bucket() -> None:
    rates, taken = drain(Rates(), 0, maker=True)
    assert taken == 30
    rates, taken = drain(rates, 0, maker=False)
    assert taken == 18
    _, taken = drain(rates, 0, reduces=True, maker=True)
    assert taken == 12


def test_time_that_runs_back_brings_no_tokens() -> None:
    rates, _ = drain(Rates(), 10_000)
    rates, taken = drain(rates, 5_000)
    assert taken == 0
    _, taken = drain(rates, 10_000)
    assert taken == 0


def ask(rates: Rates, now: int, bot: str, orders: int = 1) -> tuple[Rates, bool]:
    return take(rates, LIMITS, now, orders, reduces=False, maker=False, bot=bot)


def test_no_bot_starves_another() -> None:
    """A hog asks for everything all the time; a quiet bot gets its equal part of what comes in."""
    rates, got = Rates(), {"hog": 0, "quiet": 0}
    for now in range(0, 10_000, 10):
        for bot in ("hog", "hog", "hog", "quiet"):
            rates, passed = ask(rates, now, bot)
            got[bot] += passed
    assert sum(got.values()) == pytest.approx(48 + 40 * 10, abs=2)
    assert got["quiet"] >= 0.4 * sum(got.values())


def test_a_bot_alone_has_the_whole_bucket() -> None:
    rates, passed = ask(Rates(), 0, "one", 48)
    assert passed
    assert not ask(rates, 0, "one")[1]


def test_what_the_venue_says_counts_only_where_it_is_less() -> None:
    full = Rates()
    assert told(full, LIMITS, 0, 70_000) == full
    less = told(full, LIMITS, 0, 13_000)
    assert used_share(less, LIMITS, 0) == pytest.approx(1 - 13 / 60)
    assert ask(less, 0, "one")[1]
    assert not ask(less, 0, "one", 2)[1]
