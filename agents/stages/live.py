"""Live execution as a stage: the shard's log in, calls to the gateway and reports out."""

from collections.abc import Iterator, Sequence

import msgspec

from agents.stages import live_pairs
from agents.stages.base import Emit
from agents.stages.execution import publish
from agents.stages.live_execution import LiveExecution, VenueFact
from agents.stages.live_markets import MarketMessage
from agents.stages.live_state import FormOrder, LiveRules, LiveState
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.ops import Alert, AlertHandled, ClockTick
from schemas.pairs import ConvertApproved, PairsFailed, SplitApproved
from schemas.trading import CancelOrder, IntentApproved, MergeApproved
from schemas.wallet import JobEnded
from streams.venue_reports import SOURCE
from topics.catalog import ALERTS, DECIDE_INPUTS, GATE_INPUTS, VENUE_CALLS, TopicSpec
from topics.catalog_wallet import WALLET_INPUTS


class LiveStage:
    """Executes approved orders at a venue, by way of the gateway that makes the calls."""

    name = SOURCE
    reads: TopicSpec = DECIDE_INPUTS

    def __init__(
        self,
        shard: int,
        account_id: AccountId,
        form: FormOrder,
        rules: LiveRules | None = None,
    ) -> None:
        """Start without orders.

        Args:
            shard: The partition it reads and writes back to.
            account_id: The account whose orders it executes.
            form: Makes the order that is sent, and with it the hash.
            rules: Waiting times.
        """
        self._shard = shard
        self._account_id = account_id
        self._form = form
        self._rules = LiveRules() if rules is None else rules
        self._execution = LiveExecution(account_id, form, self._rules)

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message of the shard's log."""
        execution = self._execution
        match message:
            case MergeApproved() | SplitApproved() if self._rules.on_chain:
                return self._settle(message)
            case JobEnded():
                return self._settled(message)
            case IntentApproved():
                execution.place(message)
            case CancelOrder():
                execution.cancel(message)
            case MergeApproved():
                execution.merge(message)
            case SplitApproved():
                execution.split(message)
            case ConvertApproved():
                execution.convert(message)
            case ClockTick():
                execution.tick(message)
            case _ if isinstance(message, VenueFact):
                execution.hear(message)
            case _:
                if isinstance(message, MarketMessage):
                    execution.learn(message)
                return ()
        calls = execution.calls(message)
        return (*self._emits(), *(Emit(VENUE_CALLS, self._account_id, call) for call in calls))

    def _settle(self, approved: MergeApproved | SplitApproved) -> Sequence[Emit]:
        """A merge or split goes to the wallet, by the log that all its jobs go by."""
        state = self._execution.state
        state.now = max(state.now, approved.ingest_time)
        job = live_pairs.settle(state, approved, self._shard)
        if job is not None:
            return (Emit(WALLET_INPUTS, self._account_id, job),)
        reason = "no session of the gateway has named the wallet, or the market is unknown"
        return self._back(live_pairs.failed(state, approved, reason))

    def _settled(self, over: JobEnded) -> Sequence[Emit]:
        state = self._execution.state
        state.now = max(state.now, over.ingest_time)
        report = live_pairs.ended(state, self._account_id, over)
        if report is None:
            return ()
        if isinstance(report, PairsFailed):
            return self._back(report)
        return tuple(publish((report,), self._shard))

    def _back(self, failed: PairsFailed) -> Sequence[Emit]:
        return (
            Emit(DECIDE_INPUTS, str(self._shard), failed),
            Emit(GATE_INPUTS, self._account_id, failed),
        )

    def snapshot(self) -> bytes:
        """The whole state."""
        return msgspec.json.encode(self._execution.state)

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot taken under the same rules."""
        state = msgspec.json.decode(snapshot, type=LiveState)
        self._execution = LiveExecution(self._account_id, self._form, self._rules, state)

    def _emits(self) -> Iterator[Emit]:
        yield from publish(self._execution.reports(), self._shard)
        for note in self._execution.notes():
            if isinstance(note, Alert | AlertHandled):
                yield Emit(ALERTS, SOURCE, note)
            else:
                yield Emit(VENUE_CALLS, self._account_id, note)
