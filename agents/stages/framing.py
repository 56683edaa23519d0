"""From a frame to what follows from it: the broker-free middle of the shell, and of replay."""

from typing import NamedTuple

import msgspec

from agents.stages.base import Emit
from agents.stages.guarded import FoldError, GuardedStage, MakeStage
from agents.stages.outbox import Outbox, OutgoingRecord
from schemas.envelope import Message
from schemas.errors import ApplicationError, ConfigurationError, PETSError
from schemas.ops import Checkpoint, DeadLetter
from topics.catalog import DEAD_LETTERS, TopicSpec
from topics.codec import DecodeError, TopicCodec, decode_frame
from topics.dead_letters import WHOLE_RECORD, letter_of
from topics.frames import FENCE_POSITION, Frame, stage_origin

START = -1
"""The offset before the first."""


class AppliedFrames:
    """Which frames were applied already, by the last position of each origin."""

    def __init__(self, positions: dict[str, int] | None = None) -> None:
        """Start with the positions of a checkpoint, or with none."""
        self.positions: dict[str, int] = {} if positions is None else dict(positions)

    def is_news(self, frame: Frame) -> bool:
        """Whether the frame is no repeat and no fence; it counts as applied from then on."""
        if frame.position <= FENCE_POSITION:
            return False
        last = self.positions.get(frame.origin)
        if last is None:
            self._forget_earlier_incarnations(frame.origin)
        elif frame.position <= last:
            return False
        self.positions[frame.origin] = frame.position
        return True

    def _forget_earlier_incarnations(self, origin: str) -> None:
        writer, hash_sign, _ = origin.partition("#")
        if hash_sign:
            for known in [k for k in self.positions if k.startswith(writer + hash_sign)]:
                del self.positions[known]


class Outcome(NamedTuple):
    """What one input record led to.

    Attributes:
        records: To be written, in order per partition.
        applied: Messages folded in.
        dead: Dead letters, which are among the records as well.
        failures: Those of the dead letters that a fold raised; the others could not be decoded.
        repeated: The record was applied before.
    """

    records: list[OutgoingRecord]
    applied: int = 0
    dead: tuple[DeadLetter, ...] = ()
    failures: int = 0
    repeated: bool = False


REPEATED = Outcome([], repeated=True)
PASSED_OVER = Outcome([])
"""The record was meant for another reader."""


class FrameFold:
    """One stage on one input partition: frames in, records out.

    Everything here is a function of the input records, so that after a crash the same records
    give the same outputs with the same positions.

    Attributes:
        offset: The last input offset applied.
        now: The greatest `ingest_time` applied, ms.
        applying: The message that is being applied or was applied last; for logs.
    """

    def __init__(self, make: MakeStage, partition: int, shards: int) -> None:
        """Start with the stage in its first state, before the first offset.

        Args:
            make: Makes the stage; called again when a message has to be undone.
            partition: The input partition.
            shards: Partitions of shard topics.

        Raises:
            ConfigurationError: The stage reads a topic without frames.
        """
        self._guarded = GuardedStage(make)
        self._partition = partition
        self._shards = shards
        self._topic: TopicSpec = self._guarded.stage.reads
        if not self._topic.framed:
            raise ConfigurationError(
                f"The stage {self.name} reads {self._topic.name}, which is compacted: a stage "
                "reads an ordered log, so give it a topic whose cleanup is delete."
            )
        self._codec: TopicCodec[Message] = TopicCodec(self._topic)
        self._origin = stage_origin(self.name, self._topic.name, partition)
        self._applied = AppliedFrames()
        self.offset = START
        self.now = 0
        self.applying: Message | None = None

    @property
    def name(self) -> str:
        """The stage's name."""
        return self._guarded.stage.name

    @property
    def partition(self) -> int:
        """The input partition."""
        return self._partition

    def apply(self, offset: int, payload: bytes) -> Outcome:
        """Fold one input record in.

        Args:
            offset: Its offset; a record at or before the last one is skipped.
            payload: Its value, a frame.

        Returns:
            What follows from it. Bad messages and messages the stage raised on become dead
            letters; the others of the same frame are applied.
        """
        if offset <= self.offset:
            return REPEATED
        self.offset = offset
        outbox = Outbox(self._origin, offset, self._shards)
        try:
            frame = decode_frame(payload)
        except DecodeError as error:
            letter = self._dead_letter(WHOLE_RECORD, error, payload)
            outbox.add(Emit(DEAD_LETTERS, self._topic.name, letter))
            return Outcome(outbox.records(), dead=(letter,))
        if not frame.is_for(self.name):
            return PASSED_OVER
        if not self._applied.is_news(frame):
            return REPEATED
        return self._fold(frame, outbox)

    def _fold(self, frame: Frame, outbox: Outbox) -> Outcome:
        dead: list[DeadLetter] = []
        failures = 0
        decode, apply, add = self._codec.decode, self._guarded.apply, outbox.add
        for index, encoded in enumerate(frame.messages):
            try:
                message = self.applying = decode(encoded)
                emits = apply(message)
            except (DecodeError, FoldError) as error:
                failures += isinstance(error, FoldError)
                dead.append(self._dead_letter(index, error, encoded))
                add(Emit(DEAD_LETTERS, self._topic.name, dead[-1]))
                continue
            if message.ingest_time > self.now:
                self.now = message.ingest_time
            for emit in emits:
                add(emit, encoded if emit.message is message else None)
        applied = len(frame.messages) - len(dead)
        return Outcome(outbox.records(), applied, tuple(dead), failures)

    def checkpoint(self) -> Checkpoint:
        """The whole state with the position it includes."""
        return Checkpoint(
            stage=self.name,
            partition=self._partition,
            offset=self.offset,
            applied=dict(self._applied.positions),
            now=self.now,
            state=msgspec.Raw(self._guarded.snapshot()),
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Continue from a checkpoint of the same stage and partition.

        Raises:
            ApplicationError: Another version wrote it.
        """
        try:
            self._guarded.restore(bytes(checkpoint.state))
        except (msgspec.DecodeError, LookupError, ValueError, TypeError) as error:
            raise ApplicationError(
                f"The checkpoint of {self.name} cannot be read ({type(error).__name__}: {error}): "
                "it was written by another version of PETS. Start that version, or begin with an "
                "empty log (another PETS_HOME or PETS_TOPIC_PREFIX)."
            ) from error
        self._applied = AppliedFrames(checkpoint.applied)
        self.offset = checkpoint.offset
        self.now = checkpoint.now

    def _dead_letter(
        self, index: int, error: PETSError, payload: bytes | msgspec.Raw
    ) -> DeadLetter:
        place = (self._topic.name, self._partition, self.offset, index)
        cause = error.event_id if isinstance(error, FoldError) else ""
        return letter_of(self.name, *place, error, payload, self.now, cause)
