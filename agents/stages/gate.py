"""The risk gate: one fold per account, one verdict per intent (STRATEGIES.md C).

It embeds the account fold and adds what only it decides: which intents pass, what is cancelled when
a breaker opens or an operator halts, and what life each bot leads.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from agents.stages.base import Emit
from agents.stages.gate_commands import apply_command, life_of, promote, shown_state
from agents.stages.gate_conversions import Conversions
from agents.stages.gate_desk import Desk
from agents.stages.gate_intents import Intents
from agents.stages.gate_judge import Judgement
from agents.stages.gate_outbox import GateOutbox
from agents.stages.gate_publish import Publisher
from agents.stages.gate_rules import GateRules
from agents.stages.gate_splits import Splits
from agents.stages.gate_state import GateState
from agents.stages.gate_truth import hear_doubt
from agents.stages.gate_venue import hear
from schemas.control import (
    BotFailed,
    BotStateChanged,
    CapitalAllocated,
    Command,
    CommandApplied,
    Verb,
)
from schemas.envelope import Message
from schemas.ids import AccountId, BotId
from schemas.market import MarketResolved
from schemas.ops import ClockTick
from schemas.pairs import ConvertIntent, PairsFailed, PositionsConverted, SplitIntent
from schemas.risk import (
    BreakerKind,
    CircuitBreakerReset,
    CircuitBreakerTriggered,
    DrawdownThreshold,
    EmergencyHalt,
    SizingAdvice,
    TradingState,
)
from schemas.trading import (
    BundleIntent,
    MergeIntent,
    Order,
    OrderPlaced,
    PairsMerged,
    PlaceIntent,
    Stamp,
)
from schemas.values import Action, BotState
from schemas.venue_status import VenueStatus
from schemas.wallet_truths import TruthDoubted
from streams.account import Account
from streams.account_facts import CancelFailed, Fact, OrderEnded, RearmRefused
from streams.advice import advise
from streams.breaker_events import BreakerReset, BreakerTripped, LevelReached
from streams.breaker_state import bot_number
from topics.catalog import GATE_INPUTS, TopicSpec


class GateStage:
    """The account's risk gate as a stage."""

    name = "gate"
    reads: TopicSpec = GATE_INPUTS

    def __init__(
        self, account_id: AccountId, rules: GateRules, bots: Iterable[BotId], shards: int = 1
    ) -> None:
        """Start with every bot IDLE and no capital.

        Args:
            account_id: Whose gate.
            rules: `gate_rules.gate_rules` of the configuration.
            bots: Bots that exist from the start; others come with their first command or capital.
            shards: How many shards there are.
        """
        self._account_id = account_id
        self._rules = rules
        self._out = GateOutbox(account_id, shards)
        self._facts: list[Fact] = []
        self._changed = False
        state = GateState()
        for bot_id in sorted(bots, key=bot_number):
            life_of(state, bot_id)
        self._use(state)

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message in; cancels come first, then verdicts, then what bots and screens see.

        Raises:
            InvalidOrderError: An intent no bot of ours sends.
            PositionNotFoundError: A fill or merge of what is not held.
        """
        self._out.begin(message, max(self._account.now, message.ingest_time))
        self._facts = self._account.apply(message)
        self._changed = False
        self._cancel_after_trips()
        for fact in self._facts:
            self._tell(fact)
        handler = self._handlers.get(type(message))
        if handler is not None and getattr(message, "account_id", self._account_id) == (
            self._account_id
        ):
            handler(message)
        if self._facts or isinstance(message, Command | CapitalAllocated | ClockTick | BotFailed):
            self._tell_states(message)
        self._publish(message)
        self._account.exposure.settle()
        return self._out.take()

    def what_if(self, order: Order, stamp: Stamp) -> Judgement:
        """What would be said of an order now; changes nothing and tells nobody."""
        return self._intents.what_if(order, stamp)

    def snapshot(self) -> bytes:
        """Everything the gate remembers, as JSON."""
        return msgspec.json.encode(self._state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot taken under the same rules."""
        self._use(msgspec.json.decode(snapshot, type=GateState))

    def _use(self, state: GateState) -> None:
        account = Account(self._account_id, self._rules.account, state.account)
        desk = Desk(self._account_id, self._rules, state, account, self._out)
        intents, splits, conversions = Intents(desk), Splits(desk), Conversions(desk)
        self._state, self._account, self._intents = state, account, intents
        self._waiting = (intents, splits, conversions)
        self._publisher = Publisher(self._account_id, self._rules, state, account)
        self._handlers: dict[type[Message], Callable[..., None]] = {
            BotFailed: self._failed,
            BundleIntent: intents.bundle,
            CapitalAllocated: self._capital,
            ClockTick: intents.forget_sides,
            SizingAdvice: self._advise,
            Command: self._command,
            ConvertIntent: conversions.convert,
            MarketResolved: self._resolved,
            MergeIntent: intents.merge,
            OrderPlaced: intents.placed,
            PairsFailed: intents.unsettled,
            PairsMerged: intents.merged,
            PlaceIntent: intents.place,
            PositionsConverted: conversions.converted,
            SplitIntent: splits.split,
            TruthDoubted: self._doubt,
            VenueStatus: self._venue,
        }

    def _failed(self, message: BotFailed) -> None:
        """A bot raised: it stands still in ERROR, and nothing of it rests on."""
        life_of(self._state, message.bot_id).state = BotState.ERROR
        self._cancel_all(message.bot_id, "the bot failed")

    def _resolved(self, message: MarketResolved) -> None:
        """Nothing of a resolved market is waited for."""
        for part in self._waiting:
            part.resolved(message)

    def _cancel_after_trips(self) -> None:
        """Before anything else: all resting orders in the scope of what tripped."""
        for fact in self._facts:
            if isinstance(fact, BreakerTripped):
                self._cancel_all(fact.bot_id, f"{fact.kind} tripped")

    def _cancel_all(self, bot_id: BotId | None, reason: str) -> None:
        orders = self._account.orders
        scope = orders.all() if bot_id is None else orders.of_bot(bot_id)
        for entry in list(scope):
            self._out.cancel(entry, reason)

    def _tell(self, fact: Fact) -> None:
        """Tell breaches; go on with what an order's end or a failed cancel leads to."""
        match fact:
            case BreakerTripped():
                self._tell_trip(fact)
            case BreakerReset():
                head = self._out.head("reset", fact.kind, fact.bot_id or "*")
                reset = CircuitBreakerReset(
                    **head, bot_id=fact.bot_id, reason=fact.kind, by=fact.by
                )
                self._out.breach(reset, fact.bot_id)
            case LevelReached():
                level = str(fact.level)
                warning = DrawdownThreshold(
                    **self._out.head("warning", fact.kind, fact.bot_id or "*", level),
                    bot_id=fact.bot_id,
                    reason=fact.kind,
                    level=fact.level,
                    threshold_value=fact.threshold,
                    current_value=fact.value,
                )
                self._out.breach(warning, fact.bot_id)
            case OrderEnded():
                self._intents.order_ended(fact)
            case CancelFailed():
                self._intents.cancel_failed(fact)
            case _:
                pass

    def _tell_trip(self, trip: BreakerTripped) -> None:
        head = self._out.head("trip", trip.kind, trip.bot_id or "*")
        head["event_id"] = trip.trip_id
        triggered = CircuitBreakerTriggered(
            **head,
            bot_id=trip.bot_id,
            reason=trip.kind,
            threshold_value=trip.threshold,
            current_value=trip.value,
            affected=trip.affected,
        )
        self._out.breach(triggered, trip.bot_id)
        if trip.kind is BreakerKind.PORTFOLIO_DRAWDOWN:
            self._emergency("The portfolio drawdown reached its limit.", trip.kind, None)

    def _emergency(self, reason: str, by: str, bot_id: BotId | None) -> None:
        """Tell an emergency halt with what is still open, since closing cannot be guaranteed."""
        left = self._publisher.residual(bot_id)
        still = f"{reason} Still open: {left or 'nothing'}."
        head = self._out.head("emergency-halt", bot_id or "*")
        halt = EmergencyHalt(**head, account_id=self._account_id, reason=still, by=by)
        self._out.breach(halt, bot_id)

    def _capital(self, message: CapitalAllocated) -> None:
        if message.bot_id is None:
            return
        life_of(self._state, message.bot_id)
        self._promote(message.bot_id)
        ledger = self._account.state.ledger.bots.get(message.bot_id)
        if ledger is not None and ledger.cash < self._account.orders.reserved_cash(message.bot_id):
            for entry in list(self._account.orders.of_bot(message.bot_id)):
                if entry.order.action is Action.BUY:
                    self._out.cancel(entry, "capital was withdrawn")

    def _advise(self, message: SizingAdvice) -> None:
        rights, known = self._rules.rights.get(message.bot_id), self._state.advice
        if rights is not None:
            known[message.bot_id] = advise(
                known.get(message.bot_id),
                message.sizing_lambda,
                message.valid_until,
                rights.lambda_max,
                self._account.now,
            )

    def _venue(self, message: VenueStatus) -> None:
        """Take over what a reporter knows of the venue."""
        hear(self._state, self._rules.rates, message, self._account.now)

    def _doubt(self, message: TruthDoubted) -> None:
        """Take over what is in doubt; what rests where nothing may be opened is cancelled."""
        for entry in hear_doubt(self._state, self._account, message):
            self._out.cancel(entry, f"truth in doubt: {message.reason}")

    def _command(self, message: Command) -> None:
        if message.verb is Verb.REARM:
            refused = [fact.reason for fact in self._facts if isinstance(fact, RearmRefused)]
            detail = refused[0] if refused else "The breaker is re-armed."
            self._answer(message, accepted=not refused, detail=detail)
            return
        if message.verb is Verb.RESUME_TRADING and self._account.state.breakers.portfolio_open:
            detail = "The portfolio drawdown breaker is open; re-arm it first."
            self._answer(message, accepted=False, detail=detail)
            return
        applied = apply_command(self._state, message)
        if applied.cancels:
            self._cancel_all(message.bot_id, f"{message.verb}: {message.reason}")
        self._answer(message, accepted=applied.accepted, detail=applied.detail)
        if message.verb is Verb.EMERGENCY_HALT:
            self._emergency(message.reason, message.by, message.bot_id)
        if message.verb is Verb.START:
            self._tell_states(message)
        if message.bot_id is not None:
            self._promote(message.bot_id)

    def _answer(self, command: Command, *, accepted: bool, detail: str) -> None:
        head = self._out.head("applied", command.event_id)
        answer = CommandApplied(
            **head, command_id=command.event_id, accepted=accepted, detail=detail
        )
        self._out.applied(answer)

    def _promote(self, bot_id: BotId) -> None:
        """A bot that has capital, or needs none because it places no orders, becomes ACTIVE."""
        rights = self._rules.rights.get(bot_id)
        bot = self._account.state.ledger.bots.get(bot_id)
        idle = rights is not None and not rights.intents
        promote(self._state, bot_id, funded=idle or (bot is not None and bot.equity > 0))

    def _tell_states(self, message: Message) -> None:
        """Let STOPPING bots without orders stop; tell every state that is not what was told."""
        reason = (
            message.reason if isinstance(message, Command | BotFailed) else type(message).__name__
        )
        for bot_id, life in self._state.lives.items():
            if life.state is BotState.STOPPING and not any(self._account.orders.of_bot(bot_id)):
                life.state = BotState.STOPPED
            shown = shown_state(self._state, self._account.state.breakers, bot_id)
            if shown is life.shown:
                continue
            state = BotStateChanged(
                **self._out.head("state", bot_id, shown),
                account_id=self._account_id,
                bot_id=bot_id,
                state=shown,
                previous=life.shown,
                reason=reason,
            )
            life.shown, self._changed = shown, True
            self._out.bot_state(state)

    def _publish(self, message: Message) -> None:
        sent = self._state.sent.risk
        urgent = self._changed or (sent is not None and sent.trading is not self._trading())
        self._publisher.views(self._concerned(message, everybody=urgent), self._out)
        if urgent or isinstance(message, ClockTick):
            self._publisher.risk(self._out, at_once=urgent)

    def _trading(self) -> TradingState:
        tripped = self._account.state.breakers.portfolio_open
        return TradingState.EMERGENCY_HALT if tripped else self._state.trading

    def _concerned(self, message: Message, *, everybody: bool) -> Iterable[BotId]:
        """Bots whose account view the message may have changed."""
        lives = self._state.lives
        if everybody or isinstance(message, ClockTick | Command | TruthDoubted | VenueStatus):
            return list(lives)
        return [bot_id for bot_id in self._account.concerned(message) if bot_id in lives]
