"""Records to the broker: idempotent, acknowledged by all replicas, in order per partition."""

import asyncio
from types import TracebackType
from typing import NamedTuple, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError, ProducerFenced

from schemas.errors import ApplicationError, InfrastructureError
from topics.catalog import TopicSpec
from topics.claims import claim
from topics.frames import MAX_RECORD_BYTES

REQUEST_TIMEOUT_MS = 30_000
DISCONNECT_S = 1.0
"""Seconds for a polite goodbye to the broker."""
BUFFER_BYTES = 256 * 1024
"""What waits for the broker per partition; `write` waits when it is full."""
OVERHEAD_BYTES = 4096
"""Room for what Kafka and a frame add to a message."""


class FencedError(InfrastructureError):
    """A newer owner of the same right has written; the broker refuses this one."""


class Written(NamedTuple):
    """Where a record ended up."""

    partition: int
    offset: int


Acknowledgement = asyncio.Future[Written]


def require_size(topic: TopicSpec, value: bytes) -> bytes:
    """Return the value, if a record may be that large.

    Raises:
        ApplicationError: It is larger than any topic takes.
    """
    limit = MAX_RECORD_BYTES - OVERHEAD_BYTES
    if len(value) > limit:
        raise ApplicationError(
            f"A record of {len(value)} bytes for {topic.name} is larger than the {limit} bytes a "
            "record may have: its writer has to say less at a time."
        )
    return value


class RecordWriter:
    """One producer. While the broker is away it keeps trying and `write` waits: memory is bounded.

    The broker drops what a retry sends twice, and refuses a record when an earlier one of its
    partition is missing. So once a record has failed nothing more may be written: the writer
    raises from then on, and its process starts again from its checkpoint.
    """

    def __init__(
        self, broker: str, *, client: str, prefix: str = "", linger_ms: int = 0, right: str = ""
    ) -> None:
        """Set it up; `start` connects.

        Args:
            broker: Kafka bootstrap address.
            client: Name in the broker's logs.
            prefix: Put before every topic name.
            linger_ms: How long to wait for more records of a request; 0 on every hot path.
            right: The exclusive right this writes under: `start` claims it, and from the first
                record on the broker refuses every writer that claimed it earlier. Empty for none.
        """
        self._broker = broker
        self._client = client
        self._prefix = prefix
        self._linger_ms = linger_ms
        self._right = right
        self._producer: AIOKafkaProducer | None = None
        self._failure: BaseException | None = None
        self.records = 0

    async def start(self) -> None:
        """Connect.

        Raises:
            InfrastructureError: No broker answers, or it does not give the right.
        """
        claimed = await claim(self._broker, self._right) if self._right else None
        producer = AIOKafkaProducer(
            bootstrap_servers=self._broker,
            client_id=self._client,
            enable_idempotence=True,
            acks="all",
            linger_ms=self._linger_ms,
            max_batch_size=BUFFER_BYTES,
            max_request_size=MAX_RECORD_BYTES,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        if claimed is not None:
            producer._txn_manager.set_pid_and_epoch(*claimed)  # noqa: SLF001 - no public way
        try:
            await producer.start()
        except KafkaError as error:
            await producer.stop()
            raise InfrastructureError(
                f"No Kafka broker answers at {self._broker} ({error}): start one, or set "
                "PETS_BROKER to the address of another."
            ) from error
        self._producer = producer

    async def write(
        self, topic: TopicSpec, partition: int, key: bytes | None, value: bytes | None
    ) -> Acknowledgement:
        """Hand a record over; waits while the partition's buffer is full.

        Args:
            topic: Where to.
            partition: Which partition of it.
            key: The record key; needed on a compacted topic.
            value: The record; None removes the key from a compacted topic.

        Returns:
            A future that is done when the broker has acknowledged the record.

        Raises:
            ApplicationError: The record is larger than any topic takes.
            InfrastructureError: This or an earlier record could not be written.
        """
        if self._failure is not None or self._producer is None:
            raise self._broken(self._failure)
        require_size(topic, value or b"")
        while True:
            try:
                sent: Acknowledgement = await self._producer.send(
                    self._prefix + topic.name, value, key, partition
                )
                break
            except KafkaTimeoutError:
                continue
            except KafkaError as error:
                self._failure = error
                raise self._broken(error) from error
        self.records += 1
        sent.add_done_callback(self._note)
        return sent

    async def acknowledged(self, sent: Acknowledgement) -> Written:
        """Wait for a record's acknowledgement.

        Raises:
            InfrastructureError: It could not be written.
        """
        try:
            record = await sent
        except KafkaError as error:
            raise self._broken(error) from error
        return Written(record.partition, record.offset)

    async def flush(self) -> None:
        """Wait until everything handed over is acknowledged.

        Raises:
            InfrastructureError: A record could not be written.
        """
        if self._producer is not None:
            await self._producer.flush()
        if self._failure is not None:
            raise self._broken(self._failure)

    async def close(self, timeout_s: float = 10.0) -> None:
        """Wait for what is on its way and disconnect.

        Raises:
            InfrastructureError: A record could not be written, or the broker did not take
                everything within `timeout_s`.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self.flush()
        except TimeoutError as error:
            raise InfrastructureError(
                f"The broker at {self._broker} did not acknowledge the last records within "
                f"{timeout_s:g} s; whoever wrote them goes on from its checkpoint."
            ) from error
        finally:
            await self.disconnect()

    async def disconnect(self) -> None:
        """Disconnect at once; what the broker has not acknowledged may be lost."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        stopping = asyncio.create_task(producer.stop())
        await asyncio.wait({stopping}, timeout=DISCONNECT_S)
        if not stopping.done():
            stopping.cancel()
            await producer.client.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def _note(self, sent: Acknowledgement) -> None:
        if not sent.cancelled() and (error := sent.exception()) and self._failure is None:
            self._failure = error

    def _broken(self, cause: BaseException | None) -> InfrastructureError:
        if cause is None:
            return InfrastructureError("This writer is not connected: call start() first.")
        if isinstance(cause, ProducerFenced):
            return FencedError(
                f"Another process took over the right to write {self._right}: this one writes "
                "nothing more. Give two workers of one stage different PETS_INSTANCE names."
            )
        return InfrastructureError(
            f"A record could not be written to the broker at {self._broker} "
            f"({type(cause).__name__}: {cause}). Nothing more is written, so that order is kept: "
            "start the process again."
        )
