"""Between the execution stage and the gateway to the venue: what to call, and what was heard.

The stage decides and writes calls; the gateway makes them and writes what it hears back to the log
that the stage reads. So the log stays the truth: whatever the stage knows of the venue is a record.
"""

from decimal import Decimal
from enum import StrEnum

import msgspec

from schemas.envelope import Message
from schemas.ids import AccountId, BotId, OrderId, TokenId
from schemas.values import Action, OrderStatus, TimeInForce, TradeStatus


class Verdict(StrEnum):
    """What a reply to a sending means."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WAIT = "wait"
    """Nothing happened; later (425, 429, 503)."""
    UNKNOWN = "unknown"
    """It may have happened (timeout, 5xx, duplicated, unreadable)."""


class VenueAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Who trades; with an order it makes the hash by which the venue knows the order.

    Attributes:
        maker: The wallet with the funds.
        signer: The signer field of orders: the key's address, of a deposit wallet the wallet.
        signature_type: 0 to 3 (PROTOCOL.md section 3.1).
    """

    maker: str
    signer: str
    signature_type: int


class OutgoingOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it is signed and sent: all of it follows from the intent and the account.

    Attributes:
        venue_order_id: Its EIP-712 digest.
        neg_risk: Which exchange settles it.
        maker_amount: Given, base units.
        taker_amount: Wanted, base units.
        timestamp: Creation, ms.
        expires_at: Stated GTD expiration, seconds UTC; 0 for GTC.
    """

    venue_order_id: str
    token_id: TokenId
    neg_risk: bool
    action: Action
    maker_amount: int
    taker_amount: int
    salt: int
    timestamp: int
    time_in_force: TimeInForce
    expires_at: int
    post_only: bool


class Placement(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a placing call.

    Attributes:
        attempt: Which sending of it this is.
        reduces: It only reduces a position, so the rate budget lets it pass first.
    """

    order_id: OrderId
    bot_id: BotId
    attempt: int
    reduces: bool
    outgoing: OutgoingOrder


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """An order by both its ids."""

    order_id: OrderId
    bot_id: BotId
    venue_order_id: str


class _Call(Message, frozen=True, kw_only=True):
    """What the gateway is to do.

    Attributes:
        session: The gateway session it is meant for; every other one leaves it alone.
    """

    session: str


class PlaceOrders(_Call, frozen=True, kw_only=True, tag="place-orders"):
    """Send these orders; the state that says they are sent is on the log before the call is."""

    placements: tuple[Placement, ...]


class CancelOrders(_Call, frozen=True, kw_only=True, tag="cancel-orders"):
    """Cancel these orders."""

    orders: tuple[Named, ...]


class LookUpOrder(_Call, frozen=True, kw_only=True, tag="look-up-order"):
    """Ask for one order by its hash; `asked_at` comes back with the answer."""

    order: Named
    asked_at: int


class BeatVenue(_Call, frozen=True, kw_only=True, tag="beat-venue"):
    """Send the venue a sign of life.

    It comes off the log, so that the venue cancels everything when any part of the way to it dies.
    """


class CompareVenue(_Call, frozen=True, kw_only=True, tag="compare-venue"):
    """Read open orders, trades and balances.

    Attributes:
        trades_since: Trades from here on, ms.
        tokens: Tokens whose balances are read; collateral always is.
    """

    trades_since: int
    tokens: tuple[TokenId, ...]


VenueCall = PlaceOrders | CancelOrders | LookUpOrder | BeatVenue | CompareVenue


class VenueSession(Message, frozen=True, kw_only=True, tag="venue-session"):
    """A gateway took over the account, or left it in good order.

    Attributes:
        session: Of the gateway; a later session is greater.
        running: False when it left: it has cancelled everything and makes no more calls.
    """

    session: str
    account_id: AccountId
    account: VenueAccount
    running: bool


class VenueLink(Message, frozen=True, kw_only=True, tag="venue-link"):
    """The user channel was connected or lost; nothing that happened meanwhile is repeated by it."""

    session: str
    connected: bool
    reason: str


class OrderAnswered(Message, frozen=True, kw_only=True, tag="order-answered"):
    """The reply to a placing.

    Attributes:
        attempt: Which sending it answers.
        reason: Why it was refused; a denial code where one fits, else the venue's words.
        retry_ms: How long to wait.
    """

    order_id: OrderId
    attempt: int
    verdict: Verdict
    reason: str = ""
    retry_ms: int = 0


class CancelAnswered(Message, frozen=True, kw_only=True, tag="cancel-answered"):
    """The reply to a cancel: ACCEPTED when it was cancelled, REFUSED when it does not rest."""

    order_id: OrderId
    verdict: Verdict
    reason: str = ""


class OrderSeen(Message, frozen=True, kw_only=True, tag="order-seen"):
    """The venue told of an order: by a look-up or by the user channel.

    Attributes:
        matched: Shares matched so far.
        ended: How it ended; None while it is open.
        reason: The venue's word.
    """

    venue_order_id: str
    matched: Decimal
    ended: OrderStatus | None
    reason: str = ""


class OrderAbsent(Message, frozen=True, kw_only=True, tag="order-absent"):
    """A look-up found no such order; `asked_at` as the call said."""

    order_id: OrderId
    asked_at: int


class OwnTrade(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a trade that one order of ours had.

    Attributes:
        trade_id: The venue's id.
        price: Dollars per token of the order.
        size: Shares.
        takes: Whether the order took.
        matched_at: ms.
        transaction: The hash, once the venue gives one.
    """

    trade_id: str
    venue_order_id: str
    price: Decimal
    size: Decimal
    status: TradeStatus
    takes: bool
    matched_at: int
    transaction: str = ""

    @property
    def key(self) -> str:
        """What tells it from other trades and from other orders in the same trade."""
        return f"{self.trade_id}/{self.venue_order_id}"


class TradeSeen(Message, frozen=True, kw_only=True, tag="trade-seen"):
    """A trade of ours is new, or got further."""

    trade: OwnTrade


class VenueCompared(Message, frozen=True, kw_only=True, tag="venue-compared"):
    """What the venue says we have.

    Attributes:
        asked_at: When the reading began, ms.
        trades_since: As the call said.
        open_orders: Shares matched of each open order, by hash.
        trades: Of the stretch of time asked for.
        balances: Shares by token; dollars of collateral under the empty name.
    """

    session: str
    asked_at: int
    trades_since: int
    open_orders: dict[str, Decimal]
    trades: tuple[OwnTrade, ...]
    balances: dict[str, Decimal]


class VenueDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between the venue and us.

    Attributes:
        subject: "order", "trade" or "balance".
        kind: "pending", "ghost", "lost" or "foreign".
        key: Order hash, trade, or token ("" for collateral).
        owner: The bot whose order it is; "foreign" when nobody's, empty where it has none.
        age_ms: Since it was first found.
    """

    subject: str
    kind: str
    key: str
    owner: str
    age_ms: int
    ours: str
    theirs: str


class VenueReconciled(Message, frozen=True, kw_only=True, tag="venue-reconciled"):
    """The venue was compared with us; empty when both agree."""

    differences: tuple[VenueDifference, ...]
