"""Live execution as a fold: sessions, doubt, withdrawal, and the same log gives the same calls."""

from decimal import Decimal

from msgspec.structs import replace

from agents.stages.base import Emit
from agents.stages.live import LiveStage
from connectors.polymarket.order_form import outgoing_order
from schemas.envelope import Header, Message
from schemas.ids import AccountId, TokenId
from schemas.ops import Alert
from schemas.trading import IntentApproved, Order, OrderCanceled, OrderPlaced, OrderRejected
from schemas.venue import (
    BeatVenue,
    CancelOrders,
    CompareVenue,
    LookUpOrder,
    OrderAbsent,
    OrderAnswered,
    PlaceOrders,
    VenueAccount,
    VenueCompared,
    VenueLink,
    VenueSession,
    Verdict,
)
from tests.streams.paper_tape import START, approve, bid, listed, market, tick
from topics.catalog import ALERTS, DECIDE_INPUTS, VENUE_CALLS

TOKEN = TokenId(str(2**200 + 7))
MAKER = "0x" + "ab" * 20
ACCOUNT = VenueAccount(maker=MAKER, signer=MAKER, signature_type=0)


def head(at: int, name: str) -> Header:
    return Header(
        event_id=f"{name}-{at}",
        event_time=START + at,
        ingest_time=START + at,
        source="gateway",
        causation_id="",
    )


def session(at: int, name: str, *, running: bool = True, maker: str = MAKER) -> VenueSession:
    account = replace(ACCOUNT, maker=maker, signer=maker)
    return VenueSession(
        **head(at, f"session-{name}-{running}"),
        session=name,
        account_id=AccountId("main"),
        account=account,
        running=running,
    )


def link(at: int, name: str, *, connected: bool = True) -> VenueLink:
    return VenueLink(**head(at, "link"), session=name, connected=connected, reason="")


def compared(at: int, name: str, *open_orders: str) -> VenueCompared:
    return VenueCompared(
        **head(at, "compared"),
        session=name,
        asked_at=START + at,
        trades_since=START,
        open_orders=dict.fromkeys(open_orders, Decimal(0)),
        trades=(),
        balances={},
    )


def answered(at: int, name: str, verdict: Verdict, attempt: int = 1) -> OrderAnswered:
    order_id = order(name).order_id
    return OrderAnswered(
        **head(at, "answer"), order_id=order_id, attempt=attempt, verdict=verdict, reason="no"
    )


def order(name: str, at: int = 0) -> Order:
    return replace(bid(name, "0.48", 20), token_id=TOKEN, ordered_at=START + at)


def approved(at: int, *names: str) -> IntentApproved:
    return approve(at, *(order(name, at) for name in names))


class Played:
    """A stage with everything it emitted."""

    def __init__(self) -> None:
        self.stage = LiveStage(0, AccountId("main"), outgoing_order)
        self.log: list[Message] = []

    def feed(self, *messages: Message) -> list[Message]:
        """Calls, reports and alerts that followed."""
        out: list[Emit] = []
        for message in messages:
            self.log.append(message)
            out.extend(self.stage.apply(message))
        return [e.message for e in out if e.topic in (VENUE_CALLS, DECIDE_INPUTS, ALERTS)]


def started(name: str = "1") -> Played:
    played = Played()
    played.feed(listed(0, replace(market(), yes_token_id=TOKEN)))
    played.feed(session(1, name), link(2, name), compared(3, name))
    return played


def kinds(said: list[Message]) -> list[type[Message]]:
    return [type(each) for each in said]


def test_before_any_session_an_order_is_refused() -> None:
    played = Played()
    played.feed(listed(0, replace(market(), yes_token_id=TOKEN)))
    (said,) = played.feed(approved(1, "a"))
    assert isinstance(said, OrderRejected)
    assert said.reason == "VENUE_AWAY"
    assert played.feed(approved(2, "a")) == []


def test_a_session_begins_with_a_sign_of_life_and_a_comparison_and_places_nothing_before() -> None:
    played = Played()
    played.feed(listed(0, replace(market(), yes_token_id=TOKEN)))
    assert kinds(played.feed(session(1, "1"))) == [BeatVenue, CompareVenue]
    assert played.feed(approved(2, "a")) == []
    assert kinds(played.feed(link(3, "1"))) == [CompareVenue]
    assert PlaceOrders in kinds(played.feed(compared(4, "1")))


def test_the_call_names_the_hash_that_follows_from_intent_and_account() -> None:
    (call,) = started().feed(approved(10, "a"))
    assert isinstance(call, PlaceOrders)
    (placement,) = call.placements
    wanted = outgoing_order(ACCOUNT, order("a", 10), neg_risk=False)
    assert placement.outgoing == wanted
    assert (call.session, placement.attempt, placement.reduces) == ("1", 1, False)


