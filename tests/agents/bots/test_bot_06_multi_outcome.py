"""Bot 6 in the closed loop: bundles over three outcomes, their legs, and why there are none."""

from decimal import Decimal

import msgspec
import pytest

from schemas.ids import BotId, VenueEventId
from schemas.market import Market
from schemas.reasons import DenialCode
from schemas.trading import BundleIntent
from schemas.values import Action, IntentKind, Side
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import START, Tape, market

ME = BotId("bot_06")
Books = dict[str, tuple[str, str]]
CHEAP: Books = {"a": ("0.42", "0.45"), "b": ("0.30", "0.33"), "c": ("0.23", "0.26")}
DEAR: Books = {"a": ("0.44", "0.441"), "b": ("0.32", "0.321"), "c": ("0.239", "0.240")}
"""Neither side pays; on a fine grid, for three spreads of a cent always pay one of them."""
FINE = 10


def outcome(name: str, **fields: object) -> Market:
    found = msgspec.structs.replace(
        market(name), venue_event_id=VenueEventId("event"), neg_risk=True, event_markets=3
    )
    return msgspec.structs.replace(found, **fields)


class Race:
    """Three exclusive outcomes and bot 6."""

    def __init__(self, books: Books = CHEAP, **fields: object) -> None:
        self.loop, self.tape = ClosedLoop(make_stage("6")), Tape()
        self.markets = {name: outcome(name, **fields) for name in books}
        self.loop.feed(*(self.tape.listed(each) for each in self.markets.values()))
        self.alive()
        for name, (bid, ask) in books.items():
            self.book(name, bid, ask)

    @property
    def reasons(self) -> list[str]:
        return [signal.reason for signal in self.loop.signals()]

    def book(self, name: str, bid: str, ask: str, size: float = 900.0) -> None:
        where = self.markets[name]
        self.loop.feed(*self.tape.book(where, {bid: size}, {ask: size}))

    def alive(self) -> None:
        self.loop.feed(self.tape.feed(), self.tape.account(ME))

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.tape.now += 1_000
            self.alive()
            self.loop.feed(self.tape.tick())

    def legs(self) -> dict[str, tuple[Side, Action, str, str, IntentKind]]:
        return {
            order.market_id.removeprefix("0x"): (
                order.side,
                order.action,
                f"{order.price:.2f}",
                f"{order.size:.2f}",
                order.kind,
            )
            for order in self.loop.orders()
        }

    def fill(self, name: str, size: str | None = None) -> None:
        (order,) = [o for o in self.loop.orders() if o.market_id == self.markets[name].market_id]
        self.loop.fill(order, size)


def test_a_bundle_is_one_batch_of_all_outcomes() -> None:
    race = Race()
    (bundle,) = {
        emit.message.event_id: emit.message
        for emit in race.loop.emitted
        if isinstance(emit.message, BundleIntent)
    }.values()
    assert len(bundle.orders) == len(bundle.stamps) == 3
    buy, arb = Action.BUY, IntentKind.ARB
    assert race.legs() == {
        "a": (Side.YES, buy, "0.43", "300.00", arb),
        "b": (Side.YES, buy, "0.31", "300.00", arb),
        "c": (Side.YES, buy, "0.24", "300.00", arb),
    }
    assert "set-locked" in race.reasons


def test_complete_sets_are_held() -> None:
    race = Race(tick=FINE)
    for name, (bid, ask) in DEAR.items():
        race.book(name, bid, ask)
    for name in "abc":
        race.fill(name)
    race.wait(10)
    assert race.legs() == {}
    assert all(race.loop.held[(ME, m.market_id, Side.YES)] == 300 for m in race.markets.values())


def test_a_leg_is_completed_up_to_the_smallest_of_the_others() -> None:
    race = Race()
    race.fill("a")
    race.fill("b", "297")
    race.wait(65)
    leg = race.legs()["c"]
    assert (leg[3], leg[4]) == ("297.00", IntentKind.REDUCE)


def test_missing_legs_are_completed_at_up_to_break_even() -> None:
    race = Race()
    race.fill("a")
    race.fill("b", "100")
    race.wait(59)
    assert {leg[4] for leg in race.legs().values()} == {IntentKind.ARB}
    race.wait(3)
    assert {leg[4] for leg in race.legs().values()} == {IntentKind.ARB}
    assert "several-legs-missing" in race.reasons
    race.fill("b")
    race.wait(3)
    assert race.legs() == {"c": (Side.YES, Action.BUY, "0.25", "300.00", IntentKind.REDUCE)}
    race.fill("c")
    race.wait(2)
    held = [race.loop.held[(ME, m.market_id, Side.YES)] for m in race.markets.values()]
    assert held == [300, 300, 300]


