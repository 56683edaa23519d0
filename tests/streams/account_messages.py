"""Messages of an account's stream, with defaults that tests override."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from schemas.control import BotFailed, CapitalAllocated, Command, Verb
from schemas.envelope import Header
from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, VenueEventId
from schemas.market import Market, MarketListed, MarketResolved
from schemas.ops import ClockTick
from schemas.pairs import (
    ConversionTerms,
    ConvertIntent,
    Outcome,
    PairsSplit,
    PositionsConverted,
    RebatePaid,
    SplitIntent,
    SplitTerms,
)
from schemas.portfolio import Mark
from schemas.trading import (
    Fill,
    MergeIntent,
    Order,
    OrderCanceled,
    OrderPlaced,
    OrderRejected,
    PairsMerged,
    TradeStatusChanged,
)
from schemas.values import (
    Action,
    DataLabel,
    IntentKind,
    OrderStatus,
    Side,
    TradeStatus,
    Zone,
)

ACCOUNT = AccountId("main")
BOT_1, BOT_5 = BotId("bot_01"), BotId("bot_05")
MARKET, OTHER = MarketId("0xaa"), MarketId("0xbb")
T0 = 1_767_225_600_000
"""2026-01-01 00:00:00 UTC."""
DAY = 86_400_000
YES, NO, BUY, SELL = Side.YES, Side.NO, Action.BUY, Action.SELL
MM, ARB, DIRECTIONAL, REDUCE = (
    IntentKind.MM,
    IntentKind.ARB,
    IntentKind.DIRECTIONAL,
    IntentKind.REDUCE,
)


class Stream:
    """Makes messages with rising ids; `at` is milliseconds after T0."""

    def __init__(self) -> None:
        self._ids = count(1)

    def head(self, at: int) -> Header:
        return Header(
            event_id=f"e{next(self._ids)}",
            event_time=T0 + at,
            ingest_time=T0 + at,
            source="test",
            causation_id="",
        )

    def tick(self, at: int) -> ClockTick:
        return ClockTick(**self.head(at))

    def capital(self, at: int, bot: BotId | None, amount: str) -> CapitalAllocated:
        return CapitalAllocated(
            **self.head(at), account_id=ACCOUNT, bot_id=bot, amount=Decimal(amount)
        )

    def command(self, at: int, verb: Verb, bot: BotId | None = None) -> Command:
        return Command(
            **self.head(at), account_id=ACCOUNT, verb=verb, bot_id=bot, reason="test", by="cli"
        )

    def listed(self, at: int, market: Market | None = None) -> MarketListed:
        return MarketListed(**self.head(at), market=a_market() if market is None else market)

    def mark(
        self,
        at: int,
        yes: str | None,
        no: str | None,
        *,
        market: MarketId = MARKET,
        good: bool = True,
    ) -> Mark:
        return Mark(
            **self.head(at),
            market_id=market,
            yes_bid=None if yes is None else Decimal(yes),
            no_bid=None if no is None else Decimal(no),
            good=good,
        )

    def resolved(self, at: int, payout: str, market: MarketId = MARKET) -> MarketResolved:
        return MarketResolved(**self.head(at), market_id=market, yes_payout=Decimal(payout))

    def placed(
        self, at: int, order: Order, kind: IntentKind | None = None, zone: Zone | None = None
    ) -> OrderPlaced:
        return OrderPlaced(
            **self.head(at),
            order_id=order.order_id,
            bot_id=order.bot_id,
            account_id=order.account_id,
            market_id=order.market_id,
            token_id=order.token_id,
            order=order,
            zone=zone,
            kind=order.kind if kind is None else kind,
        )

    def canceled(self, at: int, order: Order, filled: str = "0") -> OrderCanceled:
        return OrderCanceled(
            **self.head(at),
            order_id=order.order_id,
            bot_id=order.bot_id,
            account_id=order.account_id,
            market_id=order.market_id,
            token_id=order.token_id,
            filled=Decimal(filled),
            reason="asked",
        )

    def rejected(self, at: int, order: Order) -> OrderRejected:
        return OrderRejected(
            **self.head(at),
            order_id=order.order_id,
            bot_id=order.bot_id,
            account_id=order.account_id,
            market_id=order.market_id,
            token_id=order.token_id,
            order=order,
            reason="WOULD_CROSS",
        )

    def fill(
        self,
        at: int,
        order: Order,
        size: str | None = None,
        *,
        fee: str = "0",
        cumulative: str | None = None,
        trade: str | None = None,
        kind: IntentKind | None = None,
        trade_status: TradeStatus = TradeStatus.CONFIRMED,
    ) -> Fill:
        shares = order.size if size is None else Decimal(size)
        done = shares if cumulative is None else Decimal(cumulative)
        full = done >= order.size
        head = self.head(at)
        return Fill(
            **head,
            trade_id=head["event_id"] if trade is None else trade,
            order_id=order.order_id,
            bot_id=order.bot_id,
            account_id=order.account_id,
            venue_event_id=order.venue_event_id,
            market_id=order.market_id,
            token_id=order.token_id,
            side=order.side,
            action=order.action,
            kind=order.kind if kind is None else kind,
            price=order.price,
            size=shares,
            cumulative=done,
            fee=Decimal(fee),
            status=OrderStatus.FILLED if full else OrderStatus.PARTIALLY_FILLED,
            bundle_id=order.bundle_id,
            trade_status=trade_status,
        )

    def traded(self, at: int, fill: Fill, status: TradeStatus) -> TradeStatusChanged:
        return TradeStatusChanged(**self.head(at), fill=fill, status=status)

    def merged(self, at: int, pairs: str, *, bot: BotId = BOT_1, gas: str = "0.01") -> PairsMerged:
        return PairsMerged(
            **self.head(at),
            bot_id=bot,
            account_id=ACCOUNT,
            market_id=MARKET,
            venue_event_id=event_of(MARKET),
            pairs=Decimal(pairs),
            gas=Decimal(gas),
        )

    def merge(self, at: int, pairs: str, bot: BotId = BOT_1) -> MergeIntent:
        return MergeIntent(
            **self.head(at),
            bot_id=bot,
            account_id=ACCOUNT,
            market_id=MARKET,
            venue_event_id=event_of(MARKET),
            pairs=Decimal(pairs),
        )

    def split_intent(self, at: int, pairs: str, bot: BotId = BOT_1) -> SplitIntent:
        return SplitIntent(**self.head(at), **self._pairs(bot, pairs))

    def split(self, at: int, pairs: str, intent_id: str = "", bot: BotId = BOT_1) -> PairsSplit:
        gas = Decimal("0.01")
        return PairsSplit(**self.head(at), **self._pairs(bot, pairs), intent_id=intent_id, gas=gas)

    def convert(
        self, at: int, gives: Sequence[MarketId], gets: Sequence[MarketId], size: str
    ) -> ConvertIntent:
        return ConvertIntent(**self.head(at), **_conversion(gives, gets, size))

    def converted(
        self,
        at: int,
        gives: Sequence[MarketId],
        gets: Sequence[MarketId],
        size: str,
        *,
        gas: str = "0",
        intent_id: str = "",
    ) -> PositionsConverted:
        terms = _conversion(gives, gets, size)
        return PositionsConverted(**self.head(at), **terms, intent_id=intent_id, gas=Decimal(gas))

    def rebate(self, at: int, amount: str, bot: BotId = BOT_1) -> RebatePaid:
        return RebatePaid(
            **self.head(at),
            bot_id=bot,
            account_id=ACCOUNT,
            market_id=MARKET,
            venue_event_id=event_of(MARKET),
            day=T0,
            amount=Decimal(amount),
        )

    def failed(self, at: int, bot: BotId, reason: str) -> BotFailed:
        return BotFailed(**self.head(at), account_id=ACCOUNT, bot_id=bot, reason=reason)

    def _pairs(self, bot: BotId, pairs: str) -> SplitTerms:
        market = a_market()
        return SplitTerms(
            bot_id=bot,
            account_id=ACCOUNT,
            market_id=MARKET,
            venue_event_id=event_of(MARKET),
            yes_token_id=market.yes_token_id,
            no_token_id=market.no_token_id,
            pairs=Decimal(pairs),
        )


RACE = VenueEventId("race")
"""A neg-risk event."""


def contenders(count: int, min_size: str = "5") -> list[Market]:
    """The markets of a complete neg-risk event."""
    return [
        a_market(
            MarketId(f"m{place}"),
            event=RACE,
            neg_risk=True,
            event_markets=count,
            min_size=min_size,
        )
        for place in range(count)
    ]


def _conversion(gives: Sequence[MarketId], gets: Sequence[MarketId], size: str) -> ConversionTerms:
    return ConversionTerms(
        bot_id=BOT_5,
        account_id=ACCOUNT,
        market_id=gives[0] if gives else MarketId(""),
        venue_event_id=RACE,
        gives=tuple(gives),
        gets=tuple(Outcome(each, TokenId(f"{each}-YES")) for each in gets),
        size=Decimal(size),
    )


def event_of(market: MarketId) -> VenueEventId:
    return VenueEventId(f"event-{market}")


def a_market(
    market: MarketId = MARKET,
    *,
    event: VenueEventId | None = None,
    neg_risk: bool = False,
    event_markets: int = 0,
    min_size: str = "5",
    tick: int = 100,
    window: tuple[int, int] | None = None,
    clears_at: int | None = None,
) -> Market:
    return Market(
        market_id=market,
        venue_event_id=event_of(market) if event is None else event,
        question="Will it?",
        slug="will-it",
        yes_token_id=TokenId(f"{market}-YES"),
        no_token_id=TokenId(f"{market}-NO"),
        tick=tick,
        min_size=Decimal(min_size),
        label=DataLabel.SIMULATED,
        neg_risk=neg_risk,
        event_markets=event_markets,
        window_start_at=None if window is None else T0 + window[0],
        resolves_at=T0 + 30 * DAY if window is None else T0 + window[1],
        auto_resolved=window is not None,
        series="" if window is None else "btc-15m",
        clears_at=clears_at,
    )


_names = count(1)


def an_order(
    side: Side,
    action: Action,
    price: str,
    size: str,
    *,
    bot: BotId = BOT_5,
    market: MarketId = MARKET,
    event: VenueEventId | None = None,
    kind: IntentKind = MM,
    bundle: str = "",
    name: str | None = None,
    fair: str | None = None,
    edge: str | None = None,
    expires_at: int | None = None,
) -> Order:
    return Order(
        order_id=OrderId(f"o{next(_names)}" if name is None else name),
        bot_id=bot,
        account_id=ACCOUNT,
        venue_event_id=event_of(market) if event is None else event,
        market_id=market,
        token_id=TokenId(f"{market}-{side}"),
        side=side,
        action=action,
        price=Decimal(price),
        size=Decimal(size),
        kind=kind,
        bundle_id=bundle,
        fair_value=None if fair is None else Decimal(fair),
        edge=None if edge is None else Decimal(edge),
        expires_at=T0 + 10 * DAY if expires_at is None else expires_at,
    )
