"""Waiting for one's turn: one of several writers of the same name writes, the others stand by."""

import asyncio
import time
from collections.abc import Callable

import structlog

from schemas.envelope import Message
from schemas.ops import Heartbeat
from topics.catalog import HEARTBEATS
from topics.codec import TopicCodec, decode_frame
from topics.reader import LogReader, open_reader

log = structlog.get_logger(__name__)

SILENT_S = 6.0
"""Seconds without a heartbeat after which another writer counts as gone: the session timeout of
the stages' consumer groups."""
LOOKED_AT = 400
"""Records of heartbeats that are looked at, the last ones."""
POLL_S = 0.5


async def until_my_turn(
    broker: str,
    prefix: str,
    writer: str,
    instance: str,
    *,
    silent_s: float = SILENT_S,
    wall_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
) -> None:
    """Return when no other instance of a writer is heard.

    An instance that is started again under its own name has its turn at once.

    Args:
        broker: Kafka bootstrap address.
        prefix: Put before every topic name.
        writer: Its name, the source of its heartbeats.
        instance: This process's name among its like.
        silent_s: Seconds of silence after which another one counts as gone.
        wall_ms: Wall time, ms; compared with that of the other's records.

    Raises:
        InfrastructureError: The broker does not answer.
    """
    told = False
    async with open_reader(broker, client=f"pets-standby-{writer}") as reader:
        while other := await _heard(reader, prefix, writer, instance, wall_ms() - silent_s * 1000):
            if not told:
                log.warning(
                    "standing-by",
                    writer=writer,
                    instance=instance,
                    active=other,
                    detail=f"{other} writes; this one takes over when it is silent for "
                    f"{silent_s:g} s.",
                )
                told = True
            await asyncio.sleep(POLL_S)
    if told:
        log.warning("taking-over", writer=writer, instance=instance)


async def _heard(
    reader: LogReader, prefix: str, writer: str, instance: str, since_ms: float
) -> str:
    """The name of another instance whose heartbeat is the newest, if it is young; else empty."""
    codec: TopicCodec[Message] = TopicCodec(HEARTBEATS)
    name = prefix + HEARTBEATS.name
    first, end = (await reader.bounds(name, [0]))[0]
    newest, at = "", 0
    async for record in reader.records(name, 0, max(first, end - LOOKED_AT), end):
        for _, message in codec.decode_all(decode_frame(record.value or b"")):
            if isinstance(message, Heartbeat) and message.source == writer:
                newest, at = message.instance, record.timestamp
    return newest if newest != instance and at >= since_ms else ""
