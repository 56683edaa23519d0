"""Messages of one small trading day; times in ms after `T0`."""

from decimal import Decimal
from typing import TypedDict

from schemas.envelope import Header, Message
from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, VenueEventId, derive_id
from schemas.market import BookTop, Market, MarketListed, MarketResolved, TickSizeChanged
from schemas.ops import Alert, AlertHandled, Deed, Severity
from schemas.pairs import (
    ConversionTerms,
    ConvertApproved,
    ConvertDenied,
    ConvertIntent,
    Outcome,
    PairsSplit,
    PositionsConverted,
    RebatePaid,
    SplitApproved,
    SplitDenied,
    SplitIntent,
)
from schemas.portfolio import EquityPoint, PositionClosed, PositionState
from schemas.reasons import DenialCode
from schemas.risk import (
    BreakerKind,
    CircuitBreakerReset,
    CircuitBreakerTriggered,
    DrawdownThreshold,
    EmergencyHalt,
)
from schemas.trading import (
    BundleIntent,
    Fill,
    IntentApproved,
    IntentDenied,
    MergeApproved,
    MergeDenied,
    MergeIntent,
    Order,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    PlaceIntent,
    Signal,
    Stamp,
    TradeStatusChanged,
)
from schemas.values import (
    Action,
    DataLabel,
    IntentKind,
    MarketStatus,
    OrderStatus,
    Side,
    TradeStatus,
    Trust,
    Zone,
)
from schemas.wallet import JobKind, TransactionEnded

T0 = 1_795_413_600_000
"""2026-11-23 06:00 UTC."""
ACCOUNT = AccountId("main")
BOT = BotId("bot_05")
MARKET = MarketId("0x" + "ab" * 32)
EVENT = VenueEventId("event-1")
YES = TokenId("1111")
NO = TokenId("2222")


class OfPairs(TypedDict):
    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    yes_token_id: TokenId
    no_token_id: TokenId
    pairs: Decimal


OF_PAIRS = OfPairs(
    bot_id=BOT,
    account_id=ACCOUNT,
    market_id=MARKET,
    venue_event_id=EVENT,
    yes_token_id=TokenId("yes"),
    no_token_id=TokenId("no"),
    pairs=Decimal(5),
)


def at(ms: int, *parts: str | int) -> Header:
    """An envelope."""
    return Header(
        event_id=derive_id("test", ms, *parts),
        event_time=T0 + ms,
        ingest_time=T0 + ms,
        source="test",
        causation_id="",
    )


def order(
    name: str = "o1", ordered: int = 0, size: str = "10", price: str = "0.45", bot: BotId = BOT
) -> Order:
    return Order(
        order_id=OrderId(name),
        bot_id=bot,
        account_id=ACCOUNT,
        venue_event_id=EVENT,
        market_id=MARKET,
        token_id=YES,
        side=Side.YES,
        action=Action.BUY,
        price=Decimal(price),
        size=Decimal(size),
        kind=IntentKind.MM,
        expires_at=T0 + 3_600_000,
        fair_value=Decimal("0.5"),
        sigma=Decimal("0.02"),
        edge=Decimal("0.01"),
        ordered_at=T0 + ordered if ordered >= 0 else 0,
    )


def placed(what: Order, ms: int = 20) -> OrderPlaced:
    return OrderPlaced(
        **at(ms, "placed", what.order_id),
        order_id=what.order_id,
        bot_id=what.bot_id,
        account_id=ACCOUNT,
        market_id=MARKET,
        token_id=YES,
        ordered_at=what.ordered_at,
        order=what,
        zone=Zone.ZONE_3,
        kind=what.kind,
        queue_ahead=Decimal("120.5"),
        venue_order_id="0xfeed",
    )


def rejected(what: Order, ms: int = 20) -> OrderRejected:
    return OrderRejected(
        **at(ms, "rejected", what.order_id),
        order_id=what.order_id,
        bot_id=what.bot_id,
        account_id=ACCOUNT,
        market_id=MARKET,
        token_id=YES,
        ordered_at=what.ordered_at,
        order=what,
        reason="WOULD_CROSS",
    )


def canceled(what: Order, ms: int, filled: str = "0") -> OrderCanceled:
    return OrderCanceled(
        **at(ms, "canceled", what.order_id),
        order_id=what.order_id,
        bot_id=what.bot_id,
        account_id=ACCOUNT,
        market_id=MARKET,
        token_id=YES,
        ordered_at=what.ordered_at,
        filled=Decimal(filled),
        reason="drift",
    )


