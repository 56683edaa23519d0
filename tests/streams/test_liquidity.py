from decimal import Decimal

from schemas.values import Action, Side
from streams.liquidity import Samples, hourly_median, is_due, resting_dollars, sample
from streams.prices import to_micro
from streams.top import own_sizes
from tests.agents.bots.views import view

MINUTE = 60_000


def test_one_view_of_the_book_is_counted_and_not_both() -> None:
    book = view({"0.10": 200, "0.09": 100}, {"0.18": 100}).book
    assert resting_dollars(book, {}) == Decimal("20") + Decimal("9") + Decimal("18")


def test_five_levels_count_and_our_own_orders_do_not() -> None:
    bids = {f"0.{cents:02d}": 10.0 for cents in range(20, 26)}
    book = view(bids, {"0.30": 100}).book
    five = sum((Decimal(cents) / 10 for cents in range(21, 26)), Decimal(0))
    assert resting_dollars(book, {}) == five + 30
    ours = own_sizes([(Side.YES, Action.BUY, Decimal("0.25"), Decimal(10))], book.tick)
    assert resting_dollars(book, ours) == five + 30 - Decimal("2.5") + 2
    assert to_micro(Decimal(10)) in ours.values()


def test_the_median_is_known_after_an_hour() -> None:
    samples = Samples()
    for minute in range(60):
        assert is_due(samples, minute * MINUTE)
        sample(samples, Decimal(minute), minute * MINUTE)
        assert not is_due(samples, minute * MINUTE + 59_999)
        if minute < 57:
            assert hourly_median(samples, minute * MINUTE) is None
    assert hourly_median(samples, 59 * MINUTE) == Decimal("29.5")


def test_old_samples_are_forgotten() -> None:
    samples = Samples()
    for minute in range(120):
        sample(samples, Decimal(minute), minute * MINUTE)
    assert len(samples.kept) == 61
    assert hourly_median(samples, 119 * MINUTE) == Decimal(89)
    assert hourly_median(samples, 300 * MINUTE) is None
