"""Marks for the account and best prices for screens, folded from the shard's log."""

from decimal import Decimal

import pytest

from agents.stages.base import Emit, Stage
from agents.stages.book import BookStage
from schemas.envelope import Message
from schemas.market import BookTop, TickSizeChanged
from schemas.portfolio import Mark
from schemas.values import Action, DataLabel, Trust
from tests.agents.tape import ACCOUNT, Tape, market
from topics.catalog import BOOK_TOPS, DECIDE_INPUTS, GATE_INPUTS

A, B = market("a"), market("b", tick=10)
BIDS = {"0.48": 100.0, "0.47": 50.0}
ASKS = {"0.52": 200.0}
HOUR = 3_600_000


class Session:
    """A stage and the tape it reads; nothing is said within 100 ms of the last."""

    def __init__(self) -> None:
        self.tape = Tape()
        self.stage = BookStage(ACCOUNT)

    def feed(self, *messages: Message) -> list[Emit]:
        return [emit for message in messages for emit in self.stage.apply(message)]

    def open(self, trust: Trust = Trust.CONSISTENT) -> list[Emit]:
        """A listed market with a whole book, 100 ms ago."""
        listed = self.tape.listed(A)
        emits = self.feed(listed, self.tape.feed(), *self.tape.book(A, BIDS, ASKS, trust))
        self.tape.now += 100
        return emits

    def later(self, ms: int) -> list[Emit]:
        """The connection is heard and the clock ticks, so much later."""
        self.tape.now += ms
        return self.feed(self.tape.feed(), self.tape.tick())


def marks(emits: list[Emit]) -> list[tuple[str | None, str | None, bool]]:
    return [
        (_text(emit.message.yes_bid), _text(emit.message.no_bid), emit.message.good)
        for emit in emits
        if isinstance(emit.message, Mark)
    ]


def tops(emits: list[Emit]) -> list[BookTop]:
    return [emit.message for emit in emits if isinstance(emit.message, BookTop)]


def _text(price: Decimal | None) -> str | None:
    return None if price is None else f"{price:.3f}"


def test_it_is_a_stage_on_the_inputs_of_its_shard() -> None:
    stage: Stage = Session().stage
    assert (stage.name, stage.reads) == ("book", DECIDE_INPUTS)


def test_a_whole_book_gives_one_good_mark_with_the_bids_of_both_tokens() -> None:
    session = Session()
    session.open()
    emits = session.feed(session.tape.delta(A, [("bid", "0.48", 90)]))
    assert marks(emits) == [("0.480", "0.480", True)]
    assert [(emit.topic, emit.key) for emit in emits] == [
        (GATE_INPUTS, ACCOUNT),
        (BOOK_TOPS, A.market_id),
    ]


def test_a_top_tells_best_prices_sizes_and_depth_in_yes_space() -> None:
    session = Session()
    session.open()
    levels = [("bid", f"0.{cents}", 10.0) for cents in range(40, 47)]
    (top,) = tops(session.feed(session.tape.delta(A, [*levels, ("ask", "0.53", 7.5)])))
    assert (top.bid, top.bid_size) == (Decimal("0.48"), Decimal(100))
    assert (top.ask, top.ask_size) == (Decimal("0.52"), Decimal(200))
    best_five = ["0.48"] * 10 + ["0.47"] * 5 + ["0.46", "0.45", "0.44"]
    assert top.bid_depth == sum(Decimal(price) * 10 for price in best_five)
    assert top.ask_depth == Decimal("0.52") * 200 + Decimal("0.53") * Decimal("7.5")
    assert (top.last_price, top.volume_24h) == (None, Decimal(0))
    assert (top.trust, top.label) == (Trust.CONSISTENT, DataLabel.SIMULATED)


def test_an_empty_side_is_told_as_none() -> None:
    session = Session()
    session.feed(*session.tape.book(A, BIDS, {}))
    (top,) = tops(session.later(100))
    assert (top.ask, top.ask_size, top.ask_depth) == (None, Decimal(0), Decimal(0))
    assert top.bid == Decimal("0.48")


