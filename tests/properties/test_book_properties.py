"""The book equals a dictionary per side, whatever comes in, and survives its checkpoint."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import MarketId
from schemas.market import BookDelta, BookSnapshot
from schemas.values import Trust
from streams.book import ASK, BID, NO, YES, Book, BookState
from streams.integrity import check

MARKET = MarketId("0x" + "b" * 64)
TICKS = st.sampled_from([10, 25, 50, 100])


def level(grid: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(-1, grid + 1), st.integers(-1, 5) | st.integers(0, 10**12))


@st.composite
def events(draw: st.DrawFn) -> list[BookSnapshot | BookDelta]:
    found: list[BookSnapshot | BookDelta] = []
    for number in range(draw(st.integers(1, 25))):
        tick = draw(st.just(100) | TICKS)
        grid = 10_000 // tick
        head = {
            "event_id": str(number),
            "event_time": number,
            "ingest_time": number,
            "source": "test",
            "market_id": MARKET,
            "tick": tick,
            "feed": "f",
            "trust": Trust.CONSISTENT,
        }
        levels = st.lists(level(grid), max_size=6, unique_by=lambda pair: pair[0]).map(tuple)
        if draw(st.booleans()):
            body = {"leg": draw(st.integers(0, 1)), "bids": draw(levels), "asks": draw(levels)}
            found.append(msgspec.convert(head | body, BookSnapshot))
        else:
            change = st.tuples(st.integers(0, 1), st.integers(0, 1), level(grid)).map(
                lambda parts: (parts[0], parts[1], *parts[2])
            )
            changes = draw(st.lists(change, max_size=6).map(tuple))
            found.append(msgspec.convert(head | {"changes": changes}, BookDelta))
    return found


def fold(book: Book, event: BookSnapshot | BookDelta) -> None:
    if isinstance(event, BookSnapshot):
        book.apply_snapshot(event)
    else:
        book.apply_delta(event)


class ModelBook:
    """The plainest thing that does the same."""

    def __init__(self) -> None:
        self.tick = 0
        self.legs: dict[int, dict[int, dict[int, int]]] = {}

    def fold(self, event: BookSnapshot | BookDelta) -> None:
        if event.tick != self.tick:
            self.tick, self.legs = event.tick, {}
        if isinstance(event, BookSnapshot):
            self.legs[event.leg] = {BID: {}, ASK: {}}
            for side, levels in ((BID, event.bids), (ASK, event.asks)):
                for ticks, size in levels:
                    self.put(event.leg, side, ticks, size)
        else:
            for leg, side, ticks, size in event.changes:
                if leg in self.legs:
                    self.put(leg, side, ticks, size)

    def put(self, leg: int, side: int, ticks: int, size: int) -> None:
        if not 1 <= ticks <= 10_000 // self.tick - 1 or size < 0:
            return
        if size:
            self.legs[leg][side][ticks] = size
        else:
            self.legs[leg][side].pop(ticks, None)

    def side(self, leg: int, side: int) -> dict[int, int]:
        return self.legs.get(leg, {}).get(side, {})


@given(events())
def test_it_equals_dictionaries_after_every_event(stream: list[BookSnapshot | BookDelta]) -> None:
    book, model = Book(), ModelBook()
    for event in stream:
        fold(book, event)
        model.fold(event)
        assert book.is_ready == (len(model.legs) == 2)
        sound = book.is_mirrored() and book.rejected == [0, 0]
        assert (check(book) is None) == (sound or not book.is_ready)
        for leg in (YES, NO):
            bids, asks = model.side(leg, BID), model.side(leg, ASK)
            assert book.best_bid(leg) == max(bids, default=None)
            assert book.best_ask(leg) == min(asks, default=None)
            assert list(book.walk(leg, BID)) == sorted(bids.items(), reverse=True)
            assert list(book.walk(leg, ASK)) == sorted(asks.items())


@given(events(), events())
def test_a_restart_from_the_checkpoint_changes_nothing(
    before: list[BookSnapshot | BookDelta], after: list[BookSnapshot | BookDelta]
) -> None:
    book = Book()
    for event in before:
        fold(book, event)
    state = book.state()
    written = msgspec.json.decode(msgspec.json.encode(state), type=BookState)
    assert written == state
    restarted = Book.from_state(written)
    assert restarted.state() == state
    for event in after:
        fold(book, event)
        fold(restarted, event)
        assert restarted.state() == book.state()
        assert restarted.is_ready == book.is_ready
        assert [restarted.best_bid(leg) for leg in (YES, NO)] == [
            book.best_bid(leg) for leg in (YES, NO)
        ]


@given(events())
def test_a_snapshot_of_the_book_equals_the_deltas_that_made_it(
    stream: list[BookSnapshot | BookDelta],
) -> None:
    book = Book()
    for event in stream:
        fold(book, event)
    fresh = Book()
    for leg in (YES, NO):
        fresh.apply_snapshot(
            BookSnapshot(
                event_id="s",
                event_time=0,
                ingest_time=0,
                source="test",
                market_id=MARKET,
                leg=leg,
                tick=book.tick,
                bids=tuple(book.walk(leg, BID)),
                asks=tuple(book.walk(leg, ASK)),
                feed="f",
                trust=Trust.CONSISTENT,
            )
        )
    assert fresh.state().sides == book.state().sides
