"""What a venue may send, folded: nothing raises, nothing wrong is believed, all of it heals."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.polymarket.book_feed import Publication
from connectors.polymarket.wire import BookWire
from schemas.envelope import Message
from schemas.market import BookDelta, BookSnapshot, BookTrustChanged, MarketTrade
from schemas.ops import DeadLetter
from schemas.values import Trust
from streams.book import BID, Book
from tests.connectors.polymarket.test_book_feed import MARKET, NO, YES, book, changes, ready
from topics.codec import encode
from topics.dead_letters import PAYLOAD_LIMIT, WHOLE_RECORD

MEGABYTE = 1024 * 1024
GOOD = changes((YES, "BUY", "0.47", "5"), (NO, "SELL", "0.53", "5"))


def letters(out: Sequence[Publication]) -> list[DeadLetter]:
    return [item.message for item in out if isinstance(item.message, DeadLetter)]


def grades(out: Sequence[Publication]) -> list[Trust]:
    graded = (BookSnapshot, BookDelta, BookTrustChanged)
    return [item.message.trust for item in out if isinstance(item.message, graded)]


@pytest.mark.parametrize(
    "frame",
    [GOOD[:-9], GOOD[:20], f"[{GOOD},", "no json at all", b"\x00\xff\xfe", "[" * 20_000, ""],
    ids=["cut at the end", "cut early", "cut list", "text", "binary", "deep", "empty"],
)
def test_a_frame_that_cannot_be_read_is_kept_and_every_book_is_read_anew(
    frame: str | bytes,
) -> None:
    feed = ready()
    out = feed.on_frame(frame, 30)
    assert [letter.index for letter in letters(out)] == [WHOLE_RECORD]
    assert grades(out) == [Trust.SUSPECT]
    assert feed.refetch == {MARKET.market_id}
    assert grades(feed.on_frame(GOOD, 31)) == [Trust.SUSPECT]
    assert grades(feed.on_books([asked(token, 3) for token in (YES, NO)], 32))[-1].may_open


def test_an_unknown_event_type_is_kept_and_doubts_nothing() -> None:
    feed = ready()
    out = feed.on_frame('{"event_type":"of_tomorrow","market":"0xaa"}', 30)
    assert [letter.index for letter in letters(out)] == [0]
    assert not grades(out)
    assert not feed.refetch


def test_a_bad_number_doubts_the_book_that_it_was_for() -> None:
    feed = ready()
    bad = changes((YES, "BUY", "0.47", "many"))
    out = feed.on_frame(f"[{bad},{GOOD}]", 30)
    assert [letter.index for letter in letters(out)] == [0]
    assert grades(out) == [Trust.SUSPECT, Trust.SUSPECT]
    assert feed.refetch == {MARKET.market_id}


def test_ten_megabytes_are_one_letter_with_the_beginning_of_them() -> None:
    feed = ready()
    huge = '{"event_type":"of_tomorrow","filling":"' + "x" * (10 * MEGABYTE) + '"}'
    [letter] = letters(feed.on_frame(huge, 30))
    assert f"cut to {PAYLOAD_LIMIT} of {len(huge)} bytes" in letter.error
    assert len(encode(letter)) < 2 * PAYLOAD_LIMIT


def test_a_trade_that_comes_twice_counts_once() -> None:
    feed = ready()
    trade = {
        "event_type": "last_trade_price",
        "market": MARKET.market_id,
        "asset_id": YES,
        "price": "0.52",
        "size": "25",
        "side": "BUY",
        "timestamp": "1795383383200",
        "transaction_hash": "0xee",
    }
    told: list[Message] = []
    for _ in range(3):
        told += [item.message for item in feed.on_frame(json.dumps(trade), 30)]
    assert [type(message) for message in told] == [MarketTrade, MarketTrade]


def test_a_garbled_time_of_the_future_heals_with_the_next_book() -> None:
    feed = ready()
    feed.on_frame(changes((YES, "BUY", "0.47", "5"), (NO, "SELL", "0.53", "5"), time=9), 30)
    assert grades(feed.on_frame(GOOD, 31)) == [Trust.SUSPECT]
    assert grades(feed.on_books([asked(token, 3) for token in (YES, NO)], 32))[-1].may_open
    later = changes((YES, "BUY", "0.46", "5"), (NO, "SELL", "0.54", "5"), time=4)
    assert grades(feed.on_frame(later, 33)) == [Trust.CONSISTENT]


def asked(token: str, time: int) -> tuple[BookWire, bytes]:
    text = book(token, "0.48", "0.52", time=time)
    return msgspec.json.decode(text, type=BookWire), text.encode()


garbled = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=80),
    st.sampled_from([GOOD, book(YES, "0.4", "0.6")]),
    st.integers(0, len(GOOD)).map(lambda cut: GOOD[:cut]),
    st.tuples(st.integers(0, len(GOOD) - 1), st.characters()).map(
        lambda at: GOOD[: at[0]] + at[1] + GOOD[at[0] + 1 :]
    ),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["event_type", "market", "asset_id", "timestamp", "bids", "price"]),
            inner,
            max_size=4,
        ),
    ).map(json.dumps),
)


@given(st.lists(garbled, max_size=5))
def test_nothing_that_a_venue_sends_ends_the_connector(frames: list[str | bytes]) -> None:
    feed = ready()
    for frame in frames:
        for item in feed.on_frame(frame, 30):
            assert type(item.message) in item.topic.messages
        feed.on_batch_end(40)


class Event(NamedTuple):
    """A change of one YES bid and of the NO ask that mirrors it."""

    time: int
    cents: int
    size: int

    def text(self) -> str:
        price, mirror = f"0.{self.cents}", f"0.{100 - self.cents}"
        size = str(self.size)
        return changes((YES, "BUY", price, size), (NO, "SELL", mirror, size), time=self.time)


class Venue:
    """The true book, and a reader that believes what the feed publishes."""

    def __init__(self) -> None:
        self.truth: dict[int, int] = {48: 10}
        self.time = 1
        self.feed = ready()
        self.read = Book()
        self.trust = Trust.STALE
        self.follow(self.feed.on_books(self.books(), 10))

    def books(self) -> Iterator[tuple[BookWire, bytes]]:
        for token in (YES, NO):
            document = json.loads(book(token, "0.48", "0.52", time=self.time))
            levels = [(cents, size) for cents, size in sorted(self.truth.items()) if size]
            bids = [{"price": f"0.{cents}", "size": str(size)} for cents, size in levels]
            asks = [{"price": f"0.{100 - c}", "size": str(size)} for c, size in levels]
            side, own = ("bids", bids) if token == YES else ("asks", asks)
            text = json.dumps({**document, side: own})
            yield msgspec.json.decode(text, type=BookWire), text.encode()

    def happen(self, event: Event) -> str:
        self.truth[event.cents] = event.size
        self.time = event.time
        return event.text()

    def send(self, text: str) -> None:
        self.follow(self.feed.on_frame(text, 20 + self.time))
        self.follow(self.feed.on_batch_end(20 + self.time))

    def follow(self, out: Sequence[Publication]) -> None:
        for item in out:
            match item.message:
                case BookSnapshot():
                    self.read.apply_snapshot(item.message)
                case BookDelta():
                    self.read.apply_delta(item.message)
            if isinstance(item.message, BookSnapshot | BookDelta | BookTrustChanged):
                self.trust = item.message.trust

    def heal(self) -> None:
        if self.feed.refetch:
            self.feed.refetch.clear()
            self.follow(self.feed.on_books(self.books(), 20 + self.time))

    def is_right(self) -> bool:
        return all(
            self.read.size_at(0, BID, cents) == size * 1_000_000
            for cents, size in self.truth.items()
        )


events = st.lists(st.tuples(st.integers(40, 47), st.integers(0, 3)), min_size=1, max_size=8).map(
    lambda found: [Event(time + 2, *rest) for time, rest in enumerate(found)]
)
how = st.sampled_from(["well", "twice", "cut", "late", "replayed", "noise"])


@given(events, st.lists(how, min_size=8, max_size=8), st.booleans())
def test_a_believed_book_is_the_venues_whatever_came_twice_late_or_in_pieces(
    happened: list[Event], ways: list[str], healing: bool
) -> None:
    venue = Venue()
    late: list[str] = []
    for number, (event, way) in enumerate(zip(happened, ways, strict=False)):
        text = venue.happen(event)
        match way:
            case "twice":
                venue.send(text)
                venue.send(text)
            case "cut":
                venue.send(text[: len(text) // 2])
            case "late" if number + 1 < len(happened):
                late.append(text)
                continue
            case "replayed":
                venue.send(text)
                venue.send(happened[number // 2].text())
            case "noise":
                venue.send("%" + text)
            case _:
                venue.send(text)
        for delayed in late:
            venue.send(delayed)
        late.clear()
        assert not venue.trust.may_open or venue.is_right()
        if healing:
            venue.heal()
            assert venue.trust.may_open
            assert venue.is_right()
    for delayed in late:
        venue.send(delayed)
    venue.heal()
    assert venue.trust.may_open
    assert venue.is_right()
