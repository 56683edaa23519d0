"""Random tapes for the paper exchange: books, prints, orders, cancels, gaps, two markets."""

from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.trading import Order
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

PRICES = [f"0.{cents}" for cents in range(44, 57)]
SIZES = [0.0, 5.0, 12.0, 30.005, 80.0]

price = st.sampled_from(PRICES)
size = st.sampled_from(SIZES)
side = st.sampled_from(Side)
action = st.sampled_from(Action)
which = st.sampled_from([MARKET, MARKET, MARKET, OTHER])


class Place(NamedTuple):
    """One draw of an order."""

    market_id: MarketId
    side: Side
    action: Action
    price: str
    size: int
    gtd: bool


places = st.builds(
    Place, which, side, action, price, st.integers(5, 60), st.sampled_from([False, False, True])
)


@st.composite
def books(draw: st.DrawFn, at: int, market_id: MarketId) -> list[Message]:
    """A snapshot with bids below asks."""
    middle = draw(st.integers(2, len(PRICES) - 3))
    levels = st.dictionaries(st.integers(0, 4), size.filter(bool), max_size=5)
    bids = [(PRICES[max(0, middle - 1 - n)], s) for n, s in draw(levels).items()]
    asks = [(PRICES[min(len(PRICES) - 1, middle + 1 + n)], s) for n, s in draw(levels).items()]
    return snapshot(at, dict(bids).items(), dict(asks).items(), market_id)


@st.composite
def changes(draw: st.DrawFn, at: int, market_id: MarketId) -> list[Message]:
    """A few level changes; a book may cross for a moment."""
    rows = draw(st.lists(st.tuples(st.sampled_from(["bid", "ask"]), price, size), max_size=4))
    return [delta(at, *rows, market_id=market_id)]


@st.composite
def prints(draw: st.DrawFn, at: int, market_id: MarketId) -> list[Message]:
    """A trade, sometimes with its mirror on the other token."""
    shares, bought, token = draw(size.filter(bool)), draw(action), draw(side)
    cents = int(draw(price)[2:])
    transaction = draw(st.sampled_from(["", "0xa", "0xb"]))
    late = draw(st.sampled_from([0, 0, 30, 400]))
    found: list[Message] = [
        trade(at, bought, f"0.{cents}", shares, token, transaction, market_id, at - late)
    ]
    if draw(st.booleans()):
        found.append(
            trade(
                at,
                bought,
                f"0.{100 - cents}",
                shares,
                token.complement,
                transaction,
                market_id,
                at - late,
            )
        )
    return found


@st.composite
def tapes(draw: st.DrawFn, steps: int = 40) -> list[Message]:
    """A whole tape; times rise, each name is used once."""
    label = draw(st.sampled_from([DataLabel.LIVE, DataLabel.LIVE, DataLabel.RECORDED]))
    volume = draw(st.sampled_from([Decimal(0), Decimal(500)]))
    tape: list[Message] = [
        listed(0, market(MARKET, label=label, volume_24h=volume)),
        listed(0, market(OTHER, label=label)),
        *draw(books(0, MARKET)),
        *draw(books(0, OTHER)),
    ]
    at, names = 0, 0
    for _ in range(draw(st.integers(1, steps))):
        at += draw(st.sampled_from([0, 1, 40, 100, 250, 700, 2500]))
        tape += _step(draw, at, names)
        names += 2
        if draw(st.integers(0, 15)) == 0:
            tape.append(tape[draw(st.integers(4, len(tape) - 1))])
    return tape


KINDS = ["book", "changes", "print", "print", "trust", "feed", "tick", *["command"] * 4]


def _step(draw: st.DrawFn, at: int, names: int) -> list[Message]:
    market_id = draw(which)
    match draw(st.sampled_from(KINDS)):
        case "book":
            return draw(books(at, market_id))
        case "changes":
            return draw(changes(at, market_id))
        case "print":
            return draw(prints(at, market_id))
        case "trust":
            return [trust(at, draw(st.sampled_from(Trust)))]
        case "feed":
            return [feed_status(at, draw(st.booleans()))]
        case "tick":
            return [tick(at)]
        case _:
            return _commands(draw, at, names)


@st.composite
def queue_tapes(draw: st.DrawFn) -> list[Message]:
    """One level at 0.48 that grows, shrinks and is traded, seen in and out of order, with gaps."""
    asks = [("0.50", 80.0)]
    tape: list[Message] = [
        listed(0, market(MARKET)),
        *snapshot(0, [("0.48", draw(st.integers(1, 200))), ("0.47", 300)], asks),
    ]
    at = 0
    for _ in range(draw(st.integers(5, 40))):
        at += draw(st.sampled_from([0, 20, 60, 100, 250, 700]))
        shares = draw(st.integers(0, 200))
        late = draw(st.sampled_from([0, 0, 20, 60, 300]))
        kind = draw(st.sampled_from(["level"] * 8 + ["print"] * 8 + ["through", "cross", "gap"]))
        if kind == "level":
            tape.append(delta(at, ("bid", "0.48", shares)))
        elif kind == "print":
            it = trade(at, Action.SELL, "0.48", 1 + shares // 4, event_time=at - late)
            tape.append(it)
        elif kind == "through":
            tape.append(trade(at, Action.SELL, "0.47", 1 + shares // 20, event_time=at - late))
        elif kind == "cross":
            tape += [delta(at, ("ask", "0.48", shares % 20)), delta(at + 150, ("ask", "0.48", 0))]
            at += 150
        else:
            levels = [("0.48", float(shares)), ("0.47", 300.0)]
            tape += [trust(at, Trust.SUSPECT), *snapshot(at + 40, levels, asks)]
            at += 40
    return tape


def _commands(draw: st.DrawFn, at: int, names: int) -> list[Message]:
    kind = draw(st.sampled_from(["place", "place", "place", "cancel", "replace", "merge"]))
    old = f"o{draw(st.integers(0, max(0, names)))}"
    if kind == "cancel":
        return [cancel(at, old, reason="test")]
    if kind == "merge":
        return [merge(at, "5", f"merge-{names}")]
    drawn = draw(st.lists(places, min_size=1, max_size=2))
    orders = [make_order(f"o{names + n}", it, at) for n, it in enumerate(drawn)]
    return [approve(at, *orders, cancel_first=old if kind == "replace" else None)]


def make_order(name: str, it: Place, at: int) -> Order:
    """The order of a draw."""
    expires_at = at + 185_000 if it.gtd else None
    return order(name, it.side, it.action, it.price, it.size, it.market_id, expires_at)
