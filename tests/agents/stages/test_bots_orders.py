from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.bots.view import OwnOrder, Phase
from agents.stages.bots_orders import REMEMBERED_MS, EndedOrder, OrderBook
from schemas.ids import OrderId
from schemas.values import OrderStatus, Side
from tests.agents.bots.orders import MARKET, order
from tests.agents.stages.order_story import INTENT, Story
from tests.agents.tape import BOT_1, BOT_5, START

ORDER = order()


def asked() -> tuple[OrderBook, Story]:
    book = OrderBook()
    book.ask(ORDER, INTENT, START)
    return book, Story(ORDER)


def the(book: OrderBook) -> OwnOrder:
    (own,) = book.all()
    return own


def over(book: OrderBook) -> OrderStatus:
    """How the order ended."""
    assert not live(book)
    return book.ended[ORDER.order_id].status


def live(book: OrderBook) -> bool:
    return bool(book.of_bot(MARKET.market_id, BOT_5))


def test_an_order_goes_from_asked_to_filled() -> None:
    book, story = asked()
    assert the(book).phase is Phase.ASKED
    book.approve(story.approved(), START)
    assert the(book).phase is Phase.SENT
    book.report(story.placed(), START + 350)
    assert (the(book).phase, the(book).rested_at) == (Phase.RESTING, START + 350)
    assert book.fill(story.fill("40", "40"), START)
    assert the(book).status is OrderStatus.PARTIALLY_FILLED
    assert the(book).remaining == 60
    assert live(book)
    assert book.fill(story.fill("60", "100"), START)
    assert over(book) is OrderStatus.FILLED


def test_a_repeated_or_late_fill_counts_once() -> None:
    book, story = asked()
    assert book.fill(story.fill("40", "40"), START)
    assert not book.fill(story.fill("40", "40"), START)
    assert book.fill(story.fill("20", "60"), START)
    assert not book.fill(story.fill("40", "40"), START)
    assert the(book).filled == 60


def test_a_fill_proven_after_the_cancel_is_booked() -> None:
    book, story = asked()
    book.report(story.placed(), START)
    book.report(story.canceled(), START)
    assert book.fill(story.fill("40", "40"), START)
    assert not book.fill(story.fill("40", "40"), START)
    assert over(book) is OrderStatus.CANCELED


def test_an_unanswered_intent_counts_for_five_seconds() -> None:
    book, _ = asked()
    assert book.tick(START + 5_000, 5_000) == []
    assert live(book)
    assert [own.order_id for own in book.tick(START + 5_001, 5_000)] == [ORDER.order_id]
    assert not live(book)


def test_a_late_approval_revives_it() -> None:
    book, story = asked()
    book.tick(START + 5_001, 5_000)
    book.approve(story.approved(), START + 6_000)
    assert the(book).phase is Phase.SENT
    assert live(book)
    assert book.tick(START + 60_000, 5_000) == []


def test_an_approved_order_of_unknown_outcome_stays() -> None:
    book, story = asked()
    book.approve(story.approved(), START)
    book.tick(START + 3_600_000, 5_000)
    assert live(book)


def test_a_denial_ends_every_order_of_the_intent() -> None:
    book, story = asked()
    book.ask(order(name="order-2"), INTENT, START)
    book.ask(order(name="order-3"), "intent-2", START)
    book.deny(story.denied(), START)
    assert [own.order_id for own in book.of_bot(MARKET.market_id, BOT_5)] == ["order-3"]


def test_what_is_replaced_is_being_cancelled_until_the_intent_fails() -> None:
    book = OrderBook()
    book.ask(ORDER, "old", START)
    book.approve(Story(order(name="order-2")).approved(cancel_first="order-1"), START)
    old = next(own for own in book.all() if own.order_id == "order-1")
    assert old.cancel_asked_at == START
    book.keep(OrderId("order-1"))
    assert old.cancel_asked_at is None


def test_an_operators_order_is_known_but_nobodys_to_manage() -> None:
    book = OrderBook()
    manual = msgspec.structs.replace(ORDER, operator=True)
    book.approve(Story(manual).approved(), START)
    assert not live(book)
    assert [own.order for own in book.of_others(MARKET.market_id, BOT_5)] == [manual]
    assert [own.order for own in book.in_market(MARKET.market_id)] == [manual]


