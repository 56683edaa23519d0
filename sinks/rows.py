"""Messages to rows. Pure: the same message gives the same rows, with the message's own times."""

from decimal import Decimal

import msgspec

from schemas.envelope import Message
from schemas.market import BookTop, Market, MarketListed, MarketResolved, TickSizeChanged
from schemas.ops import Alert, AlertHandled
from schemas.pairs import (
    ConvertApproved,
    ConvertDenied,
    ConvertIntent,
    PairsSplit,
    PositionsConverted,
    RebatePaid,
    SplitApproved,
    SplitDenied,
    SplitIntent,
)
from schemas.portfolio import EquityPoint, PositionClosed, PositionState
from schemas.risk import (
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
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    PlaceIntent,
    Signal,
    TradeStatusChanged,
)
from schemas.values import MarketStatus
from sinks.alert_rows import handled_alert, raised_alert
from sinks.intent_rows import order_intents, pairs_intent
from sinks.order_rows import closed_order, fill_rows, order_decision, told_order
from sinks.row_types import (
    CONVERT,
    MERGE,
    PORTFOLIO,
    REBATE,
    SPLIT,
    BreachRow,
    DecisionRow,
    EpisodeRow,
    EquityRow,
    MarketRow,
    PositionRow,
    Row,
    SignalRow,
    SnapshotRow,
    TradeRow,
)
from sinks.wallet_rows import wallet_rows

SNAPSHOT_MS = 1000
"""One snapshot row per market and this much event time."""

_encode = msgspec.json.encode


def rows_of(message: Message, snapshot_ms: int = SNAPSHOT_MS) -> tuple[Row, ...]:
    """The rows that a message tells; none for what no table keeps.

    Args:
        message: Any message of the topics that the sinks read.
        snapshot_ms: Event time in ms for which a market gets one snapshot row.
    """
    match message:
        case BookTop():
            return (_snapshot(message, snapshot_ms),)
        case Signal():
            return (_signal(message),)
        case OrderPlaced() | OrderRejected():
            return (told_order(message),)
        case OrderCanceled() | OrderExpired():
            return (closed_order(message),)
        case Fill() | TradeStatusChanged():
            return fill_rows(message)
        case PairsMerged() | PairsSplit() | RebatePaid():
            return (_no_trade(message),)
        case IntentApproved() | IntentDenied():
            return _decisions(message)
        case PositionsConverted():
            return (_conversion(message),)
        case MergeApproved() | MergeDenied() | SplitApproved() | SplitDenied():
            return (_pairs_decision(message, message.pairs),)
        case ConvertApproved() | ConvertDenied():
            return (_pairs_decision(message, message.size),)
        case PositionState():
            return (_position(message),)
        case EquityPoint():
            return (_equity(message),)
        case PositionClosed():
            return (_episode(message),)
        case MarketListed() | TickSizeChanged() | MarketResolved():
            return (_market(message),)
        case (
            CircuitBreakerTriggered()
            | CircuitBreakerReset()
            | DrawdownThreshold()
            | EmergencyHalt()
        ):
            return (_breach(message),)
        case _:
            return _wishes_and_alerts(message)


def _wishes_and_alerts(message: Message) -> tuple[Row, ...]:
    match message:
        case PlaceIntent() | BundleIntent():
            return order_intents(message)
        case MergeIntent() | SplitIntent() | ConvertIntent():
            return (pairs_intent(message),)
        case Alert():
            return (raised_alert(message),)
        case AlertHandled():
            return (handled_alert(message),)
        case _:
            return tuple(wallet_rows(message))