def test_a_new_session_doubts_what_was_sent_and_looks_it_up_by_the_same_hash() -> None:
    played = started()
    (sent,) = played.feed(approved(10, "a"))
    assert isinstance(sent, PlaceOrders)
    said = played.feed(session(20, "2"))
    assert kinds(said) == [LookUpOrder, BeatVenue, CompareVenue]
    look, *_ = said
    assert isinstance(look, LookUpOrder)
    venue_order_id = sent.placements[0].outgoing.venue_order_id
    assert (look.session, look.order.venue_order_id) == ("2", venue_order_id)
    played.feed(link(21, "2"), compared(22, "2"))
    absent = OrderAbsent(
        **head(1_030, "absent"), order_id=order("a").order_id, asked_at=look.asked_at
    )
    (again,) = [each for each in played.feed(absent) if isinstance(each, PlaceOrders)]
    assert again.placements[0].outgoing == sent.placements[0].outgoing
    assert again.placements[0].attempt == 2


def test_what_the_venue_lists_is_placed_and_never_sent_again() -> None:
    played = started()
    (sent,) = played.feed(approved(10, "a"))
    assert isinstance(sent, PlaceOrders)
    played.feed(session(20, "2"), link(21, "2"))
    said = played.feed(compared(22, "2", sent.placements[0].outgoing.venue_order_id))
    assert [each.order_id for each in said if isinstance(each, OrderPlaced)] == ["a"]
    later = played.feed(*(tick(second * 1000) for second in range(1, 29)))
    assert not [each for each in later if isinstance(each, PlaceOrders)]


def test_nothing_is_placed_while_the_user_channel_is_lost() -> None:
    played = started()
    played.feed(link(5, "1", connected=False))
    assert PlaceOrders not in kinds(played.feed(approved(10, "a")))
    assert PlaceOrders not in kinds(played.feed(compared(11, "1")))
    played.feed(link(12, "1"))
    assert PlaceOrders in kinds(played.feed(compared(13, "1")))


def test_what_the_venue_was_not_seen_to_have_in_time_is_withdrawn() -> None:
    played = started()
    played.feed(approved(10, "a"), answered(20, "a", Verdict.WAIT))
    played.feed(session(21, "1", running=False))
    said = played.feed(*(tick(second * 1000) for second in range(1, 40)))
    (end,) = [each for each in said if isinstance(each, OrderCanceled)]
    assert (str(end.order_id), end.reason, end.filled) == ("a", "stale", Decimal(0))


def test_without_a_session_no_call_is_made_and_an_earlier_one_says_nothing() -> None:
    played = started("2")
    assert played.feed(session(5, "1")) == []
    assert played.feed(session(6, "1", running=False)) == []
    assert kinds(played.feed(approved(10, "a"))) == [PlaceOrders]
    played.feed(session(11, "2", running=False))
    assert not played.feed(*(tick(second * 1000) for second in range(1, 20)))


def test_another_account_takes_over_no_open_orders() -> None:
    played = started()
    (sent,) = played.feed(approved(10, "a"))
    assert isinstance(sent, PlaceOrders)
    (alert,) = played.feed(session(20, "2", maker="0x" + "cd" * 20))
    assert isinstance(alert, Alert)
    assert alert.rule == "venue-account-changed"
    calls = played.feed(tick(11_000))
    assert {each.session for each in calls if isinstance(each, LookUpOrder)} == {"1"}


def test_the_same_log_gives_the_same_calls_from_every_checkpoint() -> None:
    played = started()
    played.feed(approved(10, "a", "b"), answered(11, "a", Verdict.ACCEPTED))
    played.feed(answered(12, "b", Verdict.UNKNOWN), tick(2_000), session(2_500, "2"))
    played.feed(link(2_600, "2"), compared(2_700, "2"), tick(4_000), tick(9_000))
    whole = Played()
    expected = [whole.stage.apply(message) for message in played.log]
    for cut in range(len(played.log)):
        before = Played()
        for message in played.log[:cut]:
            before.stage.apply(message)
        after = Played()
        after.stage.restore(before.stage.snapshot())
        assert [after.stage.apply(message) for message in played.log[cut:]] == expected[cut:]


def test_a_cancel_leaves_at_once_and_an_order_in_doubt_is_cancelled_when_it_is_seen() -> None:
    played = started()
    (sent,) = played.feed(approved(10, "a"))
    assert isinstance(sent, PlaceOrders)
    said = played.feed(tick(29_000), tick(41_000))
    assert CancelOrders not in kinds(said)
    seen = compared(42_000, "1", sent.placements[0].outgoing.venue_order_id)
    calls = [each for each in played.feed(seen) if isinstance(each, CancelOrders)]
    assert [named.order_id for call in calls for named in call.orders] == ["a"]