def expired(what: Order, ms: int, filled: str = "0") -> OrderExpired:
    return OrderExpired(
        **at(ms, "expired", what.order_id),
        order_id=what.order_id,
        bot_id=what.bot_id,
        account_id=ACCOUNT,
        market_id=MARKET,
        token_id=YES,
        ordered_at=what.ordered_at,
        filled=Decimal(filled),
    )


def fill(
    what: Order,
    ms: int,
    size: str,
    cumulative: str,
    *,
    mid: str | None = "0.5",
    side: Side = Side.YES,
) -> Fill:
    is_whole = Decimal(cumulative) >= what.size
    return Fill(
        **at(ms, "fill", what.order_id, cumulative),
        trade_id=f"t-{what.order_id}-{cumulative}",
        order_id=what.order_id,
        bot_id=what.bot_id,
        account_id=ACCOUNT,
        venue_event_id=EVENT,
        market_id=MARKET,
        token_id=YES if side is Side.YES else NO,
        side=side,
        action=what.action,
        kind=what.kind,
        price=what.price,
        size=Decimal(size),
        cumulative=Decimal(cumulative),
        fee=Decimal("0.01"),
        status=OrderStatus.FILLED if is_whole else OrderStatus.PARTIALLY_FILLED,
        zone=Zone.ZONE_3,
        mid=None if mid is None else Decimal(mid),
        ordered_at=what.ordered_at,
    )


def merged_pairs(ms: int, pairs: str = "5") -> PairsMerged:
    return PairsMerged(
        **at(ms, "merged"),
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=EVENT,
        pairs=Decimal(pairs),
        gas=Decimal("0.02"),
    )


def approved(*orders: Order, ms: int = 10) -> IntentApproved:
    return IntentApproved(
        **at(ms, "approved", *(o.order_id for o in orders)),
        intent_id="i1",
        bot_id=orders[0].bot_id,
        account_id=ACCOUNT,
        orders=orders,
        zones=tuple(Zone.ZONE_3 for _ in orders),
        kinds=tuple(o.kind for o in orders),
    )


def denied(
    what: Order, ms: int = 10, code: DenialCode = DenialCode.NO_EDGE, value: str = "0.002"
) -> IntentDenied:
    return IntentDenied(
        **at(ms, "denied", what.order_id),
        intent_id="i2",
        bot_id=what.bot_id,
        account_id=ACCOUNT,
        code=code,
        rule="edge after costs at least 0.005",
        limit="0.005",
        value=value,
        order=what,
    )


def merge_approved(ms: int) -> MergeApproved:
    return MergeApproved(
        **at(ms, "merge"),
        intent_id="i3",
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=EVENT,
        pairs=Decimal(5),
    )


def merge_denied(ms: int) -> MergeDenied:
    return MergeDenied(
        **at(ms, "merge-denied"),
        intent_id="i4",
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=EVENT,
        pairs=Decimal(9),
        code=DenialCode.INSUFFICIENT_BALANCE,
        rule="pairs held",
        limit="5",
        value="9",
    )


def pairs_split(ms: int) -> PairsSplit:
    return PairsSplit(**at(ms, "split"), **OF_PAIRS, intent_id="i5", gas=Decimal("0.02"))


def split_approved(ms: int) -> SplitApproved:
    return SplitApproved(**at(ms, "split-approved"), **OF_PAIRS, intent_id="i5")


def split_denied(ms: int) -> SplitDenied:
    return SplitDenied(
        **at(ms, "split-denied"),
        **OF_PAIRS,
        intent_id="i6",
        code=DenialCode.INSUFFICIENT_BALANCE,
        rule="cash",
        limit="5",
        value="9",
    )


def _terms() -> ConversionTerms:
    return ConversionTerms(
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=EVENT,
        gives=(MARKET, MarketId("0xm2")),
        gets=(Outcome(MarketId("0xm3"), TokenId("0xt3")),),
        size=Decimal(7),
    )


def positions_converted(ms: int) -> PositionsConverted:
    return PositionsConverted(
        **at(ms, "converted"), **_terms(), intent_id="i7", gas=Decimal("0.03")
    )


def convert_approved(ms: int) -> ConvertApproved:
    return ConvertApproved(**at(ms, "convert-approved"), **_terms(), intent_id="i7")


def convert_denied(ms: int) -> ConvertDenied:
    return ConvertDenied(
        **at(ms, "convert-denied"),
        **_terms(),
        intent_id="i8",
        code=DenialCode.INSUFFICIENT_BALANCE,
        rule="free",
        limit="5",
        value="7",
    )


def rebate_paid(ms: int) -> RebatePaid:
    return RebatePaid(
        **at(ms, "rebate"),
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=EVENT,
        day=0,
        amount=Decimal("1.25"),
    )


