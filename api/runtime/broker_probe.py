"""Ask a broker for its metadata in Kafka's own protocol: the proof that it serves.

An open port proves little: a starting broker accepts connections long before it answers. This
speaks Metadata version 2, which every Kafka since 0.10.1, Kafka 4 and Redpanda answer, in one
request without a client library's retries and log lines.
"""

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass

_METADATA, _VERSION, _CORRELATION = 3, 2, 1
_CLIENT = b"pets-probe"
_LARGEST_ANSWER = 1 << 20


@dataclass(frozen=True, slots=True)
class BrokerAnswer:
    """What a broker says of itself.

    Attributes:
        cluster_id: The cluster's id, or None when it names none.
        brokers: Addresses ``host:port`` of the brokers that take clients now.
    """

    cluster_id: str | None
    brokers: tuple[str, ...]


async def ask_broker(host: str, port: int, timeout_s: float = 2.0) -> BrokerAnswer | None:
    """The broker's answer, or None when nothing that speaks Kafka's protocol answers in time."""
    try:
        async with asyncio.timeout(timeout_s):
            return await _ask(host, port)
    except (OSError, TimeoutError, EOFError, ValueError, struct.error):
        return None


def encode_request() -> bytes:
    """A length-prefixed Metadata request that asks for no topic."""
    head = struct.pack(
        f">hhih{len(_CLIENT)}s", _METADATA, _VERSION, _CORRELATION, len(_CLIENT), _CLIENT
    )
    body = head + struct.pack(">i", 0)
    return struct.pack(">i", len(body)) + body


def decode_answer(data: bytes) -> BrokerAnswer:
    """Read a Metadata answer without its length prefix.

    Raises:
        ValueError: It is not one.
        struct.error: It is cut short.
    """
    correlation, count = struct.unpack_from(">ii", data)
    if correlation != _CORRELATION or not 0 <= count <= 10_000:
        raise ValueError("not an answer to our metadata request")
    at, brokers = 8, []
    for _ in range(count):
        host, at = _string(data, at + 4)
        (port,) = struct.unpack_from(">i", data, at)
        _, at = _string(data, at + 4)
        brokers.append(f"{host}:{port}")
    cluster_id, _ = _string(data, at)
    return BrokerAnswer(cluster_id, tuple(brokers))


async def _ask(host: str, port: int) -> BrokerAnswer:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(encode_request())
        await writer.drain()
        (size,) = struct.unpack(">i", await reader.readexactly(4))
        if not 8 <= size <= _LARGEST_ANSWER:
            raise ValueError("not a Kafka answer")
        return decode_answer(await reader.readexactly(size))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _string(data: bytes, at: int) -> tuple[str | None, int]:
    (length,) = struct.unpack_from(">h", data, at)
    start = at + 2
    if length < 0:
        return None, start
    if start + length > len(data):
        raise ValueError("cut short")
    return data[start : start + length].decode("utf-8"), start + length
