"""Messages of the shard's log, made by hand: markets, books, trades, clock, account views."""

from collections.abc import Sequence
from decimal import Decimal

from schemas.envelope import Header, Message
from schemas.ids import AccountId, BotId, MarketId, TokenId, VenueEventId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    FeedStatus,
    Level,
    Market,
    MarketListed,
    MarketResolved,
    MarketTrade,
    PriceHistory,
)
from schemas.ops import ClockTick
from schemas.trading import AccountView
from schemas.values import MICRO, PIPS, Action, BotState, DataLabel, MarketStatus, Trust

ACCOUNT = AccountId("main")
BOT_1 = BotId("bot_01")
BOT_5 = BotId("bot_05")
FEED = "market-ws-1"
START = 1_780_000_000_000
DAY = 86_400_000


class Tape:
    """Numbers messages and stamps them with its own time.

    Attributes:
        now: ms; advance it between messages.
    """

    def __init__(self, now: int = START) -> None:
        self.now = now
        self._count = 0

    def head(self) -> Header:
        """A fresh envelope at `now`."""
        self._count += 1
        return Header(
            event_id=f"event-{self._count}",
            event_time=self.now,
            ingest_time=self.now,
            source="tape",
            causation_id="",
        )

    def listed(self, market: Market) -> MarketListed:
        return MarketListed(**self.head(), market=market)

    def resolved(self, market: Market, yes_payout: str) -> MarketResolved:
        return MarketResolved(
            **self.head(), market_id=market.market_id, yes_payout=Decimal(yes_payout)
        )

    def tick(self) -> ClockTick:
        return ClockTick(**self.head())

    def feed(self, *, connected: bool = True, heard_at: int | None = None) -> FeedStatus:
        heard = self.now if heard_at is None else heard_at
        return FeedStatus(**self.head(), feed=FEED, connected=connected, heard_at=heard)

    def price(self, symbol: str = "simusd") -> FeedStatus:
        """The reference price of windows was told."""
        feed = f"price.crypto/{symbol}"
        return FeedStatus(**self.head(), feed=feed, connected=True, heard_at=self.now)

    def trust(self, market: Market, trust: Trust) -> BookTrustChanged:
        return BookTrustChanged(
            **self.head(), market_id=market.market_id, trust=trust, reason="tape", feed=FEED
        )

    def history(self, market: Market, points: Sequence[tuple[int, float]]) -> PriceHistory:
        return PriceHistory(**self.head(), market_id=market.market_id, points=tuple(points))

    def account(
        self,
        bot_id: BotId,
        *,
        equity: str = "10000",
        free_cash: str = "10000",
        state: BotState = BotState.ACTIVE,
        may_open: bool = True,
        max_positions: int | None = None,
    ) -> AccountView:
        return AccountView(
            **self.head(),
            bot_id=bot_id,
            account_id=ACCOUNT,
            equity=Decimal(equity),
            free_cash=Decimal(free_cash),
            state=state,
            may_open=may_open,
            sizing_lambda=Decimal("0.5"),
            max_positions=max_positions,
        )

    def book(
        self,
        market: Market,
        bids: dict[str, float],
        asks: dict[str, float],
        trust: Trust = Trust.CONSISTENT,
    ) -> list[Message]:
        """Both legs of a book, given in YES prices and shares."""
        grid = PIPS // market.tick
        yes_bids, yes_asks = _levels(bids, market.tick), _levels(asks, market.tick)
        no_bids = [(grid - ticks, size) for ticks, size in yes_asks]
        no_asks = [(grid - ticks, size) for ticks, size in yes_bids]
        legs = ((0, yes_bids, yes_asks), (1, no_bids, no_asks))
        return [
            BookSnapshot(
                **self.head(),
                market_id=market.market_id,
                leg=leg,
                tick=market.tick,
                bids=tuple(sorted(leg_bids, reverse=True)),
                asks=tuple(sorted(leg_asks)),
                feed=FEED,
                trust=trust,
            )
            for leg, leg_bids, leg_asks in legs
        ]

    def delta(self, market: Market, changes: list[tuple[str, str, float]]) -> BookDelta:
        """Level changes in YES prices: ("bid" or "ask", price, new shares)."""
        grid = PIPS // market.tick
        legs = []
        for shown, price, shares in changes:
            ticks = int(Decimal(price) * PIPS) // market.tick
            side, size = int(shown == "ask"), int(shares * MICRO)
            legs += [(0, side, ticks, size), (1, 1 - side, grid - ticks, size)]
        return BookDelta(
            **self.head(),
            market_id=market.market_id,
            tick=market.tick,
            changes=tuple(legs),
            feed=FEED,
            trust=Trust.CONSISTENT,
        )

    def trade(self, market: Market, action: Action, price: str, shares: float) -> MarketTrade:
        return MarketTrade(
            **self.head(),
            market_id=market.market_id,
            leg=0,
            tick=market.tick,
            ticks=int(Decimal(price) * PIPS) // market.tick,
            size=int(shares * MICRO),
            action=action,
        )


def market(
    name: str = "a",
    *,
    tick: int = 100,
    resolves_in: int | None = 30 * DAY,
    window_s: int | None = None,
    status: MarketStatus = MarketStatus.ACTIVE,
    clears_at: int | None = None,
    volume_24h: str = "50000",
) -> Market:
    """A market; with `window_s` an automatically resolved one whose window starts at START."""
    resolves_at = None if resolves_in is None else START + resolves_in
    if window_s is not None:
        resolves_at = START + window_s * 1000
    return Market(
        market_id=MarketId(f"0x{name}"),
        venue_event_id=VenueEventId(f"event-{name}"),
        question=f"Will {name} happen?",
        slug=name,
        yes_token_id=TokenId(f"{name}-yes"),
        no_token_id=TokenId(f"{name}-no"),
        tick=tick,
        min_size=Decimal(5),
        label=DataLabel.SIMULATED,
        status=status,
        window_start_at=None if window_s is None else START,
        resolves_at=resolves_at,
        clears_at=clears_at,
        auto_resolved=window_s is not None,
        series="" if window_s is None else "btc-15m",
        reference="" if window_s is None else "simusd",
        volume_24h=Decimal(volume_24h),
    )


def _levels(levels: dict[str, float], tick: int) -> list[Level]:
    return [
        (int(Decimal(price) * PIPS) // tick, int(shares * MICRO))
        for price, shares in levels.items()
    ]
