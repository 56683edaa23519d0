"""A view is fresh by trust, by what was heard, by lag and by age (D-24)."""

from decimal import Decimal

import pytest

from schemas.trading import Stamp
from schemas.values import MarketStatus, Trust
from streams.freshness import FreshnessLimits, staleness

LIMITS = FreshnessLimits(max_age=5000, silence=12_000)
NOW = 1_000_000


def stamp(*, trust: Trust = Trust.VERIFIED, heard: int = 0, lag: int = 0, age: int = 0) -> Stamp:
    return Stamp(
        book_event_id="b",
        bid=None,
        bid_size=Decimal(0),
        ask=None,
        ask_size=Decimal(0),
        tick=Decimal("0.01"),
        min_size=Decimal(5),
        status=MarketStatus.ACTIVE,
        trust=trust,
        heard_at=NOW - age - heard,
        lag_ms=lag,
        decided_at=NOW - age,
        equity=Decimal(1),
        sizing_lambda=Decimal(1),
    )


def test_a_quiet_book_that_is_heard_is_fresh_at_every_limit() -> None:
    quiet = stamp(trust=Trust.CONSISTENT, heard=12_000, lag=5000, age=5000)
    assert staleness(quiet, NOW, LIMITS) is None


@pytest.mark.parametrize(
    ("view", "value"),
    [
        (stamp(trust=Trust.SUSPECT), "SUSPECT"),
        (stamp(trust=Trust.STALE), "STALE"),
        (stamp(heard=12_001), "12001 ms"),
        (stamp(lag=5001), "5001 ms"),
        (stamp(age=5001), "5001 ms"),
    ],
)
def test_the_first_reason_is_named_with_its_value(view: Stamp, value: str) -> None:
    found = staleness(view, NOW, LIMITS)
    assert found is not None
    assert found.value == value


def test_silence_is_measured_when_the_bot_decided() -> None:
    assert staleness(stamp(heard=10_000, age=4000), NOW, LIMITS) is None
