"""Faust's Kafka consumer in the stage's own event loop instead of a thread for each.

Faust's driver gives every consumer a thread with an event loop and two queues of calls to and fro.
Twelve stages in one process are then thirteen threads that take the interpreter from each other
(docs/decisions/0012-consumers-without-threads.md). The driver's methods stay; only the ways into
the thread and out of it are replaced by direct calls.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from faust import Service
from faust.transport.consumer import ThreadDelegateConsumer
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Transport
from faust.types import TP


class LoopConsumer(AIOKafkaConsumerThread):
    """The driver's consumer without its thread."""

    logger = logging.getLogger("faust.pets.consumer")
    wait_for_shutdown = False

    def __init__(self, consumer: ThreadDelegateConsumer, *, fetch_wait_ms: int) -> None:
        """Set it up in the running loop; nothing connects yet.

        Args:
            consumer: Faust's consumer that delegates to this one.
            fetch_wait_ms: How long the broker may hold an empty fetch; Faust hides 1.5 s.
        """
        loop = asyncio.get_running_loop()
        super().__init__(consumer, loop=loop, thread_loop=loop, beacon=consumer.beacon)
        self._fetch_wait_ms = fetch_wait_ms

    async def start(self) -> None:
        """Connect."""
        await self._default_start()

    async def maybe_start(self) -> bool:
        """Connect, if that was not done."""
        return await Service.maybe_start(self)

    async def stop(self) -> None:
        """Leave the group and disconnect."""
        await Service.stop(self)

    async def on_stop(self) -> None:
        """What the driver does when its thread ends."""
        await self.on_thread_stop()

    async def crash(self, reason: BaseException) -> None:
        """Tell Faust's application."""
        await Service.crash(self, reason)

    async def call_thread(
        self, fun: Callable[..., Awaitable[object]], *args: object, **kwargs: object
    ) -> object:
        """Call at once what the driver would put into the queue of its thread."""
        called: object = fun(*args, **kwargs)
        return await called if isawaitable(called) else called

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Called by the client in a rebalance."""
        await self.consumer.on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Called by the client in a rebalance."""
        await self.consumer.on_partitions_assigned(assigned, generation_id)

    def _create_worker_consumer(self, transport: Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = self._fetch_wait_ms  # noqa: SLF001
        return consumer

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109 - the driver names it so
        max_records: int | None = None,
    ) -> Mapping[TP, list[ConsumerRecord[bytes, bytes]]]:
        """Fetch; what the group's coordinator met meanwhile is raised here and not lost."""
        consumer._coordinator.check_errors()  # noqa: SLF001 - the client's own way in does the same
        return await super()._fetch_records(consumer, active_partitions, timeout, max_records)

    def _stopped_set(self) -> None:
        self._stopped.set()

    async def _stop_children(self) -> None:
        await self._default_stop_children()

    async def _stop_futures(self) -> None:
        await self._default_stop_futures()

    async def _stop_exit_stacks(self) -> None:
        await self._default_stop_exit_stacks()
