"""Where a stage goes on: its last checkpoint, compared with what the log still has."""

from collections.abc import Iterable
from typing import NamedTuple

import structlog

from agents.shell.checkpoints import read_checkpoints
from agents.shell.configurations import read_configurations
from agents.stages.configured import Library
from schemas.errors import InfrastructureError
from schemas.ops import Checkpoint
from topics.catalog import TopicSpec
from topics.reader import Bounds, open_reader

log = structlog.get_logger(__name__)


class Resumption(NamedTuple):
    """Where a stage goes on in one partition.

    Attributes:
        checkpoint: Its state; None at the very first start.
        start: The offset to read first.
        end: The end of the log now.
        lost: Records that were deleted before the stage had read them.
    """

    checkpoint: Checkpoint | None
    start: int
    end: int
    lost: int


async def find_resumptions(
    broker: str,
    prefix: str,
    stage: str,
    topic: TopicSpec,
    partitions: Iterable[int],
    library: Library | None = None,
) -> dict[int, Resumption]:
    """Read a stage's checkpoints and its input log's bounds.

    Args:
        broker: Kafka bootstrap address.
        prefix: Put before every topic name.
        stage: The stage's name.
        topic: What it reads.
        partitions: Which partitions of it.
        library: Learns the configurations that checkpoints may name.

    Raises:
        InfrastructureError: No broker answers, or a checkpoint does not belong to this log.
    """
    wanted = sorted(partitions)
    async with open_reader(broker, client=f"pets-restore-{stage}") as reader:
        bounds = await reader.bounds(prefix + topic.name, wanted)
        checkpoints = await read_checkpoints(reader, prefix, stage, wanted)
        if library is not None:
            await read_configurations(reader, prefix, library)
    return {
        partition: resume(stage, topic, partition, checkpoints.get(partition), bounds[partition])
        for partition in wanted
    }


def resume(
    stage: str, topic: TopicSpec, partition: int, checkpoint: Checkpoint | None, bounds: Bounds
) -> Resumption:
    """Decide where a stage goes on.

    Raises:
        InfrastructureError: The checkpoint includes records the log does not have. To go on would
            skip the records that get their offsets, without a word.
    """
    if checkpoint is None:
        return Resumption(None, bounds.first, bounds.end, lost=0)
    start = checkpoint.offset + 1
    if start > bounds.end:
        raise InfrastructureError(
            f"The checkpoint of {stage} includes {topic.name}/{partition} up to offset "
            f"{checkpoint.offset}, but that log ends at {bounds.end}: the topic was made anew or "
            "lost its end in a power cut. Begin with an empty log (another PETS_HOME or "
            "PETS_TOPIC_PREFIX), or restore the topic."
        )
    lost = max(0, bounds.first - start)
    return Resumption(checkpoint, max(start, bounds.first), bounds.end, lost)
