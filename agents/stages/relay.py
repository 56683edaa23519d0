"""Forward the connectors' topics into the decide logs: the partition becomes the sequencer."""

from collections.abc import Sequence

from agents.stages.base import Emit
from schemas.envelope import Message
from schemas.ids import AccountId
from topics.catalog import (
    ATTENTION,
    BOOK_EVENTS,
    DECIDE_INPUTS,
    ESTIMATES,
    GAME_STATES,
    GATE_INPUTS,
    LIFECYCLE,
    NEWS_ITEMS,
    WALLET_TRADES,
    TopicSpec,
)


class Relay:
    """One source topic of one shard, unchanged, into the shard's log and perhaps the account's.

    Attributes:
        name: The stage's name.
        reads: The source topic.
    """

    def __init__(
        self, name: str, reads: TopicSpec, shard: int, account: AccountId | None = None
    ) -> None:
        """Forward a topic.

        Args:
            name: The stage's name.
            reads: The source topic.
            shard: The partition it reads and writes.
            account: Whose gate and ledger get the messages too; None for neither.
        """
        self.name = name
        self.reads = reads
        self._shard = str(shard)
        self._account = account

    def apply(self, message: Message) -> Sequence[Emit]:
        """Forward one message."""
        to_shard = Emit(DECIDE_INPUTS, self._shard, message)
        if self._account is None:
            return (to_shard,)
        return (to_shard, Emit(GATE_INPUTS, self._account, message))

    def snapshot(self) -> bytes:
        """A relay has no state."""
        return b"null"

    def restore(self, snapshot: bytes) -> None:
        """A relay has no state."""


def relays(shard: int, account: AccountId) -> tuple[Relay, ...]:
    """The relays of a shard: one for each source topic; only lifecycle concerns the account too."""
    return (
        Relay("relay-books", BOOK_EVENTS, shard),
        Relay("relay-lifecycle", LIFECYCLE, shard, account),
        Relay("relay-news", NEWS_ITEMS, shard),
        Relay("relay-games", GAME_STATES, shard),
        Relay("relay-wallets", WALLET_TRADES, shard),
        Relay("relay-attention", ATTENTION, shard),
        Relay("relay-estimates", ESTIMATES, shard),
    )
