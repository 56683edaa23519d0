"""A producer that outlives its connection: a broken one is replaced at the next command.

A `FrameProducer` writes nothing more once a record has failed, because order matters to the stage
that owns it. Commands need no order among them, and a halt must not wait for a restart of the API.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from schemas.envelope import Message
from schemas.errors import InfrastructureError
from topics.catalog import TopicSpec
from topics.producer import FrameProducer
from topics.writer import Written

log = structlog.get_logger(__name__)

CLOSE_S = 2.0


class LastingProducer:
    """Connects when first needed, and anew after a failure."""

    def __init__(self, make: Callable[[], FrameProducer]) -> None:
        """Say how a producer is made.

        Args:
            make: A new producer, not started.
        """
        self._make = make
        self._started: asyncio.Task[FrameProducer] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> Written:
        """Write a message and wait for the acknowledgement; tried twice, on two connections.

        Writing it twice is harmless: whoever reads commands knows them by their id.

        Raises:
            InfrastructureError: The broker took it on neither.
        """
        try:
            return await self._send_once(topic, key, message)
        except InfrastructureError as error:
            log.warning("connecting to the log anew", error=str(error))
        return await self._send_once(topic, key, message)

    async def close(self) -> None:
        """Disconnect."""
        if self._started is not None:
            self._drop(self._started)
        await asyncio.gather(*self._ending)

    async def _send_once(self, topic: TopicSpec, key: str, message: Message) -> Written:
        started = self._started or asyncio.create_task(self._start())
        self._started = started
        try:
            producer = await asyncio.shield(started)
            return await producer.send_now(topic, key, message)
        except InfrastructureError:
            self._drop(started)
            raise

    async def _start(self) -> FrameProducer:
        producer = self._make()
        await producer.start()
        return producer

    def _drop(self, started: asyncio.Task[FrameProducer]) -> None:
        """Forget a producer; it is closed beside the work."""
        if self._started is started:
            self._started = None
            ending = asyncio.create_task(_end(started))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


async def _end(started: asyncio.Task[FrameProducer]) -> None:
    with suppress(InfrastructureError):
        producer = await started
        await producer.close(CLOSE_S)
