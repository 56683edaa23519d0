"""A tape for the paper exchange: messages in dollars, shares and milliseconds from a start."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import count

from msgspec.structs import replace

from schemas.envelope import Header, Message
from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, VenueEventId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    FeedStatus,
    Level,
    LevelChange,
    Market,
    MarketListed,
    MarketResolved,
    MarketTrade,
    TickSizeChanged,
)
from schemas.ops import ClockTick
from schemas.pairs import ConvertApproved, Outcome, SplitApproved
from schemas.trading import CancelOrder, IntentApproved, MergeApproved, Order
from schemas.values import (
    MICRO,
    PIPS,
    Action,
    DataLabel,
    IntentKind,
    Side,
    TimeInForce,
    Trust,
    Zone,
)
from streams.paper_exchange import PaperExchange
from streams.paper_reports import Report
from streams.paper_rules import PaperRules
from streams.queue_models import QueueModel, RiskAverse

START = 1_760_000_000_000
MARKET = MarketId("0x" + "a" * 64)
OTHER = MarketId("0x" + "b" * 64)
ACCOUNT = AccountId("main")
BOT = BotId("bot_05")
FEED = "market-ws-1"
TICK = 100
SIDES = {"bid": 0, "ask": 1}
WIDE = PaperRules(max_level_share=Decimal("0.999999"))
"""Rules whose share guard never binds."""

_serial = count()

Levels = Iterable[tuple[str, float]]


def micro(shares: float) -> int:
    return round(shares * MICRO)


def ticks_of(price: str, tick: int = TICK) -> int:
    return int(Decimal(price) * PIPS) // tick


def _head(at: int, name: str = "") -> Header:
    return Header(
        event_id=name or f"event-{next(_serial)}",
        event_time=START + at,
        ingest_time=START + at,
        source="test",
        causation_id="",
    )


def market(market_id: MarketId = MARKET, **changes: object) -> Market:
    plain = Market(
        market_id=market_id,
        venue_event_id=VenueEventId("event"),
        question="Does it?",
        slug="does-it",
        yes_token_id=TokenId("1" + market_id[-4:]),
        no_token_id=TokenId("2" + market_id[-4:]),
        tick=TICK,
        min_size=Decimal(5),
        label=DataLabel.LIVE,
    )
    return replace(plain, **changes)


def listed(at: int, it: Market) -> MarketListed:
    return MarketListed(**_head(at), market=it)


def snapshot(
    at: int,
    bids: Levels,
    asks: Levels,
    market_id: MarketId = MARKET,
    tick: int = TICK,
    trust: Trust = Trust.CONSISTENT,
) -> list[Message]:
    """Both legs of a market from its YES levels."""
    grid = PIPS // tick
    yes_bids = tuple(sorted(((ticks_of(p, tick), micro(s)) for p, s in bids), reverse=True))
    yes_asks = tuple(sorted((ticks_of(p, tick), micro(s)) for p, s in asks))
    legs = (
        (yes_bids, yes_asks),
        (
            tuple((grid - t, s) for t, s in yes_asks),
            tuple((grid - t, s) for t, s in yes_bids),
        ),
    )
    return [_leg(at, leg, *levels, market_id, tick, trust) for leg, levels in enumerate(legs)]


def _leg(
    at: int,
    leg: int,
    bids: tuple[Level, ...],
    asks: tuple[Level, ...],
    market_id: MarketId,
    tick: int,
    trust: Trust,
) -> BookSnapshot:
    return BookSnapshot(
        **_head(at),
        market_id=market_id,
        leg=leg,
        tick=tick,
        bids=bids,
        asks=asks,
        feed=FEED,
        trust=trust,
    )


def delta(at: int, *changes: tuple[str, str, float], market_id: MarketId = MARKET) -> BookDelta:
    """YES levels by side, price and new size, shown on both legs."""
    both: list[LevelChange] = []
    for side, price, size in changes:
        index, ticks = SIDES[side], ticks_of(price)
        both.append((0, index, ticks, micro(size)))
        both.append((1, 1 - index, PIPS // TICK - ticks, micro(size)))
    return BookDelta(
        **_head(at),
        market_id=market_id,
        tick=TICK,
        changes=tuple(both),
        feed=FEED,
        trust=Trust.CONSISTENT,
    )


def trade(
    at: int,
    action: Action,
    price: str,
    size: float,
    side: Side = Side.YES,
    transaction: str = "",
    market_id: MarketId = MARKET,
    event_time: int | None = None,
) -> MarketTrade:
    head = _head(at)
    if event_time is not None:
        head["event_time"] = START + event_time
    return MarketTrade(
        **head,
        market_id=market_id,
        leg=0 if side is Side.YES else 1,
        tick=TICK,
        ticks=ticks_of(price),
        size=micro(size),
        action=action,
        transaction=transaction,
    )


def order(
    name: str,
    side: Side,
    action: Action,
    price: str,
    size: float,
    market_id: MarketId = MARKET,
    expires_at: int | None = None,
) -> Order:
    it = market(market_id)
    return Order(
        order_id=OrderId(name),
        bot_id=BOT,
        account_id=ACCOUNT,
        venue_event_id=it.venue_event_id,
        market_id=market_id,
        token_id=it.token(side),
        side=side,
        action=action,
        price=Decimal(price),
        size=Decimal(str(size)),
        kind=IntentKind.MM,
        time_in_force=TimeInForce.GTC if expires_at is None else TimeInForce.GTD,
        expires_at=None if expires_at is None else START + expires_at,
        bundle_id="bundle",
        ordered_at=START,
    )


def bid(name: str, price: str, size: float, expires_at: int | None = None) -> Order:
    return order(name, Side.YES, Action.BUY, price, size, expires_at=expires_at)


def approve(at: int, *orders: Order, cancel_first: str | None = None) -> IntentApproved:
    name = "+".join(it.order_id for it in orders)
    return IntentApproved(
        **_head(at, f"approval-{name}"),
        intent_id=f"intent-{name}",
        bot_id=BOT,
        account_id=ACCOUNT,
        orders=orders,
        zones=tuple(Zone.ZONE_3 for _ in orders),
        kinds=tuple(it.kind for it in orders),
        cancel_first=None if cancel_first is None else OrderId(cancel_first),
    )


def cancel(at: int, name: str, market_id: MarketId = MARKET, reason: str = "ttl") -> CancelOrder:
    return CancelOrder(
        **_head(at),
        order_id=OrderId(name),
        bot_id=BOT,
        market_id=market_id,
        reason=reason,
    )


def merge(at: int, pairs: str = "50", intent_id: str = "merge-1") -> MergeApproved:
    return MergeApproved(
        **_head(at),
        intent_id=intent_id,
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=VenueEventId("event"),
        pairs=Decimal(pairs),
    )


def split(at: int, pairs: str = "50", intent_id: str = "split-1") -> SplitApproved:
    it = market()
    return SplitApproved(
        **_head(at),
        intent_id=intent_id,
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=it.venue_event_id,
        yes_token_id=it.yes_token_id,
        no_token_id=it.no_token_id,
        pairs=Decimal(pairs),
    )


def convert(at: int, size: str = "50", intent_id: str = "convert-1") -> ConvertApproved:
    return ConvertApproved(
        **_head(at),
        intent_id=intent_id,
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=market().venue_event_id,
        gives=(MARKET, MarketId("second")),
        gets=(Outcome(MarketId("third"), TokenId("third-yes")),),
        size=Decimal(size),
    )


def tick(at: int) -> ClockTick:
    return ClockTick(**_head(at))


def resolved(at: int, market_id: MarketId = MARKET) -> MarketResolved:
    return MarketResolved(**_head(at), market_id=market_id, yes_payout=Decimal(1))


def new_tick(at: int, old: int, new: int) -> TickSizeChanged:
    return TickSizeChanged(**_head(at), market_id=MARKET, old_tick=old, new_tick=new)


def trust(at: int, grade: Trust) -> BookTrustChanged:
    return BookTrustChanged(
        **_head(at),
        market_id=MARKET,
        trust=grade,
        reason="test",
        feed=FEED,
    )


def feed_status(at: int, connected: bool) -> FeedStatus:
    return FeedStatus(**_head(at), feed=FEED, connected=connected, heard_at=START + at)


def give(exchange: PaperExchange, *messages: Message | Sequence[Message]) -> list[Report]:
    """Feed messages one by one; all that is reported."""
    said: list[Report] = []
    for given in messages:
        for message in (given,) if isinstance(given, Message) else given:
            if isinstance(message, IntentApproved):
                exchange.place(message)
            elif isinstance(message, CancelOrder):
                exchange.cancel(message)
            elif isinstance(message, MergeApproved):
                exchange.merge(message)
            elif isinstance(message, SplitApproved):
                exchange.split(message)
            elif isinstance(message, ConvertApproved):
                exchange.convert(message)
            else:
                exchange.observe(message)
            said += exchange.reports()
    return said


BIDS: Levels = [("0.48", 100), ("0.47", 300), ("0.46", 300)]
ASKS: Levels = [("0.50", 100), ("0.51", 300), ("0.52", 300)]


def opened(
    rules: PaperRules = WIDE,
    model: QueueModel | None = None,
    bids: Levels = BIDS,
    asks: Levels = ASKS,
    it: Market | None = None,
) -> PaperExchange:
    """An exchange with one market and its book, at time 0."""
    exchange = PaperExchange(rules, model or RiskAverse(), ACCOUNT)
    give(exchange, listed(0, it or market()), snapshot(0, bids, asks))
    return exchange
