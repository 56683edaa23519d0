"""The life of an order: intent, verdict, order events, fill.

*Denied* means our gate said no, with a reason code; *rejected* means the venue did.
"""

from decimal import Decimal

import msgspec

from schemas.claims import Claim
from schemas.envelope import Message
from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, VenueEventId
from schemas.reasons import DenialCode
from schemas.values import (
    Action,
    BotState,
    IntentKind,
    MarketStatus,
    OrderStatus,
    Side,
    TimeInForce,
    TradeStatus,
    Trust,
    Zone,
)


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """The view a bot decided on, copied into its intent (STRATEGIES.md C.1, D-25).

    Prices are dollars in YES space, net of our own orders. The gate reads no book; it judges this.

    Attributes:
        heard_at: When the book's connection was last heard, ms.
        lag_ms: Ingest minus event time of the book's last event.
        decided_at: `now` of the bot's fold, ms.
        depth: Dollars displayed on our side within two ticks of our price, for paper guards.
        equity: The bot's equity E_b as its last account view said.
        sizing_lambda: The Kelly multiplier the bot used.
    """

    book_event_id: str
    bid: Decimal | None
    bid_size: Decimal
    ask: Decimal | None
    ask_size: Decimal
    tick: Decimal
    min_size: Decimal
    status: MarketStatus
    trust: Trust
    heard_at: int
    lag_ms: int
    decided_at: int
    equity: Decimal
    sizing_lambda: Decimal
    depth: Decimal = Decimal(0)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One order as decided, before it is sent.

    Attributes:
        price: Dollars per token of `side`.
        size: Shares.
        expires_at: Stated GTD expiration, ms; None for GTC.
        bundle_id: Shared by the legs of one bundle and by what completes or unwinds it.
        fair_value: The declared win probability of the acquired token.
        sigma: Its standard error.
        edge: Declared net edge in dollars per share.
        operator: Placed by an operator, not by a bot.
        ordered_at: When it was decided, ms; every later message about it repeats it, so that
            tables can key on it.
    """

    order_id: OrderId
    bot_id: BotId
    account_id: AccountId
    venue_event_id: VenueEventId
    market_id: MarketId
    token_id: TokenId
    side: Side
    action: Action
    price: Decimal
    size: Decimal
    kind: IntentKind
    time_in_force: TimeInForce = TimeInForce.GTD
    expires_at: int | None = None
    post_only: bool = True
    bundle_id: str = ""
    fair_value: Decimal | None = None
    sigma: Decimal | None = None
    edge: Decimal | None = None
    operator: bool = False
    ordered_at: int = 0


class PlaceIntent(Message, frozen=True, kw_only=True, tag="place-intent"):
    """A bot wants one order, or one order instead of another.

    Attributes:
        replaces: The live order it replaces (cancel and place), or empty.
        claim: What bot 6's portfolio leg or hedge rests on instead of an edge of its own.
    """

    bot_id: BotId
    order: Order
    stamp: Stamp
    replaces: OrderId | None = None
    claim: Claim | None = None


class BundleIntent(Message, frozen=True, kw_only=True, tag="bundle-intent"):
    """A bot wants several orders, all or none; one stamp per leg."""

    bot_id: BotId
    bundle_id: str
    orders: tuple[Order, ...]
    stamps: tuple[Stamp, ...]


class MergeIntent(Message, frozen=True, kw_only=True, tag="merge-intent"):
    """A bot wants to merge matched YES and NO pairs into collateral, one dollar a pair."""

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    pairs: Decimal


class CancelOrder(Message, frozen=True, kw_only=True, tag="cancel-order"):
    """Cancel a live order. Needs no verdict; written by bots and by the gate."""

    order_id: OrderId
    bot_id: BotId
    market_id: MarketId
    reason: str


class IntentApproved(Message, frozen=True, kw_only=True, tag="intent-approved"):
    """The gate reserved what the orders need; execution may send them.

    Attributes:
        zones: Zone of each order, fixed from now on; None for a REDUCE outside the zones.
        kinds: The verified kind of each order.
        cancel_first: A live order to cancel before placing.
    """

    intent_id: str
    bot_id: BotId
    account_id: AccountId
    orders: tuple[Order, ...]
    zones: tuple[Zone | None, ...]
    kinds: tuple[IntentKind, ...]
    cancel_first: OrderId | None = None


class IntentDenied(Message, frozen=True, kw_only=True, tag="intent-denied"):
    """The gate refused; rule, limit and value say why.

    Attributes:
        rule: The check, in a sentence an operator understands.
        limit: What was allowed.
        value: What was found.
        order: The (first failing) order.
    """

    intent_id: str
    bot_id: BotId
    account_id: AccountId
    code: DenialCode
    rule: str
    limit: str
    value: str
    order: Order


class MergeApproved(Message, frozen=True, kw_only=True, tag="merge-approved"):
    """The gate reserved the pairs; execution merges them."""

    intent_id: str
    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    pairs: Decimal


class MergeDenied(Message, frozen=True, kw_only=True, tag="merge-denied"):
    """The gate refused a merge; code, rule, limit and value say why."""

    intent_id: str
    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    pairs: Decimal
    code: DenialCode
    rule: str
    limit: str
    value: str


class _OrderEvent(Message, frozen=True, kw_only=True):
    """What the venue said about one of our orders."""

    order_id: OrderId
    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    token_id: TokenId
    ordered_at: int = 0


class OrderPlaced(_OrderEvent, frozen=True, kw_only=True, tag="order-placed"):
    """The venue accepted the order; it rests.

    Attributes:
        zone: Zone of the price paid, fixed at acceptance.
        queue_ahead: Shares displayed ahead of us at that price, as far as the book tells.
    """

    order: Order
    zone: Zone | None
    kind: IntentKind
    queue_ahead: Decimal = Decimal(0)
    venue_order_id: str = ""


class OrderRejected(_OrderEvent, frozen=True, kw_only=True, tag="order-rejected"):
    """The venue refused the order; `reason` is its code, e.g. WOULD_CROSS."""

    order: Order
    reason: str


class OrderCanceled(_OrderEvent, frozen=True, kw_only=True, tag="order-canceled"):
    """The order rests no more; `filled` shares were matched before."""

    filled: Decimal
    reason: str


class OrderExpired(_OrderEvent, frozen=True, kw_only=True, tag="order-expired"):
    """The order's GTD time came; `filled` shares were matched before."""

    filled: Decimal