def test_what_stays_incomplete_is_sold_and_sets_are_kept() -> None:
    race = Race()
    race.fill("a")
    race.fill("b")
    race.fill("c", "100")
    race.wait(239)
    assert race.legs()["c"][1] is Action.BUY
    race.wait(4)
    sell, reduce = Action.SELL, IntentKind.REDUCE
    assert race.legs() == {
        "a": (Side.YES, sell, "0.45", "200.00", reduce),
        "b": (Side.YES, sell, "0.33", "200.00", reduce),
    }
    race.fill("a")
    race.fill("b")
    race.wait(1)
    held = [race.loop.held[(ME, m.market_id, Side.YES)] for m in race.markets.values()]
    assert held == [100, 100, 100]


def test_an_untouched_bundle_is_taken_back_and_a_lost_leg_takes_the_others() -> None:
    race = Race()
    first = {order.order_id for order in race.loop.orders()}
    race.wait(31)
    assert "ttl" in race.reasons
    race.wait(2)
    assert len(race.loop.orders()) == 3
    assert first.isdisjoint(race.loop.live)
    lost = race.loop.orders()[0]
    race.loop._cancel(race.tape.tick(), lost.order_id)
    race.wait(1)
    assert "leg-lost" in race.reasons


def test_no_on_every_outcome_pays_all_but_one() -> None:
    race = Race({"a": ("0.42", "0.45"), "b": ("0.40", "0.43"), "c": ("0.23", "0.26")})
    assert {leg[0] for leg in race.legs().values()} == {Side.NO}
    prices = sum(order.price for order in race.loop.orders())
    assert prices <= Decimal("1.995")


def test_a_complete_set_of_no_is_converted_and_one_of_yes_is_not() -> None:
    race = Race({"a": ("0.42", "0.45"), "b": ("0.40", "0.43"), "c": ("0.23", "0.26")})
    sets = race.loop.orders()[0].size
    for name in "ab":
        race.fill(name)
    race.fill("c", "100")
    race.wait(2)
    assert race.loop.converted == []
    race.fill("c")
    race.wait(1)
    (done,) = race.loop.converted
    assert (len(done.gives), done.gets, done.size) == (3, (), sets)
    assert done.dollars == 2 * sets
    assert "set-complete" in race.reasons
    race.wait(10)
    assert len(race.loop.converted) == 1
    assert not any(race.loop.held.values())


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"neg_risk": False}, None),
        ({"event_markets": 4}, "outcomes-incomplete"),
        ({"augmented": True}, "outcomes-not-fixed"),
        ({"placeholder": True}, "outcomes-not-fixed"),
    ],
)
def test_incomplete_lists_carry_no_bundle(fields: dict[str, object], reason: str | None) -> None:
    race = Race(CHEAP, **fields)
    assert race.legs() == {}
    assert set(race.reasons) == (set() if reason is None else {reason, *race.reasons[:2]})


def test_vetoes() -> None:
    dear = Race(DEAR, tick=FINE)
    dear.wait(6)
    assert dear.reasons[-1] == "drift-below-threshold"
    books = {"a": ("0.02", "0.021"), "b": ("0.46", "0.461"), "c": ("0.51", "0.511")}
    low = Race(books, tick=FINE)
    low.wait(6)
    assert low.reasons[-1] == "leg-outside-zones"
    for name, (bid, ask) in CHEAP.items():
        dear.book(name, bid, ask, 12.0)
    dear.wait(6)
    assert dear.reasons[-1] == "size-below-minimum"
    ending = Race(resolves_at=START + 200_000)
    ending.wait(6)
    assert ending.reasons[-1] == "near-the-end"
    silent = Race(DEAR, tick=FINE)
    silent.loop.feed(silent.tape.feed(connected=False))
    silent.tape.now += 6_000
    silent.loop.feed(silent.tape.tick())
    assert silent.reasons[-1] == "feed-disconnected"


def test_a_denied_bundle_waits() -> None:
    race = Race(DEAR, tick=FINE)
    race.loop.deny = lambda order: DenialCode.EXPOSURE_EVENT
    for name, (bid, ask) in CHEAP.items():
        race.book(name, bid, ask)
    race.wait(5)
    assert race.legs() == {}
    assert "waiting-after-exposure_event" in race.reasons
    race.loop.deny = lambda order: None
    race.wait(20)
    assert len(race.legs()) == 3


def test_a_resolved_outcome_ends_the_event() -> None:
    race = Race(tick=FINE)
    for name, (bid, ask) in DEAR.items():
        race.book(name, bid, ask)
    for name in "abc":
        race.fill(name)
    race.loop.feed(race.tape.resolved(race.markets["a"], "1"))
    race.wait(2)
    assert race.legs() == {}
    assert race.reasons[-1] == "outcomes-incomplete"


def test_the_state_survives_a_restore() -> None:
    race = Race()
    race.fill("a")
    race.fill("c")
    race.loop.stage.restore(race.loop.stage.snapshot())
    race.wait(62)
    assert race.legs()["b"][4] is IntentKind.REDUCE
