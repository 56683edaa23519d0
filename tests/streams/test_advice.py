"""The consumer's rule of sizing advice (STRATEGIES.md D.9)."""

from decimal import Decimal

from streams.advice import HOUR_MS, Advised, advise, in_force

MOST = Decimal("0.5")
NOW = 1_767_225_600_000


def advised(known: Advised | None, wanted: str, at: int) -> Advised:
    return advise(known, Decimal(wanted), at + HOUR_MS, MOST, at)


def test_no_advice_or_an_old_one_means_half_of_the_most() -> None:
    assert in_force(None, MOST, NOW) == Decimal("0.25")
    known = advised(None, "0.1", NOW)
    assert in_force(known, MOST, NOW + HOUR_MS) == Decimal("0.1")
    assert in_force(known, MOST, NOW + HOUR_MS + 1) == Decimal("0.25")


def test_cuts_apply_at_once_and_advice_never_exceeds_the_most() -> None:
    assert advised(None, "0", NOW).multiplier == 0
    assert advised(None, "-0.1", NOW).multiplier == 0
    assert advised(None, "0.9", NOW).multiplier == MOST


def test_rises_are_limited_to_a_factor_two_an_hour() -> None:
    low = advised(None, "0.05", NOW)
    once = advised(low, "0.4", NOW + 1)
    assert once.multiplier == Decimal("0.10")
    assert advised(once, "0.4", NOW + 2).multiplier == Decimal("0.10")
    next_hour = advised(once, "0.4", NOW + HOUR_MS)
    assert next_hour.multiplier == Decimal("0.20")


def test_from_zero_it_rises_from_a_quarter_of_the_most() -> None:
    none = advised(None, "0", NOW)
    assert advised(none, "0.5", NOW + 1).multiplier == Decimal("0.25")
    assert advised(none, "0.2", NOW + 1).multiplier == Decimal("0.2")