class CancelRefused(_OrderEvent, frozen=True, kw_only=True, tag="cancel-refused"):
    """Nothing to cancel: unknown or already terminal."""

    reason: str


class Fill(Message, frozen=True, kw_only=True, tag="fill"):
    """One execution of our order.

    Attributes:
        trade_id: The venue's id of the match (paper: derived).
        status: Of the order after this fill.
        cumulative: Shares matched so far, this fill included.
        liquidity: Always "maker" while orders are post-only.
        inferred: No print proves it; the book crossed us (STRATEGIES.md E.3).
        mid: YES-space mid at the fill in dollars, None when one side was empty.
        trade_status: How far it is; `TradeStatusChanged` follows unless it is final already. Paper
            fills are.
    """

    trade_id: str
    order_id: OrderId
    bot_id: BotId
    account_id: AccountId
    venue_event_id: VenueEventId
    market_id: MarketId
    token_id: TokenId
    side: Side
    action: Action
    kind: IntentKind
    price: Decimal
    size: Decimal
    cumulative: Decimal
    fee: Decimal
    status: OrderStatus
    zone: Zone | None = None
    bundle_id: str = ""
    liquidity: str = "maker"
    inferred: bool = False
    mid: Decimal | None = None
    ordered_at: int = 0
    trade_status: TradeStatus = TradeStatus.CONFIRMED


class TradeStatusChanged(Message, frozen=True, kw_only=True, tag="trade-status-changed"):
    """A fill got further on its way to the chain, is retried, or was taken back.

    Attributes:
        fill: As it was told, with its own header; FAILED undoes exactly this.
        status: Now; a final one is told once and nothing follows it.
        previous: Before.
        transaction: The hash, where the venue gave one.
    """

    fill: Fill
    status: TradeStatus
    previous: TradeStatus = TradeStatus.MATCHED
    transaction: str = ""

    @property
    def account_id(self) -> AccountId:
        """Of the fill."""
        return self.fill.account_id

    @property
    def bot_id(self) -> BotId:
        """Of the fill."""
        return self.fill.bot_id

    @property
    def market_id(self) -> MarketId:
        """Of the fill."""
        return self.fill.market_id

    @property
    def order_id(self) -> OrderId:
        """Of the fill."""
        return self.fill.order_id


class PairsMerged(Message, frozen=True, kw_only=True, tag="pairs-merged"):
    """Pairs became collateral: `pairs` dollars came in, `pairs` of each token went out.

    Attributes:
        gas: Dollars paid for the transaction.
    """

    bot_id: BotId
    account_id: AccountId
    market_id: MarketId
    venue_event_id: VenueEventId
    pairs: Decimal
    gas: Decimal


class Signal(Message, frozen=True, kw_only=True, tag="signal"):
    """What a bot saw and decided, traded or not (STRATEGIES.md D.0).

    Attributes:
        decision: "place", "bundle", "cancel", "merge", "split" or "none".
        reason: Why, in a stable word such as "drift-below-threshold".
    """

    bot_id: BotId
    market_id: MarketId
    token_id: TokenId | None
    fair_value: float | None
    sigma: float | None
    mid: float | None
    limit_price: Decimal | None
    edge: float | None
    sizing_lambda: float | None
    shrinkage: float | None
    features: dict[str, float]
    decision: str
    reason: str


class AccountView(Message, frozen=True, kw_only=True, tag="account-view"):
    """What the gate tells a bot about itself, on change, at most one second apart.

    Attributes:
        equity: E_b in dollars, bid-marked.
        free_cash: Cash not reserved, dollars.
        sizing_lambda: Kelly multiplier in force.
        may_open: Whether opening orders have a chance at all.
        lambda_max: Greatest Kelly multiplier of the bot.
        drawdown_share: Its drawdown as a share of the limit that stops it.
        max_positions: How many markets it may have positions or opening orders in; None where no
            limit was told.
        scales: Part of the usual size that may be opened while truth is in doubt, by market; ""
            is every market.
    """

    bot_id: BotId
    account_id: AccountId
    equity: Decimal
    free_cash: Decimal
    state: BotState
    may_open: bool
    sizing_lambda: Decimal
    lambda_max: Decimal = Decimal(0)
    drawdown_share: Decimal = Decimal(0)
    max_positions: int | None = None
    scales: dict[MarketId, Decimal] = msgspec.field(default_factory=dict)


Intent = PlaceIntent | BundleIntent | MergeIntent
Verdict = IntentApproved | IntentDenied | MergeApproved | MergeDenied
OrderEvent = OrderPlaced | OrderRejected | OrderCanceled | OrderExpired | CancelRefused