def _snapshot(top: BookTop, snapshot_ms: int) -> SnapshotRow:
    both = top.bid is not None and top.ask is not None
    return SnapshotRow(
        market_id=top.market_id,
        ts=top.event_time // snapshot_ms * snapshot_ms,
        observed_at=top.event_time,
        best_bid=top.bid,
        best_ask=top.ask,
        mid=((top.bid or Decimal(0)) + (top.ask or Decimal(0))) / 2 if both else None,
        bid_size=top.bid_size,
        ask_size=top.ask_size,
        bid_depth=top.bid_depth,
        ask_depth=top.ask_depth,
        last_price=top.last_price,
        volume_24h=top.volume_24h,
        trust=top.trust,
        label=top.label,
    )


def _signal(signal: Signal) -> SignalRow:
    return SignalRow(
        signal_id=signal.event_id,
        at=signal.event_time,
        bot_id=signal.bot_id,
        market_id=signal.market_id,
        token_id=signal.token_id,
        decision=signal.decision,
        reason=signal.reason,
        fair_value=signal.fair_value,
        sigma=signal.sigma,
        mid=signal.mid,
        edge=signal.edge,
        limit_price=signal.limit_price,
        sizing_lambda=signal.sizing_lambda,
        shrinkage=signal.shrinkage,
        features=_encode(signal.features).decode(),
        causation_id=signal.causation_id,
    )


def _no_trade(message: PairsMerged | PairsSplit | RebatePaid) -> TradeRow:
    """What moves a bot's cash without an order."""
    paid = isinstance(message, RebatePaid)
    split = isinstance(message, PairsSplit)
    return TradeRow(
        trade_id=message.event_id,
        order_id="",
        executed_at=message.event_time,
        account_id=message.account_id,
        bot_id=message.bot_id,
        venue_event_id=message.venue_event_id,
        market_id=message.market_id,
        action=REBATE if paid else SPLIT if split else MERGE,
        price=Decimal(1),
        size=message.amount if isinstance(message, RebatePaid) else message.pairs,
        fee=Decimal(0),
        gas=Decimal(0) if isinstance(message, RebatePaid) else message.gas,
        status_at=message.event_time,
    )


def _conversion(done: PositionsConverted) -> TradeRow:
    """NO tokens became YES tokens and dollars."""
    return TradeRow(
        trade_id=done.event_id,
        order_id="",
        executed_at=done.event_time,
        account_id=done.account_id,
        bot_id=done.bot_id,
        venue_event_id=done.venue_event_id,
        market_id=done.market_id,
        action=CONVERT,
        price=Decimal(len(done.gives) - 1),
        size=done.size,
        fee=Decimal(0),
        gas=done.gas,
        status_at=done.event_time,
    )


def _decisions(
    verdict: IntentApproved | IntentDenied,
) -> tuple[DecisionRow, ...]:
    if isinstance(verdict, IntentApproved):
        legs = zip(verdict.orders, verdict.kinds, verdict.zones, strict=True)
        return tuple(
            order_decision(verdict, order, leg, kind, zone)
            for leg, (order, kind, zone) in enumerate(legs)
        )
    return (order_decision(verdict, verdict.order, 0, verdict.order.kind, None),)


def _pairs_decision(
    verdict: (
        MergeApproved | MergeDenied | SplitApproved | SplitDenied | ConvertApproved | ConvertDenied
    ),
    size: Decimal,
) -> DecisionRow:
    denied = verdict if isinstance(verdict, MergeDenied | SplitDenied | ConvertDenied) else None
    splits = isinstance(verdict, SplitApproved | SplitDenied)
    merges = isinstance(verdict, MergeApproved | MergeDenied)
    return DecisionRow(
        decision_id=verdict.event_id,
        leg=0,
        decided_at=verdict.event_time,
        intent_id=verdict.intent_id,
        account_id=verdict.account_id,
        bot_id=verdict.bot_id,
        venue_event_id=verdict.venue_event_id,
        market_id=verdict.market_id,
        verdict="DENIED" if denied else "APPROVED",
        subject=SPLIT if splits else MERGE if merges else CONVERT,
        size=size,
        code=denied.code if denied else None,
        rule=denied.rule if denied else None,
        limit_value=denied.limit if denied else None,
        value=denied.value if denied else None,
    )


