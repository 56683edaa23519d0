"""The bots' stage with a gate that approves everything and an exchange that fills what is crossed.

Small on purpose: no latency, no queue, no limits. It shows that bots quote, complete, merge and
reduce; the real gate and the paper exchange have tests of their own.
"""

from collections import deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from agents.registry import make_bots
from agents.stages.base import Emit
from agents.stages.bots import BotsStage
from configs.profiles import load_profiles
from configs.rules import load_rules
from schemas.envelope import Message, header
from schemas.ids import BotId, MarketId, OrderId
from schemas.pairs import ConvertApproved, ConvertIntent, PositionsConverted
from schemas.reasons import DenialCode
from schemas.risk import SizingAdvice
from schemas.trading import (
    BundleIntent,
    CancelOrder,
    Fill,
    IntentApproved,
    IntentDenied,
    MergeApproved,
    MergeDenied,
    MergeIntent,
    Order,
    OrderCanceled,
    OrderPlaced,
    PairsMerged,
    PlaceIntent,
    Signal,
    Stamp,
)
from schemas.values import Action, IntentKind, Money, OrderStatus, Side
from streams.orders import is_bid, yes_price
from tests.agents.tape import ACCOUNT
from topics.catalog import ADVICE, DECIDE_INPUTS, GATE_INPUTS, INTENTS, SIGNALS

Deny = Callable[[Order], DenialCode | None]


def make_stage(
    numbers: str = "1,5",
    *,
    money: Money = Money.PAPER,
    shows_own: bool = False,
    folder: Path | None = None,
) -> BotsStage:
    """The stage with the shipped parameters, or those of a folder."""
    rules = load_rules()
    return BotsStage(
        0,
        ACCOUNT,
        make_bots(numbers, rules, folder),
        load_profiles(),
        rules,
        money,
        book_shows_own_orders=shows_own,
    )


