"""Ends processes that hang: the supervisor restarts what exits, this sees what does not.

A component is known by its heartbeats. One that falls silent while others are heard, or that says
it runs and has records to read and does not move, is ended by force; its process starts again from
its checkpoints, as after any crash.
"""

import asyncio
import time
from typing import NamedTuple

import structlog

from api.runtime.processes import Supervisor
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ops import Heartbeat
from topics.catalog import HEARTBEATS
from topics.codec import DecodeError, TopicCodec, decode_frame
from topics.reader import open_reader

log = structlog.get_logger(__name__)

SILENT_S = 20.0
STUCK_S = 60.0
HEARD_S = 3.0
"""The log works when anybody was heard so lately."""
CHECK_S = 1.0


class _Known(NamedTuple):
    beat: Heartbeat
    heard_at: float
    moved_at: float


class Pulses:
    """The last heartbeat of every component, and who hangs. Pure: times are given."""

    def __init__(self) -> None:
        """Know nobody."""
        self._known: dict[str, _Known] = {}

    def heard(self, beat: Heartbeat, at: float) -> None:
        """Take a heartbeat.

        Args:
            beat: The heartbeat.
            at: When it was read, seconds of a clock that only rises.
        """
        before = self._known.get(beat.component)
        moved = before is None or (beat.pid, beat.position) != (
            before.beat.pid,
            before.beat.position,
        )
        idle = not beat.lag or beat.status != "running"
        moved_at = at if moved or idle or before is None else before.moved_at
        self._known[beat.component] = _Known(beat, at, moved_at)

    def hanging(self, at: float) -> dict[int, str]:
        """Process ids with the reason why each counts as hanging; each is told once.

        Args:
            at: Now, by the same clock.
        """
        if not any(at - known.heard_at <= HEARD_S for known in self._known.values()):
            return {}
        found = {}
        for name, (beat, heard_at, moved_at) in list(self._known.items()):
            if at - heard_at > SILENT_S:
                found[beat.pid] = f"hangs: {name} was not heard for {at - heard_at:.0f} s"
            elif at - moved_at > STUCK_S:
                found[beat.pid] = f"hangs: {name} has {beat.lag} records to read and does not move"
            if beat.pid in found:
                del self._known[name]
        return found


async def watch(supervisor: Supervisor, broker: str, prefix: str) -> None:
    """End what hangs until cancelled.

    Args:
        supervisor: Starts again what ends.
        broker: Kafka bootstrap address.
        prefix: Put before every topic name.
    """
    pulses = Pulses()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_listen(pulses, broker, prefix))
        while True:
            await asyncio.sleep(CHECK_S)
            for pid, reason in pulses.hanging(time.monotonic()).items():
                supervisor.end(pid, reason)


async def _listen(pulses: Pulses, broker: str, prefix: str) -> None:
    codec: TopicCodec[Message] = TopicCodec(HEARTBEATS)
    name = prefix + HEARTBEATS.name
    while True:
        try:
            async with open_reader(broker, client="pets-watchdog") as reader:
                end = (await reader.bounds(name, [0]))[0].end
                async for record in reader.records(name, 0, end):
                    for _, message in codec.decode_all(decode_frame(record.value or b"")):
                        if isinstance(message, Heartbeat):
                            pulses.heard(message, time.monotonic())
        except (InfrastructureError, DecodeError) as error:
            log.warning("heartbeats cannot be read", error=str(error))
        await asyncio.sleep(CHECK_S)
