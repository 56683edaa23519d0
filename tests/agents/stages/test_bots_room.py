"""Bots know how many positions they may have, and do not ask the gate for more (C.3)."""

from decimal import Decimal

from schemas.ids import BotId, MarketId
from schemas.reasons import DenialCode
from schemas.trading import PlaceIntent
from schemas.values import Side
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import Tape, market

ME = BotId("bot_05")


class Room:
    """Bot 5, markets it would quote in, and a gate that allows two positions."""

    def __init__(self, most: int | None) -> None:
        self.loop, self.tape, self.most = ClosedLoop(make_stage("5")), Tape(), most
        self.markets = [market(name) for name in "abcd"]
        self.loop.feed(*(self.tape.listed(each) for each in self.markets))
        self.play(200)

    def play(self, seconds: int) -> None:
        for second in range(seconds):
            self.tape.now += 1_000
            self.loop.feed(self.tape.feed(), self.tape.account(ME, max_positions=self.most))
            for each in self.markets:
                bid = 0.47 + 0.01 * (second % 2)
                self.loop.feed(*self.tape.book(each, {f"{bid:.2f}": 300}, {"0.50": 300}))
            self.loop.feed(self.tape.tick())

    def quoted(self) -> set[MarketId]:
        return {order.market_id for order in self.loop.orders()}

    def reasons(self) -> set[str]:
        return {signal.reason for signal in self.loop.signals()}


def test_no_more_markets_than_the_gate_allows() -> None:
    assert len(Room(None).quoted()) == 4
    room = Room(2)
    assert len(room.quoted()) == 2
    assert "positions-full" in room.reasons()
    asked = {
        emit.message.order.market_id
        for emit in room.loop.emitted
        if isinstance(emit.message, PlaceIntent)
    }
    assert asked <= room.quoted()


def test_a_place_that_is_free_again_is_taken() -> None:
    room = Room(2)
    left = room.markets[0]
    assert left.market_id in room.quoted()
    room.loop.feed(room.tape.resolved(left, "1"))
    room.markets.remove(left)
    room.play(30)
    assert len(room.quoted()) == 2


def test_what_is_held_counts_and_dust_does_not() -> None:
    room = Room(1)
    (where,) = room.quoted()
    order = next(order for order in room.loop.orders() if order.side is Side.YES)
    room.loop.fill(order, "4.99")
    eyes = room.loop.stage._host._others[ME]
    room.loop.deny = lambda order: DenialCode.RATE_LIMIT
    for live in room.loop.orders():
        room.loop._cancel(room.tape.tick(), live.order_id)
    room.loop.feed(room.tape.feed())
    assert room.loop.orders() == []
    other = next(each.market_id for each in room.markets if each.market_id != where)
    assert eyes.room_for((other,))
    assert not eyes.room_for((other, MarketId("another")))
    assert eyes.room_for((other, other))
    held = room.loop.stage._host.state.stakes[ME][where]
    held.yes += Decimal("0.01")
    room.loop.stage._host.orders.holdings_changed()
    assert not eyes.room_for((other,))
    assert eyes.room_for((where,))
