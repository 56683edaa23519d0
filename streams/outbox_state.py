"""What the order outbox remembers, what it wants done, and what it is told."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import msgspec

from schemas.ids import BotId, OrderId
from schemas.trading import Order
from schemas.values import IntentKind, OrderStatus, Zone
from schemas.venue import Verdict

ZERO = Decimal(0)


class OutboxRules(msgspec.Struct, frozen=True, kw_only=True):
    """Waiting times of the outbox, ms.

    Attributes:
        answer_ms: Without an answer for so long a sending has an unknown outcome.
        look_ms: Least time between two look-ups of one order, and before a cancel is repeated.
        proof_ms: A request that was sent can no longer arrive after so long: an order that is
            absent then does not exist.
        kept_ms: How long ended orders are remembered.
        batch: Most orders in one call.
        cancels: Most cancels in one call.
    """

    answer_ms: int = 10_000
    look_ms: int = 1_000
    proof_ms: int = 30_000
    kept_ms: int = 120_000
    batch: int = 15
    cancels: int = 1_000


class Step(StrEnum):
    """How far an order is between us and the venue."""

    INTENDED = "intended"
    """Approved; to be sent."""
    SENT = "sent"
    """Under way; no answer yet."""
    UNKNOWN = "unknown"
    """It may be at the venue or not: to be looked up by its hash."""
    RESTING = "resting"
    """The venue has it."""
    ENDED = "ended"
    """Proven to rest no more, or never to have rested."""


class CancelStep(StrEnum):
    """How far a cancel is."""

    NONE = "none"
    WANTED = "wanted"
    SENT = "sent"


class Tracked(msgspec.Struct, kw_only=True):
    """One order in the outbox.

    Attributes:
        venue_id: Its hash, known before it is sent.
        cause: `event_id` of the approval.
        since: When it came to its step, ms.
        sends: How often it was sent; always the same bytes.
        sent_at: When last, ms.
        not_before: Not sent again before, ms.
        doubtful: A sending has no certain outcome: it may yet arrive.
        placed: The venue was seen to have it.
        refusal: Why it is not sent again.
        replaces: The order whose cancel goes first.
        looked_at: When it was last looked up, ms.
        cancel_at: When its cancel was sent or may be repeated, ms.
        cancel_reason: Why it is cancelled.
        cancel_cause: `event_id` of what asked for the cancel.
        matched: Shares matched, as far as the venue told.
    """

    order: Order
    venue_id: str
    kind: IntentKind
    zone: Zone | None
    cause: str
    since: int
    step: Step = Step.INTENDED
    status: OrderStatus = OrderStatus.PENDING
    sends: int = 0
    sent_at: int = 0
    not_before: int = 0
    doubtful: bool = False
    placed: bool = False
    refusal: str = ""
    replaces: OrderId | None = None
    looked_at: int = 0
    cancel: CancelStep = CancelStep.NONE
    cancel_at: int = 0
    cancel_reason: str = ""
    cancel_cause: str = ""
    matched: Decimal = ZERO

    @property
    def order_id(self) -> OrderId:
        """Our id of it."""
        return self.order.order_id

    @property
    def opens(self) -> bool:
        """Whether a halt stops it."""
        return self.kind is not IntentKind.REDUCE


class OutboxState(msgspec.Struct):
    """The outbox as a checkpoint holds it.

    Attributes:
        open: Not ended, oldest first.
        ended: Remembered, oldest first.
        ghosts: Ended orders that the venue has nevertheless; they are being cancelled.
        blocked: Nothing is placed before the venue was compared with us.
        halted: Bots whose opening orders are not sent; "" is every bot.
    """

    open: dict[OrderId, Tracked] = {}
    ended: dict[OrderId, Tracked] = {}
    ghosts: list[OrderId] = []
    blocked: bool = False
    halted: list[str] = []


class PlaceCall(NamedTuple):
    """Send these orders in one call; `attempts` says which sending of each it is."""

    order_ids: tuple[OrderId, ...]
    attempts: tuple[int, ...]


class CancelCall(NamedTuple):
    """Cancel these orders in one call."""

    order_ids: tuple[OrderId, ...]


class LookUpCall(NamedTuple):
    """Ask for one order by its hash; `asked_at` comes back with the answer."""

    order_id: OrderId
    asked_at: int


Call = PlaceCall | CancelCall | LookUpCall


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The reply to one order of a `PlaceCall`.

    Attributes:
        attempt: Which sending it answers.
        reason: Why it was refused.
        retry_ms: How long to wait.
    """

    order_id: OrderId
    attempt: int
    verdict: Verdict
    reason: str = ""
    retry_ms: int = 0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The venue told of an order: by a look-up, the list of open orders or the user channel.

    Attributes:
        matched: Shares matched so far.
        ended: How it ended; None while it is open.
    """

    order_id: OrderId
    matched: Decimal = ZERO
    ended: OrderStatus | None = None
    reason: str = ""


class OrderAccepted(NamedTuple):
    """The venue has the order; said once."""

    entry: Tracked


class OrderEnded(NamedTuple):
    """The order ended; said once, and nothing follows but late fills."""

    entry: Tracked
    status: OrderStatus
    reason: str


class CancelVoid(NamedTuple):
    """There was nothing to cancel."""

    order_id: OrderId
    bot_id: BotId
    cause: str
    reason: str
    entry: Tracked | None


Fact = OrderAccepted | OrderEnded | CancelVoid
