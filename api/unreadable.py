"""What the API cannot read goes to the dead letters, beside its work and never in its way."""

import asyncio

import structlog

from api.command_log import LastingProducer
from schemas.errors import InfrastructureError
from schemas.ops import DeadLetter
from topics.catalog import DEAD_LETTERS

log = structlog.get_logger(__name__)

WAITING = 1_000
"""Letters that wait for the broker; more are in the log of the process only."""
RETRY_S = 1.0


class LetterBox:
    """Takes dead letters at once and writes them when the broker takes them."""

    def __init__(self, producer: LastingProducer) -> None:
        """Write through a producer that outlives its connection."""
        self._producer = producer
        self._waiting: asyncio.Queue[DeadLetter] = asyncio.Queue(WAITING)

    def put(self, letter: DeadLetter) -> None:
        """Take a letter; one too many is logged and left out: the record stays where it is."""
        try:
            self._waiting.put_nowait(letter)
        except asyncio.QueueFull:
            log.error("dead letter not written", event_id=letter.event_id, error=letter.error)

    async def run(self) -> None:
        """Write until cancelled; while the broker is away the letter is tried again."""
        while True:
            letter = await self._waiting.get()
            while not await self._written(letter):  # noqa: ASYNC110 - the broker tells no one
                await asyncio.sleep(RETRY_S)

    async def _written(self, letter: DeadLetter) -> bool:
        try:
            await self._producer.send_now(DEAD_LETTERS, letter.topic, letter)
        except InfrastructureError as error:
            log.warning("dead letter waits for the log", error=str(error))
            return False
        return True
