"""An audit: re-derive a stage's records from its recorded input and compare them byte by byte."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from agents.replay.log import Recorded
from agents.stages.framing import FrameFold
from agents.stages.guarded import MakeStage
from topics.codec import decode_frame
from topics.frames import FENCE_POSITION, stage_origin, stage_position


class Difference(NamedTuple):
    """The first record that was not re-derived as it was recorded.

    Attributes:
        topic: Where it was written.
        position: The writer's position.
        recorded: Its bytes on the log, or None when the log lacks it.
        derived: Its bytes now, or None when nothing was derived.
    """

    topic: str
    position: int
    recorded: bytes | None
    derived: bytes | None


class Finding(NamedTuple):
    """What the audit of one stage found.

    Attributes:
        stage: The stage's name.
        inputs: Input records applied.
        compared: Records compared per topic.
        difference: The first difference; None when all were equal.
    """

    stage: str
    inputs: int
    compared: Counter[str]
    difference: Difference | None


def audit_stage(
    make: MakeStage, shards: int, inputs: Iterable[Recorded], outputs: Iterable[Recorded]
) -> Finding:
    """Run a stage over its recorded input and compare what follows with what was recorded.

    Repeats after a crash are equal to the byte and are compared like everything else. Records of
    compacted topics are not compared: the log keeps only the last of a key.

    Args:
        make: Makes the stage in its first state; the input must reach back to it.
        shards: Partitions of shard topics.
        inputs: Its input topic, from offset 0, in order.
        outputs: The framed topics it writes, in order; records of other writers are ignored.
    """
    inputs = list(inputs)
    partition = inputs[0].partition if inputs else 0
    fold = FrameFold(make, partition, shards)
    stage = make()
    origin = stage_origin(stage.name, stage.reads.name, partition)
    derived: dict[tuple[str, int], bytes] = {}
    for record in inputs:
        for outgoing in fold.apply(record.offset, record.value).records:
            if outgoing.topic.framed:
                frame = decode_frame(outgoing.value)
                derived[outgoing.topic.name, frame.position] = outgoing.value
    recorded: dict[tuple[str, int], bytes] = {}
    end = stage_position(inputs[-1].offset + 1, 0) if inputs else 0
    for record in outputs:
        frame = decode_frame(record.value)
        if frame.origin == origin and FENCE_POSITION < frame.position < end:
            recorded[record.topic, frame.position] = record.value
    return Finding(
        stage.name,
        len(inputs),
        Counter(topic for topic, _ in recorded),
        _first_difference(recorded, derived),
    )


def _first_difference(
    recorded: dict[tuple[str, int], bytes], derived: dict[tuple[str, int], bytes]
) -> Difference | None:
    """The first position that differs; what was derived beyond a topic's end is not yet written."""
    last: dict[str, int] = {}
    for topic, position in recorded:
        last[topic] = max(position, last.get(topic, -1))
    for topic, position in sorted(recorded.keys() | derived.keys(), key=lambda key: key[::-1]):
        was, now = recorded.get((topic, position)), derived.get((topic, position))
        if was != now and position <= last.get(topic, -1):
            return Difference(topic, position, was, now)
    return None
