import pytest

from schemas.values import Action, Side
from streams.prints import KEPT, PrintMemory, to_yes_space
from tests.streams.paper_tape import START, micro, trade

BUY, SELL, YES, NO = Action.BUY, Action.SELL, Side.YES, Side.NO


@pytest.mark.parametrize(
    ("side", "action", "price", "hits_bids", "pips"),
    [
        (YES, BUY, "0.48", False, 4800),
        (YES, SELL, "0.48", True, 4800),
        (NO, BUY, "0.52", True, 4800),
        (NO, SELL, "0.52", False, 4800),
    ],
)
def test_prints_map_to_yes_space(
    side: Side, action: Action, price: str, hits_bids: bool, pips: int
) -> None:
    seen = to_yes_space(trade(0, action, price, 10, side))
    assert (seen.hits_bids, seen.pips, seen.size) == (hits_bids, pips, micro(10))


def test_a_mirror_with_the_same_transaction_is_no_news() -> None:
    memory = PrintMemory()
    assert memory.is_news(trade(0, BUY, "0.48", 10, YES, "0xa"), 50)
    assert not memory.is_news(trade(900, BUY, "0.52", 10, NO, "0xa"), 50)


def test_a_mirror_without_a_transaction_is_told_by_its_time() -> None:
    memory = PrintMemory()
    assert memory.is_news(trade(0, BUY, "0.48", 10, YES), 50)
    assert not memory.is_news(trade(50, BUY, "0.52", 10, NO), 50)
    assert memory.is_news(trade(60, BUY, "0.48", 10, YES), 50)
    assert memory.is_news(trade(111, BUY, "0.52", 10, NO), 50)


@pytest.mark.parametrize(
    ("price", "size", "side", "transaction"),
    [
        ("0.51", 10, NO, "0xa"),
        ("0.52", 11, NO, "0xa"),
        ("0.48", 10, YES, "0xa"),
        ("0.52", 10, NO, "0xb"),
    ],
)
def test_what_differs_is_news(price: str, size: float, side: Side, transaction: str) -> None:
    memory = PrintMemory()
    memory.is_news(trade(0, BUY, "0.48", 10, YES, "0xa"), 50)
    assert memory.is_news(trade(10, BUY, price, size, side, transaction), 50)


def test_two_equal_trades_with_their_mirrors_are_two() -> None:
    memory = PrintMemory()
    news = [
        memory.is_news(trade(0, BUY, price, 10, side, "0xa"), 50)
        for side, price in ((YES, "0.48"), (YES, "0.48"), (NO, "0.52"), (NO, "0.52"), (NO, "0.52"))
    ]
    assert news == [True, True, False, False, True]


def test_the_same_message_again_is_no_news() -> None:
    memory, it = PrintMemory(), trade(0, BUY, "0.48", 10, YES)
    assert memory.is_news(it, 50)
    assert not memory.is_news(it, 50)


def test_the_memory_is_bounded() -> None:
    memory = PrintMemory()
    for at in range(3 * KEPT):
        memory.is_news(trade(at, BUY, "0.48", 10, YES), 50)
        assert len(memory.seen) <= KEPT
    for at in range(60_000, 60_000 + KEPT):
        memory.is_news(trade(at, BUY, "0.48", 10, YES), 50)
    assert min(seen.venue_ms for seen in memory.seen) >= START + 60_000
