"""Checkpoints on their compacted topic: the last one of each stage and partition counts."""

from collections.abc import Iterable

import msgspec

from schemas.errors import InfrastructureError
from schemas.ops import Checkpoint
from topics.catalog import CHECKPOINTS
from topics.codec import encode
from topics.reader import LogReader, open_reader
from topics.writer import RecordWriter

_decoder = msgspec.json.Decoder(Checkpoint)
_PARTITION = 0


def checkpoint_key(stage: str, partition: int) -> bytes:
    """The record key of a stage's checkpoint for one input partition."""
    return f"{stage}/{partition}".encode()


async def write_checkpoint(writer: RecordWriter, checkpoint: Checkpoint) -> int:
    """Write a checkpoint and wait until the broker has it.

    Returns:
        Its size in bytes.

    Raises:
        InfrastructureError: It could not be written.
    """
    key = checkpoint_key(checkpoint.stage, checkpoint.partition)
    value = encode(checkpoint)
    sent = await writer.write(CHECKPOINTS, _PARTITION, key, value)
    await writer.acknowledged(sent)
    return len(value)


async def read_checkpoints(
    reader: LogReader, prefix: str, stage: str, partitions: Iterable[int]
) -> dict[int, Checkpoint]:
    """The last checkpoints of a stage, by input partition; none where there is none.

    Args:
        reader: Reads the log.
        prefix: Put before every topic name.
        stage: The stage's name.
        partitions: Its input partitions.

    Raises:
        InfrastructureError: A checkpoint cannot be decoded.
    """
    keys = {checkpoint_key(stage, partition): partition for partition in partitions}
    values = await reader.last_values(prefix + CHECKPOINTS.name, _PARTITION, keys)
    try:
        return {keys[key]: _decoder.decode(value) for key, value in values.items()}
    except msgspec.DecodeError as error:
        raise InfrastructureError(
            f"The last checkpoint of {stage} cannot be read ({error}): it was written by another "
            "version of PETS. Start that version, or begin with an empty log."
        ) from error


async def load_checkpoint(
    broker: str, prefix: str, stage: str, partition: int
) -> Checkpoint | None:
    """The last checkpoint of a stage for one partition, over a connection of its own.

    Raises:
        InfrastructureError: No broker answers, or the checkpoint cannot be decoded.
    """
    async with open_reader(broker) as reader:
        found = await read_checkpoints(reader, prefix, stage, [partition])
    return found.get(partition)
