"""What a bot sees of one market and of itself: net book, orders, holding, account."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import msgspec
from msgspec.structs import replace

from configs.profiles import Profile
from schemas.ids import MarketId, OrderId, VenueEventId
from schemas.market import Market
from schemas.trading import Order
from schemas.values import Action, BotState, MarketStatus, OrderStatus, Side, Trust
from schemas.wallet_truths import EVERY_MARKET
from streams.book import ASK, BID, YES, Book
from streams.orders import is_bid, yes_price
from streams.prices import to_shares, to_ticks
from streams.top import OwnSizes, Top, net_depth

ZERO, WHOLE = Decimal(0), Decimal(1)


class Phase(StrEnum):
    """How far one of our orders has come."""

    ASKED = "asked"
    """The intent is not answered."""
    SENT = "sent"
    """Approved, on its way; whether it rests is unknown."""
    RESTING = "resting"
    DONE = "done"


class OwnOrder(msgspec.Struct, kw_only=True):
    """One of our orders as the host folds it; bots read it and change nothing.

    Attributes:
        intent_id: The intent it was born in.
        asked_at: When the bot decided it, ms.
        rested_at: When the venue accepted it, ms.
        filled: Shares matched so far.
        cancel_asked_at: When a cancel was asked for, ms; None again when it was refused.
        status: The venue's word for it; REJECTED also for a denial.
    """

    order: Order
    intent_id: str
    asked_at: int
    phase: Phase = Phase.ASKED
    status: OrderStatus = OrderStatus.PENDING
    filled: Decimal = ZERO
    rested_at: int | None = None
    cancel_asked_at: int | None = None

    @property
    def order_id(self) -> OrderId:
        """Our id of it."""
        return self.order.order_id

    @property
    def remaining(self) -> Decimal:
        """Shares not matched."""
        return self.order.size - self.filled

    @property
    def is_live(self) -> bool:
        """Whether it rests or may come to rest."""
        return self.phase is not Phase.DONE

    @property
    def is_bid(self) -> bool:
        """Whether it is a bid in YES space: BUY YES or SELL NO."""
        return is_bid(self.order)

    @property
    def yes_price(self) -> Decimal:
        """Its price in YES space."""
        return yes_price(self.order)

    def age_ms(self, now: int) -> int:
        """How long it rests; since it was decided while it does not rest yet."""
        return now - (self.rested_at if self.rested_at is not None else self.asked_at)


class Holding(msgspec.Struct, kw_only=True):
    """A bot's tokens of one market with their average-cost basis.

    Attributes:
        yes: YES tokens.
        no: NO tokens.
        yes_cost: What the YES tokens cost, dollars.
        no_cost: What the NO tokens cost, dollars.
        bundle_id: Of the last order that bought; an unwind carries it on.
    """

    yes: Decimal = ZERO
    no: Decimal = ZERO
    yes_cost: Decimal = ZERO
    no_cost: Decimal = ZERO
    bundle_id: str = ""

    @property
    def net(self) -> Decimal:
        """Net inventory `q = n_Y − n_N`, shares."""
        return self.yes - self.no

    @property
    def pairs(self) -> Decimal:
        """Matched pairs, worth one dollar each."""
        return min(self.yes, self.no)

    @property
    def exposure(self) -> Decimal:
        """Worst-case loss of what is held, dollars (STRATEGIES.md C.3)."""
        return max(ZERO, self.yes_cost + self.no_cost - self.pairs)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate last said about the bot.

    Attributes:
        at: When it was said, ms.
        equity: E_b, dollars.
        free_cash: Dollars not reserved.
        max_positions: Markets with positions or opening orders at most; None without a limit.
        scales: Part of the usual size that may be opened, by market; "" is every market.
    """

    at: int
    equity: Decimal
    free_cash: Decimal
    state: BotState
    may_open: bool
    sizing_lambda: Decimal
    max_positions: int | None = None
    scales: dict[MarketId, Decimal] = {}

    def within(self, market_id: MarketId) -> "Account":
        """The same as far as a market is concerned: its equity shrinks while truth is in doubt."""
        if not self.scales:
            return self
        every, one = self.scales.get(EVERY_MARKET, WHOLE), self.scales.get(market_id, WHOLE)
        scale = min(every, one)
        opens = self.may_open and scale > 0
        return replace(self, equity=self.equity * scale, may_open=opens)


class Markets(Protocol):
    """The shard's markets as one bot sees them now; nothing is worked out before it is asked for.

    Resolved markets and those without metadata are not among them; ids come sorted.
    """

    @property
    def now(self) -> int:
        """The fold's `now`, ms."""

    @property
    def account(self) -> Account | None:
        """What the gate last said about the bot."""

    def market(self, market_id: MarketId) -> Market | None:
        """A market's metadata."""

    def top(self, market_id: MarketId) -> Top | None:
        """Its best prices net of our own orders; far cheaper than a view."""

    def view(self, market_id: MarketId) -> "View | None":
        """The bot's view of it."""

    def mid_at(self, market_id: MarketId, when: int) -> float | None:
        """Its mid at `when`, ms, as far back as `Interest.mids_s`; None where it is not known."""

    def of_event(self, venue_event_id: VenueEventId) -> Sequence[MarketId]:
        """The markets of a venue event."""

    def of_match(self, match_id: str) -> Sequence[MarketId]:
        """The markets about an esports match."""

    def involved(self) -> Sequence[MarketId]:
        """Where the bot holds tokens or has live orders."""

    def holding(self, market_id: MarketId) -> Holding:
        """What the bot holds there; nothing where it never traded."""

    def room_for(self, markets: Sequence[MarketId]) -> bool:
        """Whether the bot may open in all of these, with the positions that it has (C.3)."""


