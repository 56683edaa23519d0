"""The configurations on their compacted topic: what checkpoints were made under is found there."""

import msgspec
import structlog

from agents.stages.configured import Library
from schemas.control import Configuration
from topics.catalog import CONFIGS
from topics.codec import TopicCodec, encode
from topics.reader import LogReader, open_reader
from topics.writer import RecordWriter

log = structlog.get_logger(__name__)

_codec: TopicCodec[Configuration] = TopicCodec(CONFIGS)
_PARTITION = 0


async def read_configurations(reader: LogReader, prefix: str, library: Library) -> None:
    """Learn every configuration on the log.

    Args:
        reader: Reads the log.
        prefix: Put before every topic name.
        library: Takes them.

    Raises:
        InfrastructureError: The broker stopped answering, or a record cannot be read.
    """
    name = prefix + CONFIGS.name
    first, end = (await reader.bounds(name, [_PARTITION]))[_PARTITION]
    async for record in reader.records(name, _PARTITION, first, end):
        if record.value is None:
            continue
        message = _codec.decode(msgspec.Raw(record.value))
        if isinstance(message, Configuration):
            library.add(message)


async def share_birth(broker: str, prefix: str, library: Library, writer: RecordWriter) -> None:
    """Put what this process's stages are born with on the log, before a checkpoint names it.

    Args:
        broker: Kafka bootstrap address.
        prefix: Put before every topic name.
        library: Learns what is there already.
        writer: Writes it.

    Raises:
        InfrastructureError: The broker is away.
    """
    birth = library.birth
    known = Library(birth)
    async with open_reader(broker, client="pets-configurations") as reader:
        await read_configurations(reader, prefix, known)
    if known.has_read(birth.fingerprint):
        return
    key = birth.fingerprint.encode()
    sent = await writer.write(CONFIGS, _PARTITION, key, encode(birth))
    await writer.acknowledged(sent)
    log.info("configuration-shared", fingerprint=birth.fingerprint)
