"""Random tapes for the paper exchange: books, prints, orders, cancels, gaps, two markets.

Hypothesis draws plain steps; the messages are made from them afterwards, so that drawing is quick
and a failing tape shrinks well.
"""

from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.values import Action, DataLabel, Side, Trust
from tests.streams.paper_tape import (
    MARKET,
    OTHER,
    approve,
    cancel,
    delta,
    feed_status,
    listed,
    market,
    merge,
    order,
    snapshot,
    tick,
    trade,
    trust,
)

CENTS = range(44, 57)

gaps = st.sampled_from([0, 1, 40, 100, 250, 700, 2500])
lateness = st.sampled_from([0, 0, 30, 400])
markets = st.sampled_from([MARKET, MARKET, MARKET, OTHER])
cents = st.sampled_from(CENTS)
shares = st.sampled_from([5.0, 12.0, 30.005, 80.0])
levels = st.dictionaries(st.integers(0, 4), shares, max_size=4)
depths = st.integers(0, 4)
older = st.integers(0, 20)


class Book(NamedTuple):
    """A snapshot with bids below and asks above a price."""

    middle: int
    bids: dict[int, float]
    asks: dict[int, float]

    def messages(self, at: int, market_id: MarketId) -> list[Message]:
        bids = [(f"0.{self.middle - 1 - n}", size) for n, size in self.bids.items()]
        asks = [(f"0.{self.middle + 1 + n}", size) for n, size in self.asks.items()]
        return snapshot(at, bids, asks, market_id)


class Changes(NamedTuple):
    """A few level changes; a book may cross."""

    rows: list[tuple[str, int, float]]

    def messages(self, at: int, market_id: MarketId) -> list[Message]:
        rows = [(side, f"0.{cent}", size) for side, cent, size in self.rows]
        return [delta(at, *rows, market_id=market_id)]


def token_cent(side: Side, action: Action, depth: int) -> int:
    """A price that lies `depth` cents on the passive side of 0.50 in YES space."""
    below = (side is Side.YES) is (action is Action.BUY)
    yes = 50 - depth if below else 50 + depth
    return yes if side is Side.YES else 100 - yes


class Print(NamedTuple):
    """A trade, sometimes late, sometimes with its mirror on the other token."""

    size: float
    action: Action
    side: Side
    depth: int
    transaction: str
    late: int
    is_mirrored: bool

    def messages(self, at: int, market_id: MarketId) -> list[Message]:
        cent = token_cent(self.side, self.action, -self.depth)
        views = [(self.side, cent), (self.side.complement, 100 - cent)]
        return [
            trade(
                at,
                self.action,
                f"0.{cent}",
                self.size,
                side,
                self.transaction,
                market_id,
                at - self.late,
            )
            for side, cent in views[: 1 + self.is_mirrored]
        ]


class Health(NamedTuple):
    """A grade, a connection's state, or a tick of the clock."""

    grade: Trust | None
    connected: bool | None

    def messages(self, at: int, market_id: MarketId) -> list[Message]:
        if self.grade is not None:
            return [trust(at, self.grade)]
        return [tick(at) if self.connected is None else feed_status(at, self.connected)]


class Place(NamedTuple):
    """One or two orders, sometimes instead of an older one."""

    orders: list[tuple[Side, Action, int, int, bool]]
    replaced: int | None

    def messages(self, at: int, market_id: MarketId, number: int) -> list[Message]:
        orders = [
            order(
                f"o{number}" if n == 0 else f"o{number}-{n}",
                side,
                action,
                f"0.{token_cent(side, action, depth)}",
                size,
                market_id,
                at + 185_000 if is_gtd else None,
            )
            for n, (side, action, depth, size, is_gtd) in enumerate(self.orders)
        ]
        replaced = None if self.replaced is None else f"o{self.replaced}"
        return [approve(at, *orders, cancel_first=replaced)]


class Cancel(NamedTuple):
    """A cancel of some order, or of none."""

    number: int

    def messages(self, at: int, market_id: MarketId) -> list[Message]:
        return [cancel(at, f"o{self.number}")]