def test_other_bots_orders_are_others() -> None:
    book, _ = asked()
    assert list(book.of_others(MARKET.market_id, BOT_5)) == []
    assert len(list(book.of_others(MARKET.market_id, BOT_1))) == 1


def test_a_bots_standing_is_its_orders_and_the_best_prices_of_its_rivals() -> None:
    book = OrderBook()
    for number, (side, price) in enumerate(
        ((Side.YES, "0.48"), (Side.YES, "0.47"), (Side.NO, "0.45"), (Side.NO, "0.44"))
    ):
        book.ask(order(side, price=price, name=f"order-{number}"), INTENT, START)
    own, rival = (book.standing(MARKET.market_id, bot_id) for bot_id in (BOT_5, BOT_1))
    assert [each.order_id for each in own.orders] == [f"order-{n}" for n in range(4)]
    assert (own.rival_bid, own.rival_ask) == (None, None)
    assert rival.orders == ()
    assert (rival.rival_bid, rival.rival_ask) == (Decimal("0.48"), Decimal("0.55"))
    book.end_market(MARKET.market_id, START)
    assert book.standing(MARKET.market_id, BOT_1) == ((), None, None)


def test_an_unknown_order_that_rests_is_learned() -> None:
    book = OrderBook()
    book.report(Story(ORDER).placed(), START)
    assert live(book)


def test_a_resolved_market_has_no_live_orders() -> None:
    book, _ = asked()
    book.end_market(MARKET.market_id, START)
    assert not live(book)


def test_ended_orders_are_forgotten_after_a_while() -> None:
    book, story = asked()
    book.report(story.rejected(), START)
    book.tick(START + REMEMBERED_MS, 5_000)
    assert over(book) is OrderStatus.REJECTED
    book.tick(START + REMEMBERED_MS + 1, 5_000)
    assert book.ended == {}


STEPS = ("approved", "placed", "rejected", "canceled", "expired", "f20", "f50", "f100", "tick")


@given(st.lists(st.sampled_from(STEPS), max_size=14))
def test_g22_any_order_of_messages_keeps_the_invariants(steps: list[str]) -> None:
    book, story = asked()
    fills = {"f20": ("20", "20"), "f50": ("30", "50"), "f100": ("50", "100")}
    now, known, ended = START, Decimal(0), OrderStatus.PENDING
    for step in steps:
        now += 1_000
        if step in fills:
            size, cumulative = fills[step]
            is_news = book.fill(story.fill(size, cumulative), now)
            assert is_news == (Decimal(cumulative) > known)
            known = max(known, Decimal(cumulative))
        elif step == "approved":
            book.approve(story.approved(), now)
        elif step == "tick":
            book.tick(now, 5_000)
        else:
            book.report(story.report(step), now)
        if ended is not OrderStatus.PENDING:
            assert over(book) is ended, "terminal states absorb"
        fresh = OrderBook(book.all())
        for bot_id in (BOT_1, BOT_5):
            of_bot = (MARKET.market_id, bot_id)
            assert book.standing(*of_bot) == fresh.standing(*of_bot), "never of yesterday"
        if live(book):
            assert the(book).filled == known
        else:
            assert book.ended[ORDER.order_id].filled == known
            ended = over(book)
    orders = msgspec.json.decode(msgspec.json.encode(book.all()), type=list[OwnOrder])
    memory = msgspec.json.encode(book.ended)
    copy = OrderBook(orders, msgspec.json.decode(memory, type=dict[OrderId, EndedOrder]))
    assert (copy.all(), copy.ended) == (book.all(), book.ended)
    assert copy.of_bot(MARKET.market_id, BOT_5) == book.of_bot(MARKET.market_id, BOT_5)


@pytest.mark.parametrize("step", STEPS[:5])
def test_a_repeated_message_changes_nothing(step: str) -> None:
    once, story = asked()
    twice, _ = asked()
    for book, count in ((once, 1), (twice, 2)):
        for _ in range(count):
            if step == "approved":
                book.approve(story.approved(), START)
            else:
                book.report(story.report(step), START)
    assert (once.all(), once.ended) == (twice.all(), twice.ended)
