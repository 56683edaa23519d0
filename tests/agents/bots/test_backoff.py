from agents.bots.backoff import Backoff
from configs.rules import load_rules
from schemas.reasons import DenialCode

RULES = load_rules()
NOW = 1_000_000


def test_would_cross_is_tried_again_at_once_then_dropped() -> None:
    backoff = Backoff()
    for attempt in range(3):
        backoff.refuse(DenialCode.WOULD_CROSS, NOW + attempt, RULES, 5_000)
        assert not backoff.is_waiting(NOW + attempt)
    backoff.refuse(DenialCode.WOULD_CROSS, NOW + 3, RULES, 5_000)
    assert backoff.is_waiting(NOW + 5_002)
    assert not backoff.is_waiting(NOW + 5_003)


def test_crossings_long_ago_do_not_count() -> None:
    backoff = Backoff()
    for attempt in range(10):
        backoff.refuse(DenialCode.WOULD_CROSS, NOW + attempt * 2_000, RULES, 5_000)
    assert not backoff.is_waiting(NOW + 18_000)


def test_a_limit_is_asked_ever_more_rarely_until_something_passes() -> None:
    backoff, now, waits = Backoff(), NOW, []
    for _ in range(6):
        backoff.refuse(DenialCode.EXPOSURE_MARKET, now, RULES, 5_000)
        waits.append(backoff.until - now)
        now = backoff.until
    assert waits == [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]
    backoff.accept()
    backoff.refuse(DenialCode.EXPOSURE_MARKET, now, RULES, 5_000)
    assert backoff.until - now == 5_000


def test_a_self_cross_waits_for_the_blockers_cancel() -> None:
    backoff = Backoff()
    backoff.refuse(DenialCode.SELF_CROSS, NOW, RULES, 5_000)
    assert backoff.is_waiting(NOW + 999)
    assert not backoff.is_waiting(NOW + 1_000)