def signal(ms: int, decision: str = "none", bot: BotId = BOT) -> Signal:
    return Signal(
        **at(ms, "signal", bot, decision),
        bot_id=bot,
        market_id=MARKET,
        token_id=YES,
        fair_value=0.51,
        sigma=0.02,
        mid=0.5,
        limit_price=Decimal("0.49"),
        edge=0.01,
        sizing_lambda=0.25,
        shrinkage=None,
        features={"toxicity": 0.125},
        decision=decision,
        reason="drift-below-threshold",
    )


def position(ms: int, size: str, *, opened: int = 40, name: str = "p1") -> PositionState:
    return PositionState(
        **at(ms, "position", name, size),
        position_id=name,
        bot_id=BOT,
        account_id=ACCOUNT,
        venue_event_id=EVENT,
        market_id=MARKET,
        token_id=YES,
        side=Side.YES,
        size=Decimal(size),
        entry_price=Decimal("0.45"),
        mark=Decimal("0.44"),
        realised_pnl=Decimal("-0.01"),
        unrealised_pnl=Decimal("-0.1"),
        fees=Decimal("0.01"),
        zone=Zone.ZONE_3,
        opened_at=T0 + opened,
        closed_at=None if Decimal(size) else T0 + ms,
    )


def equity(
    ms: int, equity: str = "10000", *, bot: BotId | None = BOT, realised: str = "0"
) -> EquityPoint:
    return EquityPoint(
        **at(ms, "equity", bot or "portfolio"),
        account_id=ACCOUNT,
        bot_id=bot,
        cash=Decimal("9000"),
        reserved=Decimal("500"),
        receivable=Decimal(0),
        equity=Decimal(equity),
        equity_mid=Decimal(equity) + 1,
        realised_pnl=Decimal(realised),
        unrealised_pnl=Decimal("-0.5"),
        fees=Decimal("0.01"),
        gas=Decimal(0),
        nav=Decimal(equity) / 10000,
        drawdown=Decimal("0.0125"),
        exposure=Decimal("1000"),
    )


def closed(ms: int, pnl: str, bot: BotId = BOT) -> PositionClosed:
    return PositionClosed(
        **at(ms, "closed", bot, pnl),
        episode_id=f"e-{bot}-{ms}",
        bot_id=bot,
        market_id=MARKET,
        pnl=Decimal(pnl),
        opened_at=T0,
        reason="sold",
    )


def top(
    ms: int, bid: str | None = "0.49", ask: str | None = "0.51", market: MarketId = MARKET
) -> BookTop:
    return BookTop(
        **at(ms, "top", market),
        market_id=market,
        bid=None if bid is None else Decimal(bid),
        bid_size=Decimal("100.5"),
        ask=None if ask is None else Decimal(ask),
        ask_size=Decimal(80),
        bid_depth=Decimal("512.25"),
        ask_depth=Decimal(400),
        last_price=Decimal("0.5"),
        volume_24h=Decimal("12345.67"),
        trust=Trust.VERIFIED,
        label=DataLabel.SIMULATED,
    )


def listed(ms: int, market: MarketId = MARKET, volume: str = "1000") -> MarketListed:
    return MarketListed(
        **at(ms, "listed", market),
        market=Market(
            market_id=market,
            venue_event_id=EVENT,
            question="Will it rain?",
            slug="rain",
            yes_token_id=YES,
            no_token_id=NO,
            tick=100,
            min_size=Decimal(5),
            label=DataLabel.SIMULATED,
            volume_24h=Decimal(volume),
            resolves_at=T0 + 86_400_000,
        ),
    )


def tick_changed(ms: int) -> TickSizeChanged:
    return TickSizeChanged(**at(ms, "tick"), market_id=MARKET, old_tick=100, new_tick=10)


def resolved(ms: int) -> MarketResolved:
    return MarketResolved(**at(ms, "resolved"), market_id=MARKET, yes_payout=Decimal(1))


def breaches(ms: int) -> tuple[Message, ...]:
    """One of each kind."""
    return (
        DrawdownThreshold(
            **at(ms, "warning"),
            bot_id=BOT,
            reason=BreakerKind.BOT_DRAWDOWN,
            level=Decimal("0.8"),
            threshold_value=Decimal("0.25"),
            current_value=Decimal("0.2"),
        ),
        CircuitBreakerTriggered(
            **at(ms + 1, "trip"),
            bot_id=BOT,
            reason=BreakerKind.BOT_DRAWDOWN,
            threshold_value=Decimal("0.25"),
            current_value=Decimal("0.26"),
            affected=(BOT,),
        ),
        CircuitBreakerReset(
            **at(ms + 2, "reset"), bot_id=BOT, reason=BreakerKind.BOT_DRAWDOWN, by="operator"
        ),
        EmergencyHalt(**at(ms + 3, "halt"), account_id=ACCOUNT, reason="drill", by="cli"),
    )


