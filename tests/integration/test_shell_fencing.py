"""A worker that sleeps through its own replacement writes nothing when it wakes."""

import asyncio
import os
import signal
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from configs.settings import Settings
from tests.integration.crash_run import GROUPS, System
from tests.integration.crash_script import script
from tests.integration.shell_bench import until, values_of
from topics.admin import ensure_topics
from topics.catalog import CHECKPOINTS, DECISIONS, GATE_INPUTS
from topics.codec import decode_frame
from topics.frames import FENCE_POSITION, Frame
from topics.reader import open_reader
from topics.writer import RecordWriter

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(120)]

GATE = GROUPS[2]


@pytest.mark.parametrize("newer", [f"{GATE}#2", GATE], ids=["standby", "same-name"])
async def test_the_broker_refuses_what_the_older_of_two_workers_still_writes(
    kafka: str, topic_prefix: str, tmp_path: Path, newer: str
) -> None:
    settings = Settings(_env_file=None, broker=kafka, topic_prefix=topic_prefix)
    await ensure_topics(kafka, topic_prefix, 1)
    system = System(settings, tmp_path)
    first, second = list(script(settings, 30, 30))[:2]
    async with (
        RecordWriter(kafka, client="script", prefix=topic_prefix) as writer,
        system.running(),
    ):
        for record in (*first, *second):
            _ = await writer.write(record.topic, 0, None, record.value)
        await writer.flush()
        system.board.grant("gate", 0)
        system.board.grant("ledger", 0)
        await until(lambda: system.board.saved("gate") == 0, 40)
        older = system.forget(GATE)
        os.kill(older, signal.SIGSTOP)
        before = len(await fences(settings))
        system.up(newer)
        async with asyncio.timeout(40):
            while len(await fences(settings)) == before:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        last = len(await values_of(settings, GATE_INPUTS)) - 1
        system.board.grant_all()
        os.kill(older, signal.SIGCONT)
        await until(lambda: system.board.saved("gate") >= last, 40)
        if newer == GATE:
            await until(lambda: older in system.ended, 40)
            assert "took over the right to write" in system.log.read_text()
        else:
            await asyncio.sleep(2)  # it rejoins its group, and may well get its partition back

    mine = [frame.position for frame in await gate_frames(settings)]
    starts = [*await fences(settings), len(mine)]
    owned = [mine[start + 1 : end] for start, end in pairwise(starts)]
    assert len(owned) >= 2
    assert sum(map(len, owned[1:])) > 2
    assert all(positions == sorted(set(positions)) for positions in owned)
    saved = await checkpoint_offsets(settings)
    assert saved == sorted(set(saved))


async def gate_frames(settings: Settings) -> list[Frame]:
    frames = [decode_frame(value) for value in await values_of(settings, DECISIONS)]
    return [frame for frame in frames if frame.origin.startswith("gate@")]


async def fences(settings: Settings) -> list[int]:
    """Where the gate's workers took over, among the gate's frames."""
    frames = await gate_frames(settings)
    return [at for at, frame in enumerate(frames) if frame.position == FENCE_POSITION]


async def checkpoint_offsets(settings: Settings) -> list[int]:
    """What the gate's checkpoints include, in the order in which they were written."""
    name = settings.topic_prefix + CHECKPOINTS.name
    async with open_reader(settings.broker) as reader:
        end = (await reader.bounds(name, [0]))[0].end
        return [
            msgspec.json.decode(record.value)["offset"]
            async for record in reader.records(name, 0, 0, end)
            if record.key == b"gate/0" and record.value
        ]
