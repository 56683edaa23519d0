"""A generated life around a gate: wandering books, bots that try everything, an obeying venue.

Steps are plain tuples, interpreted against the state as it is, so that a failing example shrinks.
"""

from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from agents.stages.base import Emit
from agents.stages.gate import GateStage
from schemas.control import CommandApplied, Verb
from schemas.envelope import Message
from schemas.ids import BotId, MarketId, OrderId, TokenId
from schemas.trading import (
    BundleIntent,
    Fill,
    IntentApproved,
    MergeApproved,
    MergeIntent,
    Order,
    PairsMerged,
    PlaceIntent,
    Stamp,
)
from schemas.values import Action, IntentKind, MarketStatus, OrderStatus, Side, Trust
from tests.agents.stages.gate_driver import RULES
from tests.streams.account_messages import ACCOUNT, T0, Stream, a_market, event_of
from topics.catalog import DECISIONS

BOTS = (BotId("bot_01"), BotId("bot_03"), BotId("bot_05"))
MARKETS = (MarketId("0xa"), MarketId("0xb"))
Step = tuple[str, int, int, int, int]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "place",
                "place",
                "quotes",
                "quotes",
                "pair",
                "replace",
                "fill",
                "fill",
                "fill",
                "cancel",
                "merge",
                "merged",
                "book",
                "book",
                "tick",
                "command",
                "again",
            )
        ),
        st.integers(0, 5),
        st.integers(0, 40),
        st.integers(1, 400),
        st.integers(0, 8),
    ),
    max_size=60,
)
KINDS = (IntentKind.DIRECTIONAL, IntentKind.MM, IntentKind.REDUCE, IntentKind.ARB)
VERBS = (
    (Verb.HALT, False),
    (Verb.EMERGENCY_HALT, False),
    (Verb.PAUSE, True),
    (Verb.STOP, True),
    (Verb.RESUME_TRADING, False),
    (Verb.RESUME_TRADING, False),
    (Verb.RESUME, True),
    (Verb.START, True),
    (Verb.REARM, False),
)
TIGHT = msgspec.structs.replace(
    RULES.account.breakers,
    daily_loss=Decimal("0.01"),
    bot_drawdown=Decimal("0.02"),
    portfolio_drawdown=Decimal("0.03"),
)
WORLD_RULES = msgspec.structs.replace(
    RULES, account=msgspec.structs.replace(RULES.account, breakers=TIGHT)
)
"""The shipped rules with breakers that generated losses can reach."""


