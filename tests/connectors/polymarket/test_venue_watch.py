"""What replies make of the venue's status."""

from decimal import Decimal

import pytest

from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.failures import classify
from connectors.polymarket.replies import Geoblock
from connectors.polymarket.venue_watch import POST_ONLY_MS, PROBE_MS, RESTART_MS, VenueWatch
from schemas.ids import AccountId
from schemas.venue_status import VenueMode, VenueStatus

NOW = 1_000_000


def watch() -> VenueWatch:
    return VenueWatch("execution", AccountId("main"), DriftSentinel())


def after(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[VenueWatch, VenueStatus]:
    """A watch that saw one refusal."""
    seen = watch()
    failure = classify(status, headers or {}, body, "/order", NOW / 1000)
    assert failure is not None
    seen.failed(failure, NOW)
    told = seen.news(NOW)
    assert told is not None
    return seen, told


@pytest.mark.parametrize(
    ("status", "body", "mode", "lasts"),
    [
        (425, b"", VenueMode.RESTARTING, RESTART_MS),
        (503, b'{"code":"post_only_mode"}', VenueMode.POST_ONLY, POST_ONLY_MS),
        (503, b'{"code":"post_only_mode","retry_after_seconds":7}', VenueMode.POST_ONLY, 7_000),
        (503, b'{"error":"the venue is in cancel-only mode"}', VenueMode.CANCEL_ONLY, PROBE_MS),
        (503, b'{"error":"Trading is currently disabled."}', VenueMode.DISABLED, PROBE_MS),
        (500, b"", VenueMode.OPEN, None),
    ],
)
def test_a_refusal_tells_the_mode(
    status: int, body: bytes, mode: VenueMode, lasts: int | None
) -> None:
    seen, told = after(status, body)
    assert (told.mode, told.until) == (mode, None if lasts is None else NOW + lasts)
    seen.answered(None, NOW + 1)
    news = seen.news(NOW + 1)
    still = VenueMode.POST_ONLY if mode is VenueMode.POST_ONLY else VenueMode.OPEN
    assert (told if news is None else news).mode is still
    seen.answered(None, NOW + POST_ONLY_MS)
    last = seen.news(NOW + POST_ONLY_MS)
    assert (told if last is None and news is None else last or news) is not None
    assert seen.news(NOW + POST_ONLY_MS) is None


def test_an_account_that_may_only_close_and_a_changed_form_are_told() -> None:
    _, closed = after(400, b'{"error":"address 0x1 in closed only mode"}')
    assert closed.closed_only
    _, changed = after(400, b'{"error":"order_version_mismatch"}')
    assert changed.doubts == ("the venue refuses our form of orders: order_version_mismatch",)


def test_the_signers_bucket_comes_from_the_headers() -> None:
    headers = {"poly-ratelimit-remaining": "3", "poly-ratelimit-tier": "gold"}
    _, told = after(429, b"", headers)
    assert (told.tier, told.orders_left, told.mode) == ("gold", Decimal("3.0"), VenueMode.OPEN)


def test_only_what_changed_is_told() -> None:
    seen = watch()
    first = seen.news(NOW)
    assert first is not None
    assert seen.news(NOW + 1) is None
    seen.geoblock(Geoblock(blocked=True, country="US"))
    blocked = seen.news(NOW + 2)
    assert blocked is not None
    assert blocked.geoblocked == "US"
    seen.geoblock(Geoblock(blocked=False, country="IE"))
    again = seen.news(NOW + 3)
    assert again is not None
    assert again.geoblocked == ""
