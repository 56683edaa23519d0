"""The rate limiter: G.24 of STRATEGIES.md over generated requests."""

from hypothesis import given
from hypothesis import strategies as st

from streams.rate_limit import RateLimits, Rates, take

REQUESTS = st.lists(
    st.tuples(st.integers(-50, 3000), st.integers(1, 15), st.booleans(), st.booleans()),
    max_size=80,
)
LIMITS = st.builds(
    RateLimits,
    per_s=st.integers(1, 60),
    burst=st.integers(15, 100),
    reserve=st.integers(0, 14),
    maker_per_s=st.integers(1, 30),
    maker_burst=st.integers(1, 50),
)


@given(LIMITS, REQUESTS)
def test_no_window_holds_more_than_burst_and_refill(
    limits: RateLimits, requests: list[tuple[int, int, bool, bool]]
) -> None:
    rates, now, taken = Rates(), 0, list[tuple[int, int]]()
    for wait, orders, reduces, maker in requests:
        now = max(now, now + wait)
        rates, passed = take(
            rates, limits, now + min(wait, 0), orders, reduces=reduces, maker=maker
        )
        if passed:
            taken.append((now, orders))
    for first, (since, _) in enumerate(taken):
        total = 0
        for until, orders in taken[first:]:
            total += orders
            assert total * 1000 <= limits.burst * 1000 + limits.per_s * (until - since)


@given(LIMITS, REQUESTS)
def test_opening_orders_never_starve_a_reduce(
    limits: RateLimits, requests: list[tuple[int, int, bool, bool]]
) -> None:
    rates, now = Rates(), 0
    for wait, orders, _, maker in requests:
        now += max(wait, 0)
        rates, _ = take(rates, limits, now, orders, reduces=False, maker=maker)
        if limits.reserve:
            _, passed = take(rates, limits, now, limits.reserve, reduces=True, maker=maker)
            assert passed
