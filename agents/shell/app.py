"""Faust as the shell needs it: nothing on disk, no web server, start positions from checkpoints."""

import logging
from collections.abc import Callable, Mapping
from typing import ClassVar, cast

import faust
from faust.tables.manager import TableManager
from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP, AppT
from faust.types.transports import ConsumerT, TransportT

from agents.shell.consumer import LoopConsumer

SESSION_TIMEOUT_S = 6.0
HEARTBEAT_S = 2.0
COMMIT_S = 0.5
BUFFERED_RECORDS = 4096

_log = logging.getLogger("faust.pets")
"""Mode names loggers by module; under Faust's name ours are as quiet as Faust's own."""

Positions = Callable[[], Mapping[TP, int]]
"""Where to go on reading, for the partitions whose state is in memory."""


class PetsConsumer(Consumer):
    """Goes on reading behind the checkpoint, whatever offset the group has committed.

    The group's offsets follow the checkpoints and never lead them, so they are for eyes: lag in
    Redpanda Console and the like.
    """

    logger = _log

    def _new_consumer_thread(self) -> LoopConsumer:
        return LoopConsumer(self, fetch_wait_ms=_app_of(self).fetch_wait_ms)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek to the checkpoints' positions; Faust calls this before it resumes a flow."""
        committed = await super().seek_to_committed()
        positions = _app_of(self).positions()
        if positions:
            await self.seek_wait(positions)
        return {**committed, **positions}


def _app_of(consumer: Consumer) -> "PetsApp":
    return cast(PetsApp, consumer.app)


class PetsTransport(Transport):
    """The Kafka driver with our consumer."""

    Consumer: ClassVar[type[ConsumerT]] = PetsConsumer


class PetsTables(TableManager):
    """No tables: Faust would wait a second at each start for some to be declared."""

    logger = _log

    async def on_start(self) -> None:
        """Be ready at once."""
        await self._update_channels()
        await self.recovery.start()


class PetsApp(faust.App):
    """One stage's Faust application: one topic, one consumer group.

    A group names a stage, not a process. So a stage goes on where it was when it moves from the
    embedded process into one of its own, and a slow stage holds up nobody else's fetches.
    """

    logger = _log

    def __init__(
        self,
        group: str,
        *,
        broker: str,
        instance: str,
        fetch_wait_ms: int,
        positions: Positions,
        heartbeat_s: float = HEARTBEAT_S,
        session_timeout_s: float = SESSION_TIMEOUT_S,
    ) -> None:
        """Set it up; nothing connects yet.

        Args:
            group: The consumer group.
            broker: Kafka bootstrap address.
            instance: The member's static name: a restarted worker gets its partitions back at
                once instead of after the session timeout of the killed one.
            fetch_wait_ms: How long the broker may hold an empty fetch.
            positions: Asked for start positions after every assignment.
            heartbeat_s: Seconds between two signs of life to the group.
            session_timeout_s: Seconds after which a silent worker loses its partitions.
        """
        self.fetch_wait_ms = fetch_wait_ms
        self.positions = positions
        super().__init__(
            group,
            broker=[f"kafka://{address.strip()}" for address in broker.split(",")],
            store="memory://",
            key_serializer="raw",
            value_serializer="raw",
            producer_linger=0.0,
            processing_guarantee="at_least_once",
            stream_wait_empty=False,
            stream_publish_on_commit=False,
            stream_buffer_maxsize=BUFFERED_RECORDS,
            broker_session_timeout=session_timeout_s,
            broker_heartbeat_interval=heartbeat_s,
            broker_commit_interval=COMMIT_S,
            consumer_auto_offset_reset="earliest",
            consumer_group_instance_id=f"{group}.{instance}",
            table_standby_replicas=0,
            TableManager=PetsTables,
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_enabled=False,
        )

    def _new_transport(self) -> TransportT:
        return PetsTransport(self.conf.broker_consumer, cast(AppT, self))

    def _create_directories(self) -> None:
        """Faust would make folders for tables, which this application has none of."""
