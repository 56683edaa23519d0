"""A halt holds whatever else is down: workers, database, API and dashboard, or the gate itself.

Neither a database nor an API nor a dashboard runs here, so each halt proves that none is needed.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from aiokafka.structs import ConsumerRecord

from agents.shell.clock import ORIGIN as TICKS
from agents.stages.framing import AppliedFrames
from configs.settings import Settings
from schemas.control import Command, CommandApplied, Verb
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.trading import IntentApproved
from schemas.values import IntentKind
from tests.integration.crash_run import GROUPS, System
from tests.integration.crash_script import ScriptedRecord, script
from topics.admin import ensure_topics
from topics.catalog import DECISIONS, GATE_INPUTS, TopicSpec
from topics.codec import TopicCodec, decode_frame
from topics.frames import PARTS
from topics.producer import FrameProducer
from topics.reader import open_reader
from topics.writer import RecordWriter

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(280)]

RELAY, BOTS, GATE, PAPER = GROUPS
SCRIPT_MESSAGES = 40_000
BATCH = 40
BATCHES_PER_S = 10
CALM_S = 1.0
LATE_S = 45.0


class Applied(NamedTuple):
    """What the gate said, where on its own log it said it because of, and when."""

    input_offset: int
    message: object
    at_ms: int


async def read(settings: Settings, topic: TopicSpec) -> list[ConsumerRecord]:
    name = settings.topic_prefix + topic.name
    async with open_reader(settings.broker) as reader:
        end = (await reader.bounds(name, [0]))[0].end
        return [record async for record in reader.records(name, 0, 0, end)]


async def verdicts(settings: Settings) -> list[Applied]:
    """Everything the gate decided, once, by the offset of the input that led to it."""
    codec: TopicCodec[Message] = TopicCodec(DECISIONS)
    applied = AppliedFrames()
    said = []
    for record in await read(settings, DECISIONS):
        frame = decode_frame(record.value)
        if applied.is_news(frame):
            offset = frame.position // PARTS
            said += [
                Applied(offset, message, record.timestamp) for _, message in codec.decode_all(frame)
            ]
    return said


async def commands(settings: Settings) -> dict[str, tuple[int, Command, int]]:
    """The operators' commands on the gate's log: where and when, by id."""
    found = {}
    for record in await read(settings, GATE_INPUTS):
        for encoded in decode_frame(record.value).messages:
            if b'"type":"command"' in bytes(encoded):
                command = msgspec.json.decode(encoded, type=Command)
                found[command.event_id] = (record.offset, command, record.timestamp)
    return found


class Floor:
    """A system that trades, and an operator before it."""

    def __init__(self, settings: Settings, system: System, operator: FrameProducer) -> None:
        self.settings = settings
        self.system = system
        self.now = 0
        self._operator = operator
        self._count = 0

    async def command(self, verb: Verb) -> str:
        """Put a command on the gate's log, stamped with the script's time."""
        self._count += 1
        command = Command(
            event_id=f"command-{self._count}",
            event_time=self.now,
            ingest_time=self.now,
            source="test",
            account_id=AccountId(self.settings.account),
            verb=verb,
            bot_id=None,
            reason="test",
            by="test",
        )
        await self._operator.send_now(GATE_INPUTS, self.settings.account, command)
        return command.event_id

    async def answered(self, command_id: str) -> None:
        """Wait until the gate has applied a command."""
        async with asyncio.timeout(LATE_S):
            while True:
                for said in await verdicts(self.settings):
                    message = said.message
                    if isinstance(message, CommandApplied) and message.command_id == command_id:
                        assert message.accepted, message.detail
                        return
                assert not self.system.failed, self.system.failed
                await asyncio.sleep(0.1)

    async def opens(self) -> None:
        """Wait until the gate approves an order that opens."""
        before = len([said for said in await verdicts(self.settings) if opening(said)])
        deadline = time.monotonic() + LATE_S
        while True:
            said = await verdicts(self.settings)
            if len([one for one in said if opening(one)]) > before:
                return
            assert not self.system.failed, self.system.failed
            assert time.monotonic() < deadline, [one.message for one in said][-5:]
            await asyncio.sleep(0.1)


def opening(said: Applied) -> bool:
    """Whether it lets an order out that opens risk."""
    message = said.message
    return isinstance(message, IntentApproved) and any(
        kind is not IntentKind.REDUCE for kind in message.kinds
    )


@asynccontextmanager
async def floor(kafka: str, prefix: str, folder: Path) -> AsyncIterator[Floor]:
    settings = Settings(_env_file=None, broker=kafka, topic_prefix=prefix)
    await ensure_topics(kafka, prefix, 1)
    batches = script(settings, SCRIPT_MESSAGES, BATCH, commands=())
    system = System(settings, folder)
    system.board.grant_all()
    async with (
        RecordWriter(kafka, client="script", prefix=prefix) as writer,
        FrameProducer(kafka, writer="operator", prefix=prefix) as operator,
    ):
        trading = Floor(settings, system, operator)
        trading.now = await write(writer, next(batches))

        async def feed() -> None:
            for batch in batches:
                trading.now = max(trading.now, await write(writer, batch))
                await asyncio.sleep(1 / BATCHES_PER_S)

        async with system.running():
            feeding = asyncio.create_task(feed())
            try:
                yield trading
            finally:
                feeding.cancel()
                with suppress(asyncio.CancelledError):
                    await feeding


async def write(writer: RecordWriter, batch: list[ScriptedRecord]) -> int:
    """Write a batch; the time of its last tick, 0 where it has none."""
    for record in batch:
        _ = await writer.write(record.topic, 0, None, record.value)
    frames = [decode_frame(record.value) for record in batch]
    return max((frame.position for frame in frames if frame.origin == TICKS), default=0)


async def test_nothing_opens_behind_a_halt_whatever_is_down(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    async with floor(kafka, topic_prefix, tmp_path) as trading:
        system = trading.system
        for down in ([], [BOTS], [PAPER], [RELAY], [GATE], list(GROUPS)):
            await trading.opens()
            for group in down:
                system.down(group)
            halt = await trading.command(Verb.HALT)
            if GATE in down:
                await asyncio.sleep(0.3)
            for group in down:
                system.up(group)
            await trading.answered(halt)
            await asyncio.sleep(CALM_S)
            await trading.answered(await trading.command(Verb.RESUME_TRADING))

        await trading.opens()
        system.up(f"{GATE}#2")
        await asyncio.sleep(0.4)
        halt = await trading.command(Verb.HALT)
        await trading.answered(halt)
        for group in (*GROUPS, f"{GATE}#2"):
            system.kill(group)
        await asyncio.sleep(2 * CALM_S)
        still = await trading.command(Verb.HALT)
        await trading.answered(still)

        said = await verdicts(trading.settings)
        asked = await commands(trading.settings)

    check_halts(said, asked)


def check_halts(said: list[Applied], asked: dict[str, tuple[int, Command, int]]) -> None:
    """Between a halt's place on the gate's log and the resumption's, nothing opens."""
    at_ms = {
        message.command_id: applied.at_ms
        for applied in said
        if isinstance(message := applied.message, CommandApplied)
    }
    waits = []
    halted_at: int | None = None
    spans: list[range] = []
    for offset, command, written_ms in sorted(asked.values(), key=lambda one: one[0]):
        if command.verb is Verb.HALT:
            waits.append(at_ms[command.event_id] - written_ms)
            halted_at = offset if halted_at is None else halted_at
        elif command.verb is Verb.RESUME_TRADING and halted_at is not None:
            spans.append(range(halted_at, offset))
            halted_at = None
    assert halted_at is not None
    spans.append(range(halted_at, 2**62))
    assert len(spans) == 7
    opened = [one.input_offset for one in said if opening(one)]
    assert len(opened) > 20
    assert not [offset for offset in opened if any(offset in span for span in spans)]
    denied = [one for one in said if type(one.message).__name__ == "IntentDenied"]
    assert denied
    logging.getLogger(__name__).warning(
        "ms from a halt's place on the log to the gate's answer: %s (workers up, bots down, "
        "exchange down, books down, gate restarted, all restarted, gate rebalanced, all killed)",
        waits,
    )
