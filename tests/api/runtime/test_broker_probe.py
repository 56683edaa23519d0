import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.runtime.broker_probe import BrokerAnswer, ask_broker, decode_answer, encode_request
from api.runtime.ports import free_port

HOST = "127.0.0.1"


def text(value: str | None) -> bytes:
    if value is None:
        return struct.pack(">h", -1)
    return struct.pack(">h", len(value)) + value.encode()


def answer(brokers: list[tuple[str, int]], cluster_id: str | None) -> bytes:
    body = struct.pack(">ii", 1, len(brokers))
    for node, (host, port) in enumerate(brokers):
        body += struct.pack(">i", node) + text(host) + struct.pack(">i", port) + text(None)
    return body + text(cluster_id) + struct.pack(">ii", 1, 0)


@asynccontextmanager
async def server(reply: Callable[[bytes], bytes | None]) -> AsyncIterator[int]:
    """Answers each connection's first request with `reply`; None keeps silent."""

    handlers: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.append(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            (size,) = struct.unpack(">i", await reader.readexactly(4))
            data = reply(await reader.readexactly(size))
            if data is None:
                await reader.read()
            else:
                writer.write(data)
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    port = free_port()
    async with await asyncio.start_server(serve, HOST, port):
        yield port
    await asyncio.gather(*(handler for handler in handlers if handler is not None))


def test_the_request_is_metadata_version_2_for_no_topic() -> None:
    request = encode_request()
    size, key, version, _, name = struct.unpack_from(">ihhih", request)
    assert (size, key, version) == (len(request) - 4, 3, 2)
    assert request[14 + name :] == struct.pack(">i", 0)


@given(
    st.lists(st.tuples(st.from_regex(r"[a-z.]{1,20}", fullmatch=True), st.integers(1, 65535))),
    st.none() | st.from_regex(r"[A-Za-z0-9_-]{22}", fullmatch=True),
)
def test_every_answer_is_read_back(brokers: list[tuple[str, int]], cluster: str | None) -> None:
    expected = BrokerAnswer(cluster, tuple(f"{host}:{port}" for host, port in brokers))
    assert decode_answer(answer(brokers, cluster)) == expected


@given(st.binary(max_size=200))
def test_noise_is_refused_and_never_crashes(noise: bytes) -> None:
    with suppress(ValueError, struct.error):
        decode_answer(noise)


async def test_a_serving_broker_is_recognised() -> None:
    body = answer([(HOST, 19092)], "PabcdefghijklmnopqrstA")
    async with server(lambda _: struct.pack(">i", len(body)) + body) as port:
        told = await ask_broker(HOST, port)
    assert told == BrokerAnswer("PabcdefghijklmnopqrstA", ("127.0.0.1:19092",))


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"",
        struct.pack(">i", 50) + b"short",
        b"\0\0\0\1x",
        None,
    ],
    ids=["http", "closed", "cut short", "too small", "silent"],
)
async def test_an_open_port_alone_is_not_a_broker(reply: bytes | None) -> None:
    async with server(lambda _: reply) as port:
        assert await ask_broker(HOST, port, timeout_s=0.3) is None


async def test_a_closed_port_is_not_a_broker() -> None:
    assert await ask_broker(HOST, free_port(), timeout_s=0.3) is None
