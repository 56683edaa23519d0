"""Token buckets over event time (D-21)."""

from streams.rate_limit import RateLimits, Rates, take

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