class NoMarkets:
    """No markets at all, for a view that was made by hand."""

    now = 0
    account = None

    def market(self, market_id: MarketId) -> Market | None:
        """None."""
        return None

    def top(self, market_id: MarketId) -> Top | None:
        """None."""
        return None

    def view(self, market_id: MarketId) -> "View | None":
        """None."""
        return None

    def mid_at(self, market_id: MarketId, when: int) -> float | None:
        """None."""
        return None

    def of_event(self, venue_event_id: VenueEventId) -> Sequence[MarketId]:
        """None."""
        return ()

    def of_match(self, match_id: str) -> Sequence[MarketId]:
        """None."""
        return ()

    def involved(self) -> Sequence[MarketId]:
        """None."""
        return ()

    def holding(self, market_id: MarketId) -> Holding:
        """Nothing."""
        return Holding()

    def room_for(self, markets: Sequence[MarketId]) -> bool:
        """Always."""
        return True


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One market as one bot sees it now.

    Attributes:
        now: Of the host's fold, ms.
        profile_name: Of the profile the market takes; empty under the standard numbers.
        profile: That profile.
        closed: Why no bot may open here at all, a stable word; empty when it may.
        top: Best prices in YES space, net of our own orders.
        tick: Dollars per tick.
        book: The whole book, not net.
        own: Our own sizes in it; empty where the feed does not contain them.
        heard_at: When the book's connection was last heard, ms.
        lag_ms: Ingest minus event time of the book's last event.
        stale: Why the book may not be traded on, a stable word; empty when it is fresh (D-24).
        orders: The bot's own live orders here, oldest first; an operator's are not among them.
        merging: Pairs whose merge is under way.
        splitting: Pairs whose split is under way.
        converting: NO tokens whose conversion is under way.
        reference_stale: The reference price that the market settles on is too old.
        account: None before the first account view.
        view_max_age_ms: Age up to which the account view may open.
        rival_bid: Best YES-space bid of our other bots here, so that we never cross ourselves.
        rival_ask: Best YES-space ask of our other bots.
        others: The shard's other markets, looked at when needed.
    """

    now: int
    market: Market
    profile_name: str
    profile: Profile | None
    closed: str
    top: Top
    tick: Decimal
    book: Book
    own: OwnSizes
    book_event_id: str
    trust: Trust
    heard_at: int
    lag_ms: int
    stale: str
    orders: tuple[OwnOrder, ...]
    holding: Holding
    merging: Decimal
    account: Account | None
    view_max_age_ms: int
    rival_bid: Decimal | None = None
    rival_ask: Decimal | None = None
    others: Markets = NoMarkets()
    splitting: Decimal = ZERO
    converting: Decimal = ZERO
    reference_stale: bool = False

    @property
    def state(self) -> BotState:
        """The bot's state; STARTING before the first account view."""
        return self.account.state if self.account is not None else BotState.STARTING

    @property
    def is_emergency(self) -> bool:
        """The host unwinds; the bot itself proposes nothing."""
        return self.account is not None and self.account.state is BotState.EMERGENCY_HALT

    @property
    def time_left_ms(self) -> int | None:
        """Until the planned end; None when it is unknown."""
        return None if self.market.resolves_at is None else self.market.resolves_at - self.now

    @property
    def free_pairs(self) -> Decimal:
        """Pairs that neither a resting SELL nor a merge under way will take."""
        yes, no = self.holding.yes, self.holding.no
        for own in self.orders:
            if own.order.action is Action.SELL:
                if own.order.side is Side.YES:
                    yes -= own.remaining
                else:
                    no -= own.remaining
        return min(yes, no) - self.merging

    @property
    def bid_cap(self) -> Decimal | None:
        """The ask a bid must stay under: the market's or our own other bots'."""
        return _least(self.top.ask, self.rival_ask)

    @property
    def ask_floor(self) -> Decimal | None:
        """The bid an ask must stay above: the market's or our own other bots'."""
        return _greatest(self.top.bid, self.rival_bid)

    def opening_obstacle(self) -> str:
        """Why nothing may be opened now, a stable word; empty when it may."""
        if self.closed:
            return self.closed
        if self.market.status is not MarketStatus.ACTIVE:
            return "market-not-active"
        if self.stale:
            return self.stale
        account = self.account
        if account is None or self.now - account.at > self.view_max_age_ms:
            return "no-account-view"
        if account.state is not BotState.ACTIVE or not account.may_open:
            return "bot-may-not-open"
        if not self.others.room_for((self.market.market_id,)):
            return "positions-full"
        return ""

    def reducing_obstacle(self) -> str:
        """Why not even a REDUCE may be placed, a stable word; empty when it may."""
        if self.market.status is not MarketStatus.ACTIVE:
            return "market-not-active"
        if self.stale:
            return self.stale
        if self.state in (BotState.IDLE, BotState.STARTING, BotState.ERROR):
            return "bot-not-running"
        return ""

    def depth(self, side: Side, action: Action, price: Decimal, within: int) -> Decimal:
        """Other people's shares on an order's own side at most `within` ticks from its price."""
        around = to_ticks(price if side is Side.YES else 1 - price, self.book.tick)
        shown = BID if (side is Side.YES) == (action is Action.BUY) else ASK
        return to_shares(net_depth(self.book, self.own, YES, shown, within, around))


def _least(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else min(one, other)


def _greatest(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else max(one, other)
