"""The gateway's own guards: late calls, other sessions, another hash; what it makes of replies."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.failures import Reaction
from connectors.polymarket.gateway import VenueGateway
from connectors.polymarket.gateway_facts import FactWriter
from connectors.polymarket.gateway_pace import Paced
from connectors.polymarket.gateway_reads import Asker
from connectors.polymarket.gateway_send import LATE_S, Sender
from connectors.polymarket.gateway_words import ending, judge_reply, own_trades
from connectors.polymarket.order_form import OrderWriter, outgoing_order
from connectors.polymarket.order_replies import Accepted, Refused, refusal_of
from connectors.polymarket.signer import Signer
from connectors.polymarket.trading_rest import TradingRest, private_headers
from connectors.polymarket.user_events import MakerFill, UserTrade
from connectors.polymarket.user_feed import UserFeed
from connectors.polymarket.venue_http import VenueHttp
from connectors.polymarket.venue_watch import VenueWatch
from schemas.envelope import Header, Message
from schemas.errors import ApplicationError
from schemas.ids import AccountId
from schemas.values import OrderStatus, TradeStatus
from schemas.venue import (
    OrderAnswered,
    Placement,
    PlaceOrders,
    VenueAccount,
    VenueLink,
    VenueSession,
    Verdict,
)
from schemas.venue_status import VenueMode
from streams.rate_budget import RateBudget, Request
from tests.agents.stages.test_live import order

SIGNER = Signer(b"\x11" * 32)
ACCOUNT = VenueAccount(maker=SIGNER.address, signer=SIGNER.address, signature_type=0)
CREDENTIALS = ApiCredentials("key-id", "c2VjcmV0", "phrase")
NOW = 1_795_000_000_000


class Clock:
    now = NOW

    def now_ms(self) -> int:
        return self.now

    def wall_age_s(self, at_ms: int) -> float:
        return (self.now - at_ms) / 1000


class Rig:
    """A gateway before a scripted venue, with what it told the log."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self.told: list[Message] = []
        self.clock = Clock()

        def heard(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return answer(request)

        async def publish(message: Message) -> None:
            self.told.append(message)

        headers = private_headers(SIGNER.address, CREDENTIALS, lambda: NOW // 1000)
        http = VenueHttp("http://venue", headers, transport=httpx.MockTransport(heard))
        drift = DriftSentinel()
        rest = TradingRest(http, drift)
        self.facts = FactWriter(AccountId("main"), ACCOUNT, self.clock, publish)
        feed = UserFeed(drift)
        writer = OrderWriter(SIGNER, ACCOUNT, CREDENTIALS.key)
        self.watch = VenueWatch("gateway", AccountId("main"), drift)
        paced: Any = Paced(RateBudget())
        self.sender = Sender(rest, http, writer, paced, self.facts, self.watch)
        asker = Asker(rest, feed, self.facts, CREDENTIALS.key, 0)
        self.gateway = VenueGateway(rest, self.sender, asker, feed, self.facts)

    def place(self, *names: str, session: str = "", at: int = NOW) -> PlaceOrders:
        placements = tuple(
            Placement(
                order_id=order(name).order_id,
                bot_id=order(name).bot_id,
                attempt=1,
                reduces=False,
                outgoing=outgoing_order(ACCOUNT, order(name), neg_risk=False),
            )
            for name in names
        )
        head = Header(
            event_id="call", event_time=at, ingest_time=at, source="execution", causation_id=""
        )
        return PlaceOrders(**head, session=session or self.facts.session, placements=placements)

    async def take(self, call: Message) -> list[Message]:
        self.gateway.take(call)
        async with asyncio.timeout(10):
            while self.gateway.is_busy:  # noqa: ASYNC110 - tasks of the gateway's own
                await asyncio.sleep(0)
        return self.told


def taken(request: httpx.Request) -> httpx.Response:
    """Accepts whatever it is sent, under the hash of order a."""
    known = outgoing_order(ACCOUNT, order("a"), neg_risk=False).venue_order_id
    reply = {"success": True, "errorMsg": "", "orderID": known, "status": "live"}
    return httpx.Response(200, json={**reply, "makingAmount": "", "takingAmount": ""})


async def test_an_order_is_sent_once_and_answered() -> None:
    rig = Rig(taken)
    (answer,) = await rig.take(rig.place("a"))
    assert isinstance(answer, OrderAnswered)
    assert (answer.verdict, answer.attempt) == (Verdict.ACCEPTED, 1)
    assert [request.url.path for request in rig.requests] == ["/order"]


async def test_what_replies_tell_of_the_venue_is_there_for_the_gate() -> None:
    replies = [lambda _: httpx.Response(425), taken]
    rig = Rig(lambda request: replies.pop(0)(request))
    await rig.take(rig.place("a"))
    restarting = rig.watch.news(NOW)
    assert restarting is not None
    assert (restarting.mode, restarting.reporter) == (VenueMode.RESTARTING, "gateway")
    await rig.take(rig.place("a"))
    running = rig.watch.news(NOW)
    assert running is not None
    assert running.mode is VenueMode.OPEN


async def test_a_reply_of_another_form_is_no_answer_and_stops_what_opens() -> None:
    rig = Rig(lambda _: httpx.Response(200, json={"ok": True, "id": "0x1"}))
    (unknown,) = await rig.take(rig.place("a"))
    assert isinstance(unknown, OrderAnswered)
    assert unknown.verdict is Verdict.UNKNOWN
    _, refused = await rig.take(rig.place("b"))
    assert isinstance(refused, OrderAnswered)
    assert refused.verdict is Verdict.REFUSED
    assert "the form of order replies changed" in refused.reason
    assert len(rig.requests) == 1
    told = rig.watch.news(NOW)
    assert told is not None
    assert told.doubts == (refused.reason,)


async def test_a_message_that_cannot_be_read_is_a_gap_that_is_compared() -> None:
    rig = Rig(taken)
    await rig.gateway.on_frame('[{"event_type":"order"}]')
    links = [each for each in rig.told if isinstance(each, VenueLink)]
    assert [each.connected for each in links] == [False, True]
    assert "cannot be read" in links[0].reason


async def test_an_order_whose_call_is_old_is_not_sent() -> None:
    rig = Rig(taken)
    rig.clock.now = NOW + round(LATE_S * 1000) + 1
    (answer,) = await rig.take(rig.place("a"))
    assert isinstance(answer, OrderAnswered)
    assert answer.verdict is Verdict.WAIT
    assert (rig.requests, rig.sender.late) == ([], 1)


async def test_calls_of_an_earlier_session_are_left_alone_and_of_a_later_one_end_it() -> None:
    rig = Rig(taken)
    assert await rig.take(rig.place("a", session="0")) == []
    with pytest.raises(ApplicationError, match="another one took over"):
        rig.gateway.take(rig.place("a", session="9" * 15))
    assert rig.requests == []


async def test_another_hash_in_the_answer_proves_nothing() -> None:
    rig = Rig(taken)
    (answer,) = await rig.take(rig.place("b"))
    assert isinstance(answer, OrderAnswered)
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.reason.startswith("answered as 0x")


async def test_what_an_account_of_another_key_would_sign_is_not_sent() -> None:
    rig = Rig(taken)
    strange = VenueAccount(maker="0x" + "ab" * 20, signer="0x" + "ab" * 20, signature_type=0)
    call = rig.place("a")
    (placement,) = call.placements
    outgoing = outgoing_order(strange, order("a"), neg_risk=False)
    (answer,) = await rig.take(
        PlaceOrders(
            **{name: getattr(call, name) for name in Header.__annotations__},
            session=call.session,
            placements=(
                Placement(
                    order_id=placement.order_id,
                    bot_id=placement.bot_id,
                    attempt=1,
                    reduces=False,
                    outgoing=outgoing,
                ),
            ),
        )
    )
    assert isinstance(answer, OrderAnswered)
    assert (answer.verdict, rig.requests) == (Verdict.REFUSED, [])
    assert "It was not sent" in answer.reason


async def test_a_form_that_the_venue_does_not_take_stops_every_further_order() -> None:
    rig = Rig(lambda _: httpx.Response(400, json={"error": "order_version_mismatch"}))
    await rig.take(rig.place("a"))
    told = await rig.take(rig.place("b"))
    assert [each.verdict for each in told if isinstance(each, OrderAnswered)] == [
        Verdict.REFUSED,
        Verdict.REFUSED,
    ]
    assert len(rig.requests) == 1


@pytest.mark.parametrize(
    ("reply", "verdict", "reaction"),
    [
        (Refused(code=refusal_of("x"), message="order 0x is invalid. Duplicated."),
         Verdict.UNKNOWN, Reaction.UNKNOWN_OUTCOME),
        (Refused(code=refusal_of("x"), message="not enough balance / allowance"),
         Verdict.REFUSED, Reaction.RECONCILE),
        (Refused(code=refusal_of("x"), message="the market is not yet ready to process new orders"),
         Verdict.WAIT, Reaction.WAIT),
    ],
)  # fmt: skip
def test_a_duplicate_is_doubt_and_no_refusal(
    reply: Accepted | Refused, verdict: Verdict, reaction: Reaction
) -> None:
    judged = judge_reply(reply, "0x01")
    assert (judged.verdict, judged.reaction) == (verdict, reaction)


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("LIVE", None),
        ("DELAYED", None),
        ("MATCHED", OrderStatus.FILLED),
        ("CANCELED", OrderStatus.CANCELED),
        ("CANCELED_EXPIRED_ORDER", OrderStatus.EXPIRED),
        ("CANCELED_MARKET_RESOLVED", OrderStatus.CANCELED),
        ("INVALID", OrderStatus.REJECTED),
    ],
)
def test_a_status_says_how_an_order_ended(status: str, ended: OrderStatus | None) -> None:
    assert ending(status) is ended