class Merge(NamedTuple):
    """A merge; the same intent may come again."""

    number: int

    def messages(self, at: int, market_id: MarketId) -> list[Message]:
        return [merge(at, "5", f"merge-{self.number}")]


orders = st.tuples(
    st.sampled_from(Side),
    st.sampled_from(Action),
    depths,
    st.integers(5, 60),
    st.sampled_from([False, False, True]),
)
book = st.builds(Book, st.integers(49, 51), levels, levels)
changes = st.builds(
    Changes,
    st.lists(
        st.tuples(st.sampled_from(["bid", "ask"]), cents, shares | st.just(0.0)),
        min_size=1,
        max_size=3,
    ),
)
prints = st.builds(
    Print,
    shares,
    st.sampled_from(Action),
    st.sampled_from(Side),
    depths,
    st.sampled_from(["", "0xa", "0xb"]),
    lateness,
    st.booleans(),
)
health = st.one_of(
    st.builds(Health, st.sampled_from(Trust), st.none()),
    st.builds(Health, st.none(), st.sampled_from([None, None, True, False])),
)
place = st.builds(Place, st.lists(orders, min_size=1, max_size=2), st.none() | older)
steps = st.one_of(
    book, changes, changes, prints, prints, prints, health, place, place, st.builds(Cancel, older),
    st.builds(Merge, older),
)  # fmt: skip
timed = st.lists(st.tuples(gaps, markets, steps, st.integers(0, 15)), min_size=8, max_size=40)
labels = st.sampled_from([DataLabel.LIVE, DataLabel.LIVE, DataLabel.RECORDED])
volumes = st.sampled_from([Decimal(0), Decimal(500)])


@st.composite
def tapes(draw: st.DrawFn) -> list[Message]:
    """A whole tape; times rise, and a message may come twice."""
    label = draw(labels)
    tape: list[Message] = [
        listed(0, market(MARKET, label=label, volume_24h=draw(volumes))),
        listed(0, market(OTHER, label=label)),
        *draw(book).messages(0, MARKET),
        *draw(book).messages(0, OTHER),
        *draw(place).messages(0, MARKET, 20),
    ]
    at = 400
    for number, (gap, market_id, step, again) in enumerate(draw(timed)):
        at += gap
        if isinstance(step, Place):
            tape += step.messages(at, market_id, number)
        else:
            tape += step.messages(at, market_id)
        if again == 1:
            tape.append(tape[(number * 7) % len(tape)])
    return tape


kinds = st.sampled_from(["level"] * 8 + ["print"] * 8 + ["through", "cross", "gap"])
queue_steps = st.lists(
    st.tuples(
        st.sampled_from([0, 20, 60, 100, 250, 700]),
        st.integers(0, 200),
        st.sampled_from([0, 0, 20, 60, 300]),
        kinds,
    ),
    min_size=5,
    max_size=40,
)


@st.composite
def queue_tapes(draw: st.DrawFn) -> list[Message]:
    """One level at 0.48 that grows, shrinks and is traded, seen in and out of order, with gaps."""
    asks = [("0.50", 80.0)]
    tape: list[Message] = [
        listed(0, market(MARKET)),
        *snapshot(0, [("0.48", draw(st.integers(1, 200))), ("0.47", 300)], asks),
    ]
    at = 0
    for gap, size, late, kind in draw(queue_steps):
        at += gap
        if kind == "level":
            tape.append(delta(at, ("bid", "0.48", size)))
        elif kind == "print":
            tape.append(trade(at, Action.SELL, "0.48", 1 + size // 4, event_time=at - late))
        elif kind == "through":
            tape.append(trade(at, Action.SELL, "0.47", 1 + size // 20, event_time=at - late))
        elif kind == "cross":
            tape += [delta(at, ("ask", "0.48", size % 20)), delta(at + 150, ("ask", "0.48", 0))]
            at += 150
        else:
            shown = [("0.48", float(size)), ("0.47", 300.0)]
            tape += [trust(at, Trust.SUSPECT), *snapshot(at + 40, shown, asks)]
            at += 40
    return tape