class ClosedLoop:
    """Feeds the stage and answers what it asks for.

    Attributes:
        live: Orders that rest at the exchange.
        fills: Every fill so far.
        held: Shares by bot, market and side.
        deny: Why the gate refuses an order; nothing is refused by default.
        answers: Whether the gate answers at all.
        merges: Whether the gate lets pairs be merged.
    """

    def __init__(self, stage: BotsStage | None = None) -> None:
        self.stage = make_stage() if stage is None else stage
        self.emitted: list[Emit] = []
        self.live: dict[OrderId, Order] = {}
        self.filled: dict[OrderId, Decimal] = {}
        self.fills: list[Fill] = []
        self.merged: list[PairsMerged] = []
        self.converted: list[PositionsConverted] = []
        self.held: dict[tuple[BotId, MarketId, Side], Decimal] = {}
        self.stamps: dict[OrderId, Stamp] = {}
        self.deny: Deny = lambda order: None
        self.answers = True
        self.merges = True
        self.now = 0
        self._queue: deque[Message] = deque()
        self._count = 0

    def feed(self, *messages: Message) -> list[Message]:
        """Apply messages and all that follows; returns what the stage emitted, in order."""
        first = len(self.emitted)
        for message in messages:
            self._queue.append(message)
            self._drain()
        return [emit.message for emit in self.emitted[first:]]

    def fill(self, order: Order, size: str | None = None) -> list[Message]:
        """Let somebody trade with a resting order, wholly or in part."""
        left = order.size - self.filled[order.order_id]
        amount = left if size is None else Decimal(size)
        filled = self.filled[order.order_id] + amount
        self.filled[order.order_id] = filled
        is_whole = filled == order.size
        if is_whole:
            del self.live[order.order_id]
        key = (order.bot_id, order.market_id, order.side)
        sign = 1 if order.action is Action.BUY else -1
        self.held[key] = self.held.get(key, Decimal(0)) + sign * amount
        assert self.held[key] >= 0, "sold what is not held"
        self._count += 1
        trade_id = f"trade-{self._count}"
        fill = Fill(
            event_id=trade_id,
            event_time=self.now,
            ingest_time=self.now,
            source="exchange",
            trade_id=trade_id,
            order_id=order.order_id,
            bot_id=order.bot_id,
            account_id=ACCOUNT,
            venue_event_id=order.venue_event_id,
            market_id=order.market_id,
            token_id=order.token_id,
            side=order.side,
            action=order.action,
            kind=order.kind,
            price=order.price,
            size=amount,
            cumulative=filled,
            fee=Decimal(0),
            status=OrderStatus.FILLED if is_whole else OrderStatus.PARTIALLY_FILLED,
            bundle_id=order.bundle_id,
        )
        self.fills.append(fill)
        return self.feed(fill)

    def orders(self, bot_id: BotId | None = None) -> list[Order]:
        """Resting orders, oldest first."""
        return [order for order in self.live.values() if bot_id in (None, order.bot_id)]

    def signals(self) -> list[Signal]:
        """Every signal so far."""
        return [emit.message for emit in self.emitted if isinstance(emit.message, Signal)]

    # ------------------------------------------------------------------ inside

    def _drain(self) -> None:
        while self._queue:
            message = self._queue.popleft()
            self.now = max(self.now, message.ingest_time)
            emits: Sequence[Emit] = self.stage.apply(message)
            self.emitted += emits
            for emit in emits:
                self._answer(emit)

    def _answer(self, emit: Emit) -> None:
        message = emit.message
        if emit.topic is DECIDE_INPUTS:
            assert isinstance(message, CancelOrder)
            self._queue.append(message)
            self._cancel(message, message.order_id)
        elif emit.topic is GATE_INPUTS:
            if self.answers:
                self._decide(message)
        else:
            assert emit.topic in (INTENTS, SIGNALS, ADVICE)

    def _decide(self, intent: Message) -> None:
        head = header("gate", intent, "verdict", now=self.now)
        match intent:
            case MergeIntent() if not self.merges:
                self._queue.append(
                    MergeDenied(
                        **head,
                        intent_id=intent.event_id,
                        bot_id=intent.bot_id,
                        account_id=ACCOUNT,
                        market_id=intent.market_id,
                        venue_event_id=intent.venue_event_id,
                        pairs=intent.pairs,
                        code=DenialCode.INSUFFICIENT_BALANCE,
                        rule="the test says so",
                        limit="",
                        value="",
                    )
                )
            case MergeIntent():
                self._queue.append(
                    MergeApproved(
                        **head,
                        intent_id=intent.event_id,
                        bot_id=intent.bot_id,
                        account_id=ACCOUNT,
                        market_id=intent.market_id,
                        venue_event_id=intent.venue_event_id,
                        pairs=intent.pairs,
                    )
                )
                self._merge(intent)
            case ConvertIntent():
                approved = ConvertApproved(**head, intent_id=intent.event_id, **intent.terms)
                self._queue.append(approved)
                self._convert(intent)
            case PlaceIntent(order=order, stamp=stamp, replaces=replaces):
                self._place(intent, (order,), (stamp,), replaces)
            case BundleIntent(orders=orders, stamps=stamps):
                self._place(intent, orders, stamps, None)
            case SizingAdvice():
                pass
            case _:
                raise AssertionError(f"no intent: {intent}")

    def _convert(self, intent: ConvertIntent) -> None:
        """Carry a conversion out."""
        for market_id in intent.gives:
            self.held[intent.bot_id, market_id, Side.NO] -= intent.size
        for outcome in intent.gets:
            key = (intent.bot_id, outcome.market_id, Side.YES)
            self.held[key] = self.held.get(key, Decimal(0)) + intent.size
        head = header("exchange", intent, "converted", now=self.now)
        gas = Decimal("0.01")
        done = PositionsConverted(**head, **intent.terms, intent_id=intent.event_id, gas=gas)
        self.converted.append(done)
        self._queue.append(done)

    def _place(
        self,
        intent: PlaceIntent | BundleIntent,
        orders: tuple[Order, ...],
        stamps: tuple[Stamp, ...],
        replaces: OrderId | None,
    ) -> None:
        head = header("gate", intent, "verdict", now=self.now)
        refused = [(order, code) for order in orders if (code := self.deny(order)) is not None]
        if refused:
            order, code = refused[0]
            self._queue.append(
                IntentDenied(
                    **head,
                    intent_id=intent.event_id,
                    bot_id=order.bot_id,
                    account_id=ACCOUNT,
                    code=code,
                    rule="the test says so",
                    limit="",
                    value="",
                    order=order,
                )
            )
            return
        self.stamps |= {o.order_id: stamp for o, stamp in zip(orders, stamps, strict=True)}
        self._queue.append(
            IntentApproved(
                **head,
                intent_id=intent.event_id,
                bot_id=intent.bot_id,
                account_id=ACCOUNT,
                orders=orders,
                zones=(None,) * len(orders),
                kinds=tuple(order.kind for order in orders),
                cancel_first=replaces,
            )
        )
        if replaces is not None:
            self._cancel(intent, replaces)
        for order in orders:
            self._rest(intent, order)

    def _rest(self, cause: Message, order: Order) -> None:
        self._check(order)
        self.live[order.order_id] = order
        self.filled[order.order_id] = Decimal(0)
        self._queue.append(
            OrderPlaced(
                **header("exchange", cause, "placed", order.order_id, now=self.now),
                order_id=order.order_id,
                bot_id=order.bot_id,
                account_id=ACCOUNT,
                market_id=order.market_id,
                token_id=order.token_id,
                order=order,
                zone=None,
                kind=order.kind,
            )
        )

    def _check(self, order: Order) -> None:
        """What the gate and the venue would never forgive."""
        stamp = self.stamps[order.order_id]
        price, bid, ask = yes_price(order), stamp.bid, stamp.ask
        if is_bid(order):
            assert ask is None or price < ask, "the order would take"
        else:
            assert bid is None or price > bid, "the order would take"
        assert order.post_only
        assert order.size % Decimal("0.01") == 0
        assert order.size >= 5
        assert order.expires_at is not None
        assert order.expires_at >= self.now + 180_000
        if order.kind is not IntentKind.REDUCE and order.action is Action.BUY:
            assert order.size * order.price >= 5
        for other in self.live.values():
            if other.market_id == order.market_id and is_bid(other) != is_bid(order):
                low, high = sorted((price, yes_price(other)))
                assert low != high, "own orders lock"
                assert is_bid(order) == (price == low), "own orders cross"

    def _cancel(self, cause: Message, order_id: OrderId) -> None:
        order = self.live.pop(order_id, None)
        if order is None:
            return
        self._queue.append(
            OrderCanceled(
                **header("exchange", cause, "canceled", order_id, now=self.now),
                order_id=order_id,
                bot_id=order.bot_id,
                account_id=ACCOUNT,
                market_id=order.market_id,
                token_id=order.token_id,
                filled=self.filled[order_id],
                reason="asked",
            )
        )

    def _merge(self, intent: MergeIntent) -> None:
        for side in Side:
            key = (intent.bot_id, intent.market_id, side)
            self.held[key] -= intent.pairs
            assert self.held[key] >= 0, "merged what is not held"
        merged = PairsMerged(
            **header("exchange", intent, "merged", now=self.now),
            bot_id=intent.bot_id,
            account_id=ACCOUNT,
            market_id=intent.market_id,
            venue_event_id=intent.venue_event_id,
            pairs=intent.pairs,
            gas=Decimal("0.01"),
        )
        self.merged.append(merged)
        self._queue.append(merged)
