"""Market data: books in integer ticks and micro-shares, trades, lifecycle, feed health.

A binary market has two legs, 0 for YES and 1 for NO. A price is `ticks × tick` pips, a pip is
0.0001 dollars. A level's size is the new absolute size; 0 removes the level.
"""

from decimal import Decimal

import msgspec

from schemas.envelope import Message
from schemas.ids import MarketId, TokenId, VenueEventId
from schemas.values import Action, DataLabel, MarketStatus, Side, Trust

Level = tuple[int, int]
"""(price in ticks, size in micro-shares)."""
LevelChange = tuple[int, int, int, int]
"""(leg 0 YES or 1 NO, side 0 bid or 1 ask, price in ticks, new size in micro-shares)."""


class FeeSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """The market's taker fee, `C · rate · p^alpha · (p(1−p))^beta` (STRATEGIES.md A.5)."""

    rate: Decimal
    alpha: int = 0
    beta: int = 1
    rebate_share: Decimal | None = None


class Market(msgspec.Struct, frozen=True, kw_only=True):
    """One question with two outcome tokens.

    Attributes:
        tick: Tick size in pips of 0.0001 (0.01 is 100).
        min_size: Minimum of a new order in shares; also binds its notional in dollars.
        window_start_at: Start of the window an automatically resolved market is about, ms.
        resolves_at: The planned end, ms; not the resolution itself.
        clears_at: When the venue clears the book before a scheduled start, ms.
        auto_resolved: Resolved by a price feed at `resolves_at`.
        series: The recurring series a windowed market belongs to.
        volume_24h: Dollars traded in 24 h, for screening.
        rewards_min_size: Shares below which a quote earns no liquidity rewards.
        rewards_max_spread: Cents from the mid within which a quote earns them; 0 where none do.
        rewards_daily: Dollars of rewards a day, shared by all quotes.
        event_markets: How many markets a neg-risk event has, its outcomes; 0 when unknown.
        augmented: The neg-risk event may still get outcomes, or has placeholders among them.
        placeholder: The market stands for an outcome that is not named yet.
        match_id: The esports match it is about, as in `GameState`.
        match_side: The side of the match that YES backs, 0 first or 1 second.
        match_map: The map it is about, from 1; 0 for the whole match.
        entities: Names it is about, as the venue or an operator gives them.
        reference: Symbol of the price that resolves it, e.g. "btcusd"; empty where none does.
        version: Position layer of the venue that its tokens are of, v1 or v2.
    """

    market_id: MarketId
    venue_event_id: VenueEventId
    question: str
    slug: str
    yes_token_id: TokenId
    no_token_id: TokenId
    tick: int
    min_size: Decimal
    label: DataLabel
    outcomes: tuple[str, str] = ("Yes", "No")
    fee: FeeSchedule | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    neg_risk: bool = False
    status: MarketStatus = MarketStatus.ACTIVE
    liquidity: Decimal = Decimal(0)
    volume_24h: Decimal = Decimal(0)
    created_at: int = 0
    window_start_at: int | None = None
    resolves_at: int | None = None
    clears_at: int | None = None
    auto_resolved: bool = False
    series: str = ""
    rewards_min_size: Decimal = Decimal(0)
    rewards_max_spread: Decimal = Decimal(0)
    rewards_daily: Decimal = Decimal(0)
    event_markets: int = 0
    augmented: bool = False
    placeholder: bool = False
    match_id: str = ""
    match_side: int = 0
    match_map: int = 0
    entities: tuple[str, ...] = ()
    reference: str = ""
    version: str = "v1"

    def token(self, side: Side) -> TokenId:
        """The token id of a side."""
        return self.yes_token_id if side is Side.YES else self.no_token_id


class BookSnapshot(Message, frozen=True, kw_only=True, gc=False, tag="book-snapshot"):
    """One leg's whole book; bids and asks best first.

    Attributes:
        feed: The connection it came over; `FeedStatus` speaks of the same name.
        trust: The connector's grade after applying this event.
    """

    market_id: MarketId
    leg: int
    tick: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    feed: str
    trust: Trust


class BookDelta(Message, frozen=True, kw_only=True, gc=False, tag="book-delta"):
    """Level changes of one market, both legs together as the venue sends them."""

    market_id: MarketId
    tick: int
    changes: tuple[LevelChange, ...]
    feed: str
    trust: Trust


class BookTrustChanged(Message, frozen=True, kw_only=True, tag="book-trust-changed"):
    """A book's grade changed without a book event: a check at batch end, a silence, a resync."""

    market_id: MarketId
    trust: Trust
    reason: str
    feed: str


class PriceHistory(Message, frozen=True, kw_only=True, tag="price-history"):
    """Prices of a market from before we followed it, as the venue tells them.

    Attributes:
        points: Time in ms and price of YES in dollars, oldest first.
    """

    market_id: MarketId
    points: tuple[tuple[int, float], ...]


class FeedStatus(Message, frozen=True, kw_only=True, tag="feed-status"):
    """A connection's health, once a second and on every change.

    Attributes:
        heard_at: When anything was last heard on it, ms of the session clock.
    """

    feed: str
    connected: bool
    heard_at: int
    markets: int = 0
    detail: str = ""


class MarketTrade(Message, frozen=True, kw_only=True, gc=False, tag="market-trade"):
    """Somebody's trade. `action` is the aggressor's, as the venue reports it.

    Attributes:
        ticks: Price in ticks of `tick` pips.
        size: Micro-shares.
        transaction: The venue's hash, empty when it gave none; mirrors share it.
    """

    market_id: MarketId
    leg: int
    tick: int
    ticks: int
    size: int
    action: Action
    transaction: str = ""


class MarketListed(Message, frozen=True, kw_only=True, tag="market-listed"):
    """A market was discovered, or its metadata changed; carries the whole."""

    market: Market


class TickSizeChanged(Message, frozen=True, kw_only=True, tag="tick-size-changed"):
    """The price grid of a market changed; the book starts anew from a snapshot."""

    market_id: MarketId
    old_tick: int
    new_tick: int


class MarketResolved(Message, frozen=True, kw_only=True, tag="market-resolved"):
    """The outcome is final. `yes_payout` is 0, 0.5 or 1 dollars for a YES token."""

    market_id: MarketId
    yes_payout: Decimal


class BookTop(Message, frozen=True, kw_only=True, tag="book-top"):
    """Best prices of one market in YES space, at most one in 100 ms, for screens and snapshots.

    The NO token's book is the mirror: its bid is `1 − ask`. Our own orders are not removed here.

    Attributes:
        bid: Best YES bid in dollars; None on an empty side.
        bid_size: Shares at the best bid.
        bid_depth: Dollars resting on the best five bid levels.
        last_price: Price of the last trade in YES space.
        volume_24h: Dollars traded in the last 24 h as seen by us.
    """

    market_id: MarketId
    bid: Decimal | None
    bid_size: Decimal
    ask: Decimal | None
    ask_size: Decimal
    bid_depth: Decimal
    ask_depth: Decimal
    last_price: Decimal | None
    volume_24h: Decimal
    trust: Trust
    label: DataLabel