def test_our_parts_of_a_trade_are_those_of_our_api_key() -> None:
    makers = [("0x01", "key-id", "4"), ("0x02", "else", "5"), ("0x01", "key-id", "1")]
    trade = UserTrade(
        id="t", taker_order_id="0x09", market="0xc", asset_id="1", side="BUY", size=Decimal(10),
        price=Decimal("0.52"), status="MATCHED_NOT_BROADCASTED", owner="else", timestamp=None,
        fee_rate_bps=None, matched_at=None, updated_at=None, trade_owner=None, maker_address=None,
        transaction_hash=None, bucket_index=None, trader_side="MAKER", outcome=None,
        maker_orders=tuple(
            MakerFill(
                order_id=order_id, owner=owner, maker_address=None, matched_amount=Decimal(size),
                price=Decimal("0.48"), fee_rate_bps=None, asset_id="2", side="BUY", outcome=None,
                outcome_index=None,
            )
            for order_id, owner, size in makers
        ),
    )  # fmt: skip
    (own,) = own_trades(trade, "key-id")
    assert (own.venue_order_id, own.size, own.price) == ("0x01", Decimal(5), Decimal("0.48"))
    assert (own.status, own.takes) == (TradeStatus.MATCHED, False)


def test_cancels_overtake_orders_that_wait_for_the_budget() -> None:
    paced: Paced[str] = Paced(RateBudget())
    sent = [name for i in range(60) for name in paced.add(Request("bot", 1), f"o{i}", NOW)]
    assert len(sent) == 48
    assert list(paced.add(Request("bot", 1, cancels=True), "cancel", NOW)) == ["cancel"]
    assert list(paced.add(Request("bot", 1, reduces=True), "reduce", NOW)) == ["reduce"]
    assert next(iter(paced.release(NOW + 1_000))) == "o48"


async def test_leaving_cancels_until_the_venue_lists_nothing() -> None:
    refusals = iter((httpx.Response(500), httpx.Response(425)))

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/cancel-all":
            done = httpx.Response(200, json={"canceled": [], "not_canceled": {}})
            return next(refusals, done)
        return httpx.Response(200, json={"data": [], "next_cursor": "LTE="})

    rig = Rig(answer)
    await rig.gateway.leave()
    paths = [request.url.path for request in rig.requests]
    assert paths == ["/cancel-all"] * 3 + ["/data/orders"]
    (left,) = rig.told
    assert isinstance(left, VenueSession)
    assert not left.running
    assert await rig.take(rig.place("a")) == [left]
