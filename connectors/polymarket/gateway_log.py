"""Calls off the log: from now on, each once, and only those of this session."""

from collections.abc import AsyncIterator
from typing import NamedTuple

import structlog

from schemas.envelope import Message
from schemas.errors import InfrastructureError
from topics.catalog import VENUE_CALLS
from topics.codec import DecodeError, TopicCodec, decode_frame
from topics.frames import FENCE_POSITION, Frame
from topics.partition import partition_for
from topics.reader import open_reader

log = structlog.get_logger(__name__)


class CallLog(NamedTuple):
    """Where calls are read.

    Attributes:
        broker: Kafka bootstrap address.
        prefix: Put before every topic name.
        account: Whose calls.
    """

    broker: str
    prefix: str
    account: str

    @property
    def topic(self) -> str:
        """The topic's name on the broker."""
        return self.prefix + VENUE_CALLS.name

    @property
    def partition(self) -> int:
        """The account's partition."""
        return partition_for(VENUE_CALLS, self.account, 1)

    async def end(self) -> int:
        """Where the log ends now; a session begins to read there before it is announced."""
        async with open_reader(self.broker, client="pets-gateway") as reader:
            return (await reader.bounds(self.topic, [self.partition]))[self.partition].end

    async def calls(self, start: int) -> AsyncIterator[Message]:
        """Calls from an offset on, for ever; what a restarted stage writes again comes once.

        Raises:
            InfrastructureError: The broker is away, or a call cannot be read: whoever cannot read
                what it is to do must not go on.
        """
        codec: TopicCodec[Message] = TopicCodec(VENUE_CALLS)
        positions: dict[str, int] = {}
        async with open_reader(self.broker, client="pets-gateway") as reader:
            async for record in reader.records(self.topic, self.partition, start):
                try:
                    frame = decode_frame(record.value or b"")
                    if not _is_news(frame, positions):
                        continue
                    messages = [codec.decode(each) for each in frame.messages]
                except DecodeError as error:
                    raise InfrastructureError(
                        f"Expected calls at {self.topic}/{record.offset}: {error} Stage and "
                        "gateway must be of one version."
                    ) from error
                for message in messages:
                    yield message


def _is_news(frame: Frame, positions: dict[str, int]) -> bool:
    if frame.position <= max(FENCE_POSITION, positions.get(frame.origin, FENCE_POSITION)):
        return False
    positions[frame.origin] = frame.position
    return True