def traded(what: Fill, ms: int, status: TradeStatus) -> TradeStatusChanged:
    return TradeStatusChanged(**at(ms, "status", what.trade_id, status), fill=what, status=status)


def stamp(ms: int) -> Stamp:
    return Stamp(
        book_event_id="book-1",
        bid=Decimal("0.45"),
        bid_size=Decimal(100),
        ask=Decimal("0.55"),
        ask_size=Decimal(80),
        tick=Decimal("0.01"),
        min_size=Decimal(5),
        status=MarketStatus.ACTIVE,
        trust=Trust.VERIFIED,
        heard_at=T0 + ms,
        lag_ms=3,
        decided_at=T0 + ms,
        equity=Decimal(10_000),
        sizing_lambda=Decimal("0.25"),
    )


def caused(ms: int, cause: str, *parts: str | int) -> Header:
    """An envelope of what follows from a message."""
    head = at(ms, *parts)
    head["causation_id"] = cause
    return head


def place_intent(ms: int, what: Order, cause: str = "book-1") -> PlaceIntent:
    head = caused(ms, cause, "place", what.order_id)
    return PlaceIntent(**head, bot_id=what.bot_id, order=what, stamp=stamp(ms))


def bundle_intent(ms: int, *orders: Order) -> BundleIntent:
    return BundleIntent(
        **caused(ms, "book-2", "bundle"),
        bot_id=BOT,
        bundle_id="bundle",
        orders=orders,
        stamps=tuple(stamp(ms) for _ in orders),
    )


def merge_intent(ms: int) -> MergeIntent:
    return MergeIntent(
        **caused(ms, "book-3", "merge"),
        bot_id=BOT,
        account_id=ACCOUNT,
        market_id=MARKET,
        venue_event_id=EVENT,
        pairs=Decimal(3),
    )


def alert(
    ms: int,
    rule: str = "stage-silent",
    scope: str = "book",
    severity: Severity = Severity.CRITICAL,
) -> Alert:
    return Alert(
        **at(ms, "alert", rule, scope),
        rule=rule,
        severity=severity,
        scope=scope,
        detail=f"{scope} was not heard.",
    )


def alert_handled(
    ms: int,
    deed: Deed,
    rule: str = "stage-silent",
    scope: str = "book",
    until: int | None = None,
) -> AlertHandled:
    return AlertHandled(
        **at(ms, "handled", deed, rule, scope),
        rule=rule,
        scope=scope,
        deed=deed,
        by="cli",
        until=until,
        note="looked at it",
    )


def transaction(ms: int, cost: str | None = "0.01", bot: BotId = BOT) -> TransactionEnded:
    return TransactionEnded(
        **at(ms, "transaction"),
        account_id=ACCOUNT,
        wallet="0x" + "ab" * 20,
        job_id="job",
        kind=JobKind.MERGE,
        bot_id=bot,
        nonce=3,
        attempt=2,
        hash="0x" + "cd" * 32,
        block=77,
        status="confirmed",
        began_at=T0 + ms - 30,
        gas_used=200_000,
        gas_price=30 * 10**9,
        cost_pol=Decimal("0.006"),
        cost_usd=None if cost is None else Decimal(cost),
    )


def day() -> list[Message]:
    """Every message that tells rows, in a plausible order."""
    first, second, third = order("o1"), order("o2", 100), order("o3", 200)
    return [
        listed(0),
        top(5),
        signal(8, "place"),
        place_intent(9, first),
        bundle_intent(9, second, third),
        merge_intent(61),
        SplitIntent(**caused(61, "book-3", "split"), **OF_PAIRS),
        ConvertIntent(**caused(61, "book-3", "convert"), **_terms()),
        approved(first, second),
        denied(third),
        placed(first),
        placed(second, 120),
        fill(first, 40, "4", "4"),
        fill(first, 60, "6", "10"),
        traded(fill(first, 60, "6", "10"), 62, TradeStatus.MINED),
        canceled(second, 300),
        rejected(third, 220),
        position(60, "10"),
        equity(61),
        equity(61, "20000", bot=None),
        merge_approved(62),
        merge_denied(63),
        merged_pairs(64),
        split_approved(65),
        split_denied(66),
        pairs_split(67),
        convert_approved(67),
        convert_denied(67),
        positions_converted(67),
        rebate_paid(68),
        position(400, "0"),
        closed(400, "1.5"),
        tick_changed(500),
        *breaches(600),
        alert(610),
        alert_handled(620, Deed.ACKNOWLEDGED),
        expired(order("o4", 700), 900),
        resolved(1000),
        transaction(1100),
    ]