@pytest.mark.parametrize(("ask", "good"), [("0.58", True), ("0.59", False)])
def test_a_spread_above_ten_cents_makes_no_good_mark(ask: str, good: bool) -> None:
    session = Session()
    session.feed(session.tape.feed(), *session.tape.book(A, BIDS, {ask: 10}))
    assert marks(session.later(100))[-1][2] is good


@pytest.mark.parametrize("trust", list(Trust))
def test_a_mark_is_as_good_as_its_book_is_trusted(trust: Trust) -> None:
    session = Session()
    session.open(trust)
    assert marks(session.later(100))[-1][2] is trust.may_open


def test_a_change_of_trust_is_told_at_the_next_chance() -> None:
    session = Session()
    session.open()
    session.later(100)
    session.tape.now += 100
    emits = session.feed(session.tape.trust(A, Trust.SUSPECT))
    assert marks(emits) == [("0.480", "0.480", False)]
    assert tops(emits)[0].trust is Trust.SUSPECT


def test_a_silent_connection_spoils_the_mark_after_twelve_seconds() -> None:
    session = Session()
    session.open()
    session.later(100)
    heard, told = session.tape.now, []
    for seconds in (11, 12, 13, 14):
        session.tape.now = heard + seconds * 1000
        told += marks(session.feed(session.tape.tick()))
    assert told == [("0.480", "0.480", False)]
    assert marks(session.later(1000)) == [("0.480", "0.480", True)]


def test_a_disconnect_spoils_the_mark_at_once() -> None:
    session = Session()
    session.open()
    session.later(100)
    session.tape.now += 100
    assert marks(session.feed(session.tape.feed(connected=False))) == [("0.480", "0.480", False)]


def test_changes_within_100_ms_are_told_together() -> None:
    session = Session()
    session.open()
    first = session.feed(session.tape.delta(A, [("bid", "0.48", 90)]))
    for size in (80, 70, 60):
        session.tape.now += 33
        assert session.feed(session.tape.delta(A, [("bid", "0.48", size)])) == []
    session.tape.now += 1
    (top,) = tops(session.feed(session.tape.tick()))
    assert len(tops(first)) == 1
    assert top.bid_size == Decimal(60)
    assert session.later(1000) == []


def test_one_market_does_not_hold_back_another() -> None:
    session = Session()
    session.open()
    session.feed(session.tape.delta(A, [("bid", "0.48", 90)]))
    emits = session.feed(*session.tape.book(B, {"0.101": 10}, {"0.103": 10}))
    assert [emit.message.market_id for emit in emits if isinstance(emit.message, BookTop)] == [
        B.market_id
    ]


def test_trades_give_the_last_price_and_the_volume_of_a_day() -> None:
    session = Session()
    session.open()
    (top,) = tops(session.feed(session.tape.trade(A, Action.BUY, "0.50", 100)))
    assert (top.last_price, top.volume_24h) == (Decimal("0.5"), Decimal(50))
    session.tape.now += 23 * HOUR
    (top,) = tops(session.feed(session.tape.trade(A, Action.SELL, "0.40", 10)))
    assert (top.last_price, top.volume_24h) == (Decimal("0.4"), Decimal(54))
    session.tape.now += HOUR
    (top,) = tops(session.feed(session.tape.trade(A, Action.SELL, "0.40", 10)))
    assert top.volume_24h == Decimal(8)


def test_a_new_tick_drops_the_book_until_its_snapshot() -> None:
    session = Session()
    session.open()
    session.later(100)
    session.tape.now += 100
    changed = TickSizeChanged(
        **session.tape.head(), market_id=A.market_id, old_tick=100, new_tick=10
    )
    assert marks(session.feed(changed)) == [(None, None, False)]
    fine = market("a", tick=10)
    session.tape.now += 100
    session.feed(*session.tape.book(fine, {"0.485": 10}, {"0.487": 10}))
    assert marks(session.later(100)) == [("0.485", "0.513", True)]


def test_a_resolved_market_is_told_no_more() -> None:
    session = Session()
    session.open()
    session.tape.now += 100
    assert session.feed(session.tape.resolved(A, "1")) == []
    assert session.later(1000) == []


def test_a_market_without_a_book_is_told_nothing_of() -> None:
    session = Session()
    session.feed(session.tape.listed(A), session.tape.trade(A, Action.BUY, "0.5", 1))
    assert session.later(1000) == []
