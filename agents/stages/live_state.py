"""What live execution remembers, as a checkpoint holds it."""

from collections.abc import Callable
from decimal import Decimal

import msgspec

from schemas.ids import MarketId, OrderId, TokenId
from schemas.market import FeeSchedule
from schemas.pairs import SplitApproved
from schemas.trading import Fill, MergeApproved, Order
from schemas.values import OrderStatus
from schemas.venue import OutgoingOrder, OwnTrade, VenueAccount
from streams.outbox_state import OutboxRules, OutboxState

ZERO = Decimal(0)

FormOrder = Callable[[VenueAccount, Order, bool], OutgoingOrder]
"""The order as the account sends it, of an order and whether its market is neg-risk."""


class LiveRules(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting times of live execution, ms of the session clock.

    Attributes:
        beat_ms: Between two signs of life; the venue cancels everything after 10 s without.
        compare_ms: Between two comparisons with the venue.
        fresh_ms: An order that the venue is not seen to have after so long is withdrawn.
        trades_ms: How far back trades are compared.
        on_chain: Merges and splits are jobs of the account's wallet.
    """

    outbox: OutboxRules = OutboxRules(kept_ms=300_000)
    beat_ms: int = 5_000
    compare_ms: int = 30_000
    fresh_ms: int = 30_000
    trades_ms: int = 900_000
    on_chain: bool = False

    def at_speed(self, speed: float) -> "LiveRules":
        """The same wall times on a session clock that runs faster."""

        def times(milliseconds: int) -> int:
            return round(milliseconds * speed)

        box = self.outbox
        return LiveRules(
            outbox=msgspec.structs.replace(
                box,
                answer_ms=times(box.answer_ms),
                look_ms=times(box.look_ms),
                proof_ms=times(box.proof_ms),
                kept_ms=times(box.kept_ms),
            ),
            beat_ms=self.beat_ms,
            compare_ms=times(self.compare_ms),
            fresh_ms=times(self.fresh_ms),
            trades_ms=times(self.trades_ms),
            on_chain=self.on_chain,
        )


class VenueMarket(msgspec.Struct):
    """What sending and settling an order needs of its market.

    Attributes:
        tick: Tick size in pips.
    """

    tick: int
    neg_risk: bool
    is_open: bool
    yes_token_id: TokenId
    no_token_id: TokenId
    fee: FeeSchedule | None = None
    version: str = "v1"


class Booked(msgspec.Struct):
    """A trade that was told as a fill, with what it moved.

    Attributes:
        fill: As it was told.
        shares: Signed, of the token.
        cash: Signed dollars, fee included.
    """

    trade: OwnTrade
    fill: Fill
    shares: Decimal
    cash: Decimal


class Held(msgspec.Struct):
    """An end that is told when the fills before it are."""

    status: OrderStatus
    reason: str


class LiveState(msgspec.Struct):
    """Everything.

    Attributes:
        now: Time of the fold, ms.
        session: Of the gateway that makes our calls; empty without one.
        account: Who trades; None before the first session.
        linked: Whether the user channel is connected.
        beat_at: When the last sign of life was asked for, ms.
        compared_at: When the last comparison was asked for, ms.
        since: Since when each difference is known.
        told: The kind under which each difference was told.
        refused: Orders that could not be sent as they were, ms.
        trades: Booked trades, young or not settled.
        filled: Shares told as fills of each order that the outbox knows.
        held: Ends that wait for fills.
        again: Causes of further cancels of orders whose cancel is under way.
        tokens: Shares that should be in the wallet by our own doing.
        cash: Dollars that should be there; None before the first comparison.
        settling: Merges and splits that the wallet was asked for, by job.
    """

    now: int = 0
    session: str = ""
    account: VenueAccount | None = None
    linked: bool = False
    beat_at: int = 0
    compared_at: int = 0
    outbox: OutboxState = msgspec.field(default_factory=OutboxState)
    since: dict[str, int] = {}
    told: dict[str, str] = {}
    markets: dict[MarketId, VenueMarket] = {}
    refused: dict[OrderId, int] = {}
    trades: dict[str, Booked] = {}
    filled: dict[OrderId, Decimal] = {}
    held: dict[OrderId, Held] = {}
    again: dict[OrderId, list[str]] = {}
    tokens: dict[TokenId, Decimal] = {}
    cash: Decimal | None = None
    settling: dict[str, MergeApproved | SplitApproved] = {}

    def move(self, token_id: TokenId, shares: Decimal, cash: Decimal) -> None:
        """Shares and dollars went in or out of the wallet."""
        left = self.tokens.get(token_id, ZERO) + shares
        if left:
            self.tokens[token_id] = left
        else:
            self.tokens.pop(token_id, None)
        if self.cash is not None:
            self.cash += cash
