"""The clock of the dataflow: a tick a second of session time, on every log that decides."""

import asyncio

import msgspec
import structlog

from agents.shell.checkpoints import load_checkpoint, write_checkpoint
from agents.shell.context import ShellContext
from schemas.errors import ConfigurationError
from schemas.ids import derive_id
from schemas.ops import Checkpoint, ClockTick
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS
from topics.catalog_wallet import WALLET_INPUTS
from topics.codec import encode
from topics.frames import Frame
from topics.partition import partitions_of

log = structlog.get_logger(__name__)

ORIGIN = "clock"
SECOND_MS = 1000
SHORTEST_SLEEP_S = 0.01
REMEMBER_S = 5.0
TOLERANCE_S = 60.0
"""Wall seconds a session may stand still until its clock has passed the last tick."""


def tick_at(second_ms: int) -> ClockTick:
    """The tick of a whole second of session time; the same second gives the same tick."""
    return ClockTick(
        event_id=derive_id(ORIGIN, second_ms),
        event_time=second_ms,
        ingest_time=second_ms,
        source=ORIGIN,
    )


def tick_frame(second_ms: int) -> bytes:
    """A tick as a record.

    Its position is its time, so that a reader drops every tick that is not later than the last:
    time never runs back, over restarts and even with two clocks at once.
    """
    tick = msgspec.Raw(encode(tick_at(second_ms)))
    return encode(Frame(origin=ORIGIN, position=second_ms, messages=[tick]))


async def last_tick(broker: str, prefix: str) -> int | None:
    """Session time up to which the log has ticks (a few seconds less after a crash), ms.

    A session whose clock shows less would stand still until it gets there, so whoever anchors a
    session clock asks this first.

    Args:
        broker: Kafka bootstrap address.
        prefix: Put before every topic name.

    Returns:
        None on a log without ticks.

    Raises:
        InfrastructureError: No broker answers.
    """
    checkpoint = await load_checkpoint(broker, prefix, ORIGIN, 0)
    return None if checkpoint is None else checkpoint.offset


class ClockService:
    """Writes the ticks; runs in the process that runs the book stage."""

    def __init__(self, context: ShellContext) -> None:
        """Use the process's session clock and connections."""
        self._context = context
        self._last = 0
        self._remembered_at = float("-inf")

    async def resume(self) -> None:
        """Find out where an earlier clock stopped.

        Raises:
            ConfigurationError: The session would stand still for more than a minute.
            InfrastructureError: No broker answers.
        """
        settings = self._context.settings
        last = await last_tick(settings.broker, settings.topic_prefix)
        clock = self._context.clock
        now = clock.now_ms()
        if last is not None and (last - now) / clock.speed / 1000 > TOLERANCE_S:
            raise ConfigurationError(
                f"The session clock shows {now} ms, but the log has ticks up to {last} ms already: "
                "everything would stand still until then. Set PETS_ANCHOR_EVENT_MS to at least "
                "that, or begin with an empty log (another PETS_HOME or PETS_TOPIC_PREFIX)."
            )
        self._last = last or 0

    async def run(self) -> None:
        """Tick until cancelled. A second that was missed is not made up for.

        Raises:
            InfrastructureError: The broker took no more records.
        """
        clock = self._context.clock
        while True:
            second = clock.now_ms() // SECOND_MS * SECOND_MS
            if second > self._last:
                self._last = second
                await self._write(second)
            rest_ms = second + SECOND_MS - clock.now_ms()
            await asyncio.sleep(max(SHORTEST_SLEEP_S, rest_ms / clock.speed / 1000))

    async def _write(self, second: int) -> None:
        settings, outputs = self._context.settings, self._context.outputs
        frame = tick_frame(second)
        for topic in (DECIDE_INPUTS, GATE_INPUTS, WALLET_INPUTS):
            for partition in range(partitions_of(topic, settings.shards)):
                _ = await outputs.write(topic, partition, None, frame)
        now = asyncio.get_running_loop().time()
        if now - self._remembered_at >= REMEMBER_S:
            self._remembered_at = now
            checkpoint = Checkpoint(
                stage=ORIGIN, partition=0, offset=second, applied={}, state=msgspec.Raw(b"null")
            )
            await write_checkpoint(self._context.outputs, checkpoint)
