"""The paper exchange as a stage: the shard's log in, order events and fills out."""

from collections.abc import Sequence

from agents.stages.base import Emit
from agents.stages.execution import publish
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.pairs import ConvertApproved, SplitApproved
from schemas.trading import CancelOrder, IntentApproved, MergeApproved
from streams.paper_exchange import PaperExchange
from streams.paper_rules import PaperRules
from streams.paper_state import Counts
from streams.queue_models import QueueModel
from topics.catalog import DECIDE_INPUTS, TopicSpec


class PaperStage:
    """Executes approved orders against the recorded or live book, with paper money."""

    name = "paper"
    reads: TopicSpec = DECIDE_INPUTS

    def __init__(
        self, shard: int, account_id: AccountId, rules: PaperRules, queue_model: QueueModel
    ) -> None:
        """Start without orders.

        Args:
            shard: The partition it reads and writes back to.
            account_id: The account whose orders it executes.
            rules: Latencies and guards (`configs.paper`).
            queue_model: Under which fills are simulated; replay runs one stage under each.
        """
        self._shard = shard
        self._exchange = PaperExchange(rules, queue_model, account_id)

    @property
    def counts(self) -> Counts:
        """Gaps, inferred fills and the like, for the report on a run."""
        return self._exchange.counts

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message of the shard's log."""
        exchange = self._exchange
        if isinstance(message, IntentApproved):
            exchange.place(message)
        elif isinstance(message, CancelOrder):
            exchange.cancel(message)
        elif isinstance(message, MergeApproved):
            exchange.merge(message)
        elif isinstance(message, SplitApproved):
            exchange.split(message)
        elif isinstance(message, ConvertApproved):
            exchange.convert(message)
        else:
            exchange.observe(message)
        reports = exchange.reports()
        return tuple(publish(reports, self._shard)) if reports else ()

    def snapshot(self) -> bytes:
        """The exchange's whole state."""
        return self._exchange.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot taken under the same rules and queue model."""
        self._exchange.restore(snapshot)