class World:
    """Turns steps into messages for one gate and remembers what it said."""

    def __init__(self) -> None:
        self.stream = Stream()
        self.stage = GateStage(ACCOUNT, WORLD_RULES, BOTS)
        self.now = 0
        self.bids = dict.fromkeys(MARKETS, 44)
        self.open: dict[OrderId, Order] = {}
        self.filled: dict[OrderId, Decimal] = {}
        self.merges: list[MergeApproved] = []
        self.sent: list[Message] = []
        self.last_intent: Message | None = None
        self.asked_first = ""
        self._count = 0
        for market in MARKETS:
            self.feed(self.stream.listed(0, a_market(market)))
        for bot in BOTS:
            self.feed(self.stream.capital(0, bot, "5000"))
            self.feed(self.stream.command(0, Verb.START, bot))

    def feed(self, message: Message) -> list[Emit]:
        self.sent.append(message)
        emits = list(self.stage.apply(message))
        for emit in emits:
            if emit.topic is DECISIONS:
                self._obey(emit.message)
        return emits

    def step(self, step: Step) -> list[Emit]:
        message = self.message(step)
        return [] if message is None else self.feed(message)

    def message(self, step: Step) -> Message | None:
        """The message a step stands for; None where it makes no sense now."""
        kind, which, offset, size, more = step
        market, bot = MARKETS[which % 2], BOTS[which % 3]
        if kind == "place":
            return self._place(bot, market, offset, size % 120 + 1, more)
        if kind in ("quotes", "pair"):
            usual = BOTS[2] if kind == "quotes" else BOTS[0]
            return self._both(kind, bot if which == 5 else usual, market, offset, size, more)
        if kind == "replace":
            return self._replace(which, offset, size)
        if kind in ("fill", "cancel"):
            return self._report(kind, which, size)
        if kind in ("merge", "merged"):
            return self._merge(kind, bot, market, size)
        if kind == "book":
            self.bids[market] = 20 + (self.bids[market] + offset) % 50
            bid = self.bids[market]
            good = more > 0
            no_bid = f"{Decimal(96 - bid) / 100}" if good else None
            return self.stream.mark(
                self.now, f"{Decimal(bid) / 100}", no_bid, market=market, good=good
            )
        if kind == "tick":
            self.now += (10, 1000, 6000, 60_000, 3_600_000, 90_000_000)[which]
            return self.stream.tick(self.now)
        if kind == "again":
            return self.last_intent
        verb, names_bot = VERBS[more]
        command = self.stream.command(self.now, verb, bot if names_bot else None)
        return msgspec.structs.replace(command, confirms=self.asked_first)

    def _book(self, market: MarketId, offset: int, more: int) -> Message:
        step = offset - 20 if more > 6 else offset % 5 - 2
        self.bids[market] = min(max(self.bids[market] + step, 8), 88)
        bid, good = self.bids[market], more > 0
        no_bid = f"{Decimal(96 - bid) / 100}" if good else None
        return self.stream.mark(self.now, f"{Decimal(bid) / 100}", no_bid, market=market, good=good)

    def _order(
        self,
        bot: BotId,
        market: MarketId,
        side: Side,
        action: Action,
        cents: int,
        size: int,
        kind: IntentKind,
        bundle: str = "",
    ) -> Order:
        self._count += 1
        price = Decimal(min(max(cents, 1), 99)) / 100
        return Order(
            order_id=OrderId(f"o{self._count}"),
            bot_id=bot,
            account_id=ACCOUNT,
            venue_event_id=event_of(market),
            market_id=market,
            token_id=TokenId(f"{market}-{side}"),
            side=side,
            action=action,
            price=price,
            size=Decimal(size),
            kind=kind,
            bundle_id=bundle,
            fair_value=min(price + Decimal("0.10"), Decimal("0.99")),
            edge=Decimal("0.10"),
            expires_at=T0 + self.now + 200_000,
        )

    def stamp(self, market: MarketId) -> Stamp:
        bid = Decimal(self.bids[market]) / 100
        now = T0 + self.now
        return Stamp(
            book_event_id="b",
            bid=bid,
            bid_size=Decimal(100),
            ask=bid + Decimal("0.04"),
            ask_size=Decimal(100),
            tick=Decimal("0.01"),
            min_size=Decimal(5),
            status=MarketStatus.ACTIVE,
            trust=Trust.CONSISTENT,
            heard_at=now,
            lag_ms=0,
            decided_at=now,
            equity=Decimal(5000),
            sizing_lambda=Decimal("0.2"),
        )

    def _place(self, bot: BotId, market: MarketId, offset: int, size: int, more: int) -> Message:
        side, action = Side.YES if more % 2 else Side.NO, (Action.BUY, Action.SELL)[more // 2 % 2]
        base = self.bids[market] if side is Side.YES else 96 - self.bids[market]
        cents = base + 1 - offset % 20 if action is Action.BUY else base + 1 + offset % 20
        kind = KINDS[offset % 4] if offset > 20 else _usual_kind(bot, action)
        order = self._order(bot, market, side, action, cents, size, kind)
        return self._intent(order, None)

    def _intent(self, order: Order, replaces: OrderId | None) -> Message:
        self.last_intent = PlaceIntent(
            **self.stream.head(self.now),
            bot_id=order.bot_id,
            order=order,
            stamp=self.stamp(order.market_id),
            replaces=replaces,
        )
        return self.last_intent

    def _both(
        self, kind: str, bot: BotId, market: MarketId, offset: int, size: int, more: int
    ) -> Message:
        arb = kind == "pair"
        intent = IntentKind.ARB if arb else IntentKind.MM
        bid = self.bids[market]
        bundle = f"b{self._count}" if arb else ""
        size = size % 100 + 5
        legs = (
            self._order(
                bot, market, Side.YES, Action.BUY, bid + 1 - offset % 5, size, intent, bundle
            ),
            self._order(bot, market, Side.NO, Action.BUY, 97 - bid - more, size, intent, bundle),
        )
        self.last_intent = BundleIntent(
            **self.stream.head(self.now),
            bot_id=bot,
            bundle_id=bundle,
            orders=legs,
            stamps=(self.stamp(market),) * 2,
        )
        return self.last_intent

    def _pick(self, which: int) -> Order | None:
        orders = list(self.open.values())
        return orders[which % len(orders)] if orders else None

    def _replace(self, which: int, offset: int, size: int) -> Message | None:
        old = self._pick(which)
        if old is None:
            return None
        cents = int(old.price * 100) - 2 + offset % 5
        order = self._order(old.bot_id, old.market_id, old.side, old.action, cents, size, old.kind)
        return self._intent(order, old.order_id)

    def _report(self, kind: str, which: int, size: int) -> Message | None:
        order = self._pick(which)
        if order is None:
            return None
        done = self.filled.get(order.order_id, Decimal(0))
        if kind == "cancel":
            del self.open[order.order_id]
            return self.stream.canceled(self.now, order, f"{done}")
        shares = min(Decimal(size), order.size - done)
        self.filled[order.order_id] = done + shares
        full = done + shares == order.size
        if full:
            del self.open[order.order_id]
        head = self.stream.head(self.now)
        return Fill(
            **head,
            trade_id=head["event_id"],
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
            size=shares,
            cumulative=done + shares,
            fee=Decimal(0),
            status=OrderStatus.FILLED if full else OrderStatus.PARTIALLY_FILLED,
            bundle_id=order.bundle_id,
        )

    def _merge(self, kind: str, bot: BotId, market: MarketId, size: int) -> Message | None:
        if kind == "merge":
            return MergeIntent(
                **self.stream.head(self.now),
                bot_id=bot,
                account_id=ACCOUNT,
                market_id=market,
                venue_event_id=event_of(market),
                pairs=Decimal(size),
            )
        if not self.merges:
            return None
        approved = self.merges.pop(0)
        return PairsMerged(
            **self.stream.head(self.now),
            bot_id=approved.bot_id,
            account_id=ACCOUNT,
            market_id=approved.market_id,
            venue_event_id=approved.venue_event_id,
            pairs=approved.pairs,
            gas=Decimal("0.01"),
        )

    def _obey(self, message: Message) -> None:
        """The venue takes approved orders; cancels are answered by later steps."""
        if isinstance(message, IntentApproved):
            for order, kind in zip(message.orders, message.kinds, strict=True):
                if order.order_id not in self.filled:
                    self.filled[order.order_id] = Decimal(0)
                    self.open[order.order_id] = msgspec.structs.replace(order, kind=kind)
        elif isinstance(message, MergeApproved):
            self.merges.append(message)
        elif isinstance(message, CommandApplied) and "confirm with" in message.detail:
            self.asked_first = message.command_id


def _usual_kind(bot: BotId, action: Action) -> IntentKind:
    if action is Action.SELL:
        return IntentKind.REDUCE
    return IntentKind.MM if bot == BOTS[2] else IntentKind.DIRECTIONAL
