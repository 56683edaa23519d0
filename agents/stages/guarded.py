"""A stage that survives its own exceptions: a message that cannot be applied changes nothing."""

from collections.abc import Callable, Sequence

from agents.stages.base import Emit, Stage
from schemas.envelope import Message
from schemas.errors import ApplicationError

MakeStage = Callable[[], Stage]
"""Makes a stage in its first state."""

JOURNAL_LEAST, JOURNAL_MOST = 5_000, 50_000
BYTES_A_MESSAGE = 64
"""A snapshot of so many bytes costs less than folding a message does."""


def journal_limit(snapshot_bytes: int) -> int:
    """Messages after which a snapshot is taken in any case, so that undoing stays short.

    A large state waits for more of them: a snapshot of ten thousand books takes half a second, as
    long as folding 20,000 messages.

    Args:
        snapshot_bytes: Size of the last snapshot.
    """
    return min(JOURNAL_MOST, max(JOURNAL_LEAST, snapshot_bytes // BYTES_A_MESSAGE))


class FoldError(ApplicationError):
    """A stage raised while it applied a message; the message was left out."""

    def __init__(self, stage: str, message: Message, cause: Exception) -> None:
        """Say what happened.

        Args:
            stage: The stage's name.
            message: What it could not apply.
            cause: What it raised.
        """
        super().__init__(
            f"The stage {stage} could not apply {type(message).__name__} {message.event_id}: "
            f"{type(cause).__name__}: {cause}"
        )
        self.event_id = message.event_id


class GuardedStage:
    """A stage with the messages since its last snapshot, so that a failed one can be undone.

    A fold that raises may have changed half of its state. So the stage is made anew, restored from
    the last snapshot, and given every message since, without the one that failed. What those led
    to was emitted before and is dropped. Being a fold, the stage is then exactly where it was.
    """

    def __init__(self, make: MakeStage) -> None:
        """Start with a stage in its first state."""
        self._make = make
        self._stage = make()
        self._snapshot = self._stage.snapshot()
        self._journal: list[Message] = []

    @property
    def stage(self) -> Stage:
        """The stage itself; another object after a message failed."""
        return self._stage

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message in; return what follows from it.

        Raises:
            FoldError: The stage raised; its state is as if the message had never come.
        """
        try:
            emits = self._stage.apply(message)
        except Exception as error:
            self._undo()
            raise FoldError(self._stage.name, message, error) from error
        self._journal.append(message)
        if len(self._journal) >= journal_limit(len(self._snapshot)):
            self.snapshot()
        return emits

    def snapshot(self) -> bytes:
        """The stage's state; undoing starts from here afterwards."""
        self._snapshot = self._stage.snapshot()
        self._journal.clear()
        return self._snapshot

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of the same stage."""
        self._stage = self._make()
        self._stage.restore(snapshot)
        self._snapshot = snapshot
        self._journal.clear()

    def _undo(self) -> None:
        journal = self._journal.copy()
        self.restore(self._snapshot)
        for message in journal:
            self._stage.apply(message)
        self.snapshot()