def _position(state: PositionState) -> PositionRow:
    return PositionRow(
        position_id=state.position_id,
        opened_at=state.opened_at,
        updated_at=state.event_time,
        closed_at=state.closed_at,
        account_id=state.account_id,
        bot_id=state.bot_id,
        venue_event_id=state.venue_event_id,
        market_id=state.market_id,
        token_id=state.token_id,
        side=state.side,
        zone=state.zone,
        size=state.size,
        entry_price=state.entry_price,
        mark=state.mark,
        realised_pnl=state.realised_pnl,
        unrealised_pnl=state.unrealised_pnl,
        fees=state.fees,
    )


def _equity(point: EquityPoint) -> EquityRow:
    return EquityRow(
        account_id=point.account_id,
        scope=point.bot_id or PORTFOLIO,
        at=point.event_time,
        cash=point.cash,
        reserved=point.reserved,
        receivable=point.receivable,
        equity=point.equity,
        equity_mid=point.equity_mid,
        realised_pnl=point.realised_pnl,
        unrealised_pnl=point.unrealised_pnl,
        fees=point.fees,
        gas=point.gas,
        nav=point.nav,
        drawdown=point.drawdown,
        exposure=point.exposure,
    )


def _episode(closed: PositionClosed) -> EpisodeRow:
    return EpisodeRow(
        episode_id=closed.episode_id,
        closed_at=closed.event_time,
        opened_at=closed.opened_at,
        bot_id=closed.bot_id,
        market_id=closed.market_id,
        pnl=closed.pnl,
        reason=closed.reason,
    )


def _market(message: MarketListed | TickSizeChanged | MarketResolved) -> MarketRow:
    at = message.event_time
    if isinstance(message, MarketListed):
        return _listed(message.market, at)
    if isinstance(message, TickSizeChanged):
        return MarketRow(message.market_id, at, tick=message.new_tick)
    return MarketRow(
        message.market_id,
        at,
        status=MarketStatus.RESOLVED,
        resolved_at=at,
        yes_payout=message.yes_payout,
    )


def _listed(market: Market, at: int) -> MarketRow:
    return MarketRow(
        market_id=market.market_id,
        updated_at=at,
        venue_event_id=market.venue_event_id,
        question=market.question,
        slug=market.slug,
        label=market.label,
        status=market.status,
        yes_token_id=market.yes_token_id,
        no_token_id=market.no_token_id,
        yes_outcome=market.outcomes[0],
        no_outcome=market.outcomes[1],
        tick=market.tick,
        min_size=market.min_size,
        category=market.category,
        series=market.series,
        neg_risk=market.neg_risk,
        auto_resolved=market.auto_resolved,
        liquidity=market.liquidity,
        volume_24h=market.volume_24h,
        listed_at=market.created_at or None,
        window_start_at=market.window_start_at,
        resolves_at=market.resolves_at,
    )


def _breach(
    message: CircuitBreakerTriggered | CircuitBreakerReset | DrawdownThreshold | EmergencyHalt,
) -> BreachRow:
    row = BreachRow(
        breach_id=message.event_id,
        at=message.event_time,
        scope=PORTFOLIO,
        event="EMERGENCY_HALT",
        breaker=None,
        threshold_value=None,
        current_value=None,
        level=None,
        affected="[]",
        reason="",
        actor="",
    )
    if isinstance(message, EmergencyHalt):
        return row._replace(reason=message.reason, actor=message.by)
    row = row._replace(scope=message.bot_id or PORTFOLIO, breaker=message.reason)
    if isinstance(message, CircuitBreakerReset):
        return row._replace(event="RESET", actor=message.by)
    row = row._replace(threshold_value=message.threshold_value, current_value=message.current_value)
    if isinstance(message, DrawdownThreshold):
        return row._replace(event="WARNING", level=message.level)
    return row._replace(event="TRIGGERED", affected=_encode(message.affected).decode())
