"""A database that says goodbye between two statements of a batch, its connection still standing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast
from urllib.parse import urlsplit, urlunsplit

import pytest

from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.port import Partition, SinkAwayError
from sinks.rows import rows_of
from sinks.writer import PostgresSink
from tests.sinks import messages

pytestmark = pytest.mark.integration

IN_TRANSACTION = b"Z\x00\x00\x00\x05T"
"""PostgreSQL's ReadyForQuery, inside a transaction."""
_FIELDS = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0"
GOODBYE = b"E" + (len(_FIELDS) + 4).to_bytes(4, "big") + _FIELDS
"""PostgreSQL's ErrorResponse of a backend whose server was killed."""


class Between:
    """Stands between sink and server; lets the server say goodbye after an answer in a transaction.

    Attributes:
        answers: Answers that left the client in a transaction.
        last: After which of them comes the goodbye; 0 for never.
    """

    def __init__(self, dsn: str) -> None:
        self._to = urlsplit(dsn)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self.answers = 0
        self.last = 0

    async def start(self) -> str:
        """Listen; the address by which the database is reached through here."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        place = f"{self._to.username}:{self._to.password}@127.0.0.1:{port}"
        return urlunsplit(self._to._replace(netloc=place))

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for each in self._serving:
            each.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
        answers, questions = await asyncio.open_connection(self._to.hostname, self._to.port)
        try:
            await asyncio.gather(self._relay(reader, questions), self._relay(answers, writer))
        finally:
            for each in (questions, writer):
                each.close()
            await asyncio.gather(
                questions.wait_closed(), writer.wait_closed(), return_exceptions=True
            )

    async def _relay(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await source.read(65536):
                if chunk.endswith(IN_TRANSACTION):
                    self.answers += 1
                    chunk += GOODBYE if self.answers == self.last else b""
                sink.write(chunk)
                await sink.drain()
        sink.close()


@pytest.fixture
async def between(database: str) -> AsyncIterator[Between]:
    await migrate(database)
    standing = Between(database)
    yield standing
    await standing.stop()


async def test_a_goodbye_after_any_statement_is_an_outage_and_the_batch_is_kept_afterwards(
    between: Between,
) -> None:
    dsn = await between.start()
    rows = rows_of(messages.signal(0))
    async with open_pool(dsn, 1) as pool:
        await PostgresSink(pool).write(rows, {Partition("topic", 0): 1})
    answers = between.answers
    assert answers >= 3  # begin, rows, positions
    for last in range(1, answers + 1):
        between.answers, between.last = 0, last
        async with open_pool(dsn, 1) as pool:
            sink = PostgresSink(pool)
            with pytest.raises(SinkAwayError, match="cannot be used now"):
                await sink.write(rows, {Partition("topic", 0): 1 + last})
            assert await sink.positions() == {Partition("topic", 0): last}
            await sink.write(rows, {Partition("topic", 0): 1 + last})
            assert await sink.positions() == {Partition("topic", 0): 1 + last}
