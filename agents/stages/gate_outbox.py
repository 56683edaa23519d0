"""What the gate says about one message, in order, with ids derived from it."""

from agents.stages.base import Emit
from schemas.control import BotStateChanged, CommandApplied
from schemas.envelope import Header, Message, header
from schemas.ids import AccountId, BotId, VenueEventId
from schemas.pairs import ConvertApproved, ConvertDenied, SplitApproved, SplitDenied
from schemas.risk import (
    BreakerState,
    CircuitBreakerReset,
    CircuitBreakerTriggered,
    DrawdownThreshold,
    EmergencyHalt,
    RiskState,
)
from schemas.trading import AccountView, CancelOrder, Verdict
from streams.orders import OpenOrder
from topics.catalog import BREACHES, CONTROL_STATES, DECIDE_INPUTS, DECISIONS, RISK_STATES
from topics.partition import shard_of

SOURCE = "gate"
PORTFOLIO = "portfolio"

PairsVerdict = SplitApproved | SplitDenied | ConvertApproved | ConvertDenied
Breach = CircuitBreakerTriggered | CircuitBreakerReset | DrawdownThreshold | EmergencyHalt


class GateOutbox:
    """Gathers emissions and knows where each kind goes."""

    def __init__(self, account_id: AccountId, shards: int) -> None:
        """Start empty.

        Args:
            account_id: Key of account topics.
            shards: How many shards there are.
        """
        self._account_id = account_id
        self._shards = shards
        self._emits: list[Emit] = []
        self._cause: Message | None = None
        self._now = 0

    def begin(self, cause: Message, now: int) -> None:
        """Start on a message; `now` is the fold's time, ms."""
        self._cause, self._now, self._emits = cause, now, []

    @property
    def now(self) -> int:
        """Time of the fold, ms."""
        return self._now

    @property
    def cause_id(self) -> str:
        """Id of the message that is worked on."""
        return "" if self._cause is None else self._cause.event_id

    def take(self) -> list[Emit]:
        """All that was said since `begin`."""
        return self._emits

    def head(self, *parts: str | int) -> Header:
        """The envelope of one more message; the parts tell it from the others."""
        if self._cause is None:
            raise RuntimeError("begin() comes before the first message.")
        return header(SOURCE, self._cause, *parts, now=self._now)

    def verdict(self, verdict: Verdict | PairsVerdict, event: VenueEventId) -> None:
        """A verdict, to the record and to the bots of the event's shard."""
        self._emits.append(Emit(DECISIONS, self._account_id, verdict))
        self._emits.append(Emit(DECIDE_INPUTS, self._shard(event), verdict))

    def cancel(self, entry: OpenOrder, reason: str) -> None:
        """Cancel an open order, unless that was asked already."""
        if entry.cancel_asked:
            return
        entry.cancel_asked = True
        order = entry.order
        message = CancelOrder(
            **self.head("cancel", order.order_id),
            order_id=order.order_id,
            bot_id=order.bot_id,
            market_id=order.market_id,
            reason=reason,
        )
        self._emits.append(Emit(DECIDE_INPUTS, self._shard(order.venue_event_id), message))
        self._emits.append(Emit(DECISIONS, self._account_id, message))

    def applied(self, message: CommandApplied) -> None:
        """The answer to a command."""
        self._emits.append(Emit(DECISIONS, self._account_id, message))

    def breach(self, message: Breach, bot_id: BotId | None) -> None:
        """A trip, a reset, a warning or an emergency halt."""
        self._emits.append(Emit(BREACHES, bot_id or PORTFOLIO, message))

    def bot_state(self, message: BotStateChanged) -> None:
        """A bot's state changed."""
        self._emits.append(Emit(CONTROL_STATES, message.bot_id, message))

    def view(self, message: AccountView) -> None:
        """A bot's account view, to every shard."""
        for shard in range(self._shards):
            self._emits.append(Emit(DECIDE_INPUTS, str(shard), message))

    def risk_state(self, message: RiskState) -> None:
        """The account's state; its key is the account, so that breakers do not replace it."""
        self._emits.append(Emit(RISK_STATES, self._account_id, message))

    def breaker(self, message: BreakerState) -> None:
        """A breaker's state; its key is scope and kind, one record each."""
        self._emits.append(Emit(RISK_STATES, f"{message.scope}/{message.kind}", message))

    def _shard(self, event: VenueEventId) -> str:
        return str(shard_of(event, self._shards))
