"""The configuration files are edited while a killed gate has records behind its checkpoint."""

import asyncio
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

import pytest

from agents.shell.checkpoints import load_checkpoint
from agents.stages.configured import taken_apart
from api.audit import audit, held_log
from api.seeding import seed_configuration
from api.stages import Stages
from configs.settings import Settings
from schemas.control import ConfigurationInForce
from schemas.envelope import Message
from tests.agents.stages.closed_log import closed_log
from tests.integration.shell_bench import values_of
from topics.admin import ensure_topics
from topics.catalog import CONFIGS, DECISIONS, GATE_INPUTS
from topics.codec import TopicCodec, decode_frame
from topics.frames import FENCE_POSITION
from topics.writer import RecordWriter

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(300)]

PETS = Path(sys.executable).with_name("pets")


def risk(folder: Path, gross: str) -> None:
    """Edit risk.yaml: what all bots together may hold of their equity."""
    shipped = files("configs").joinpath("risk.yaml").read_text(encoding="utf-8")
    edited = shipped.replace("portfolio_gross: 0.60", f"portfolio_gross: {gross}")
    (folder / "risk.yaml").write_text(edited, encoding="utf-8")


@asynccontextmanager
async def gate(settings: Settings, tmp_path: Path, checkpoint_ms: int) -> AsyncIterator[None]:
    """The gate and its neighbours in a process of their own, killed at the end."""
    own = {
        "PETS_BROKER": settings.broker,
        "PETS_TOPIC_PREFIX": settings.topic_prefix,
        "PETS_CONFIG_DIR": str(settings.config_dir),
        "PETS_CHECKPOINT_MS": str(checkpoint_ms),
        "PETS_SPEED": "1",
        "PETS_HOME": str(tmp_path),
    }
    with (tmp_path / "gate.log").open("ab") as output:
        process = subprocess.Popen(  # noqa: ASYNC220 - a fork is quick, and nothing else waits
            [str(PETS), "run", "gate"],
            cwd=tmp_path,
            env={**os.environ, **own},
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


async def decided(settings: Settings) -> list[tuple[int, bytes]]:
    """The gate's frames of verdicts, in the order of the log, repeats among them."""
    frames = [(decode_frame(value), value) for value in await values_of(settings, DECISIONS)]
    return [
        (frame.position, value)
        for frame, value in frames
        if frame.origin.startswith("gate@") and frame.position > FENCE_POSITION
    ]


async def until_decided(settings: Settings, offset: int) -> None:
    """Wait until the gate has read its log to an offset and saved it."""
    async with asyncio.timeout(100):
        while True:
            found = await load_checkpoint(settings.broker, settings.topic_prefix, "gate", 0)
            if found is not None and found.offset >= offset:
                return
            await asyncio.sleep(0.1)


async def in_force(settings: Settings) -> str:
    codec: TopicCodec[Message] = TopicCodec(CONFIGS)
    found = [codec.decode(value) for value in await values_of(settings, CONFIGS)]
    last = [each.fingerprint for each in found if isinstance(each, ConfigurationInForce)]
    return last[-1] if last else ""


async def test_verdicts_behind_the_checkpoint_stay_as_they_were_and_the_edit_takes_effect_once(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    settings = Settings(
        _env_file=None, broker=kafka, topic_prefix=topic_prefix, config_dir=tmp_path, speed=1
    )
    await ensure_topics(kafka, topic_prefix, 1)
    risk(tmp_path, "0.60")
    assert await seed_configuration(settings, settings.clock())
    assert not await seed_configuration(settings, settings.clock())
    first = Stages(settings).configuration.fingerprint

    async with (
        RecordWriter(kafka, client="script", prefix=topic_prefix) as writer,
        gate(settings, tmp_path, checkpoint_ms=3_600_000),
    ):
        for value in closed_log(3_000).gate:
            _ = await writer.write(GATE_INPUTS, 0, None, value)
        await writer.flush()
        async with asyncio.timeout(100):
            while len(await decided(settings)) < 20:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    born = await load_checkpoint(kafka, topic_prefix, "gate", 0)
    assert born is not None
    assert (born.offset, taken_apart(bytes(born.state)).configuration) == (-1, first)

    risk(tmp_path, "0.001")
    async with gate(settings, tmp_path, checkpoint_ms=100):
        await until_decided(settings, len(await values_of(settings, GATE_INPUTS)) - 1)
        assert await in_force(settings) == first
        assert await seed_configuration(settings, settings.clock())
        second = Stages(settings).configuration.fingerprint
        async with asyncio.timeout(100):
            while await in_force(settings) != second:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await until_decided(settings, len(await values_of(settings, GATE_INPUTS)) - 1)
        after = await load_checkpoint(kafka, topic_prefix, "gate", 0)

    assert first != second
    assert after is not None
    assert taken_apart(bytes(after.state)).configuration == second
    by_position: dict[int, set[bytes]] = defaultdict(set)
    frames = await decided(settings)
    for position, value in frames:
        by_position[position].add(value)
    assert len(frames) > len(by_position), "nothing was repeated: the test proves nothing"
    assert all(len(values) == 1 for values in by_position.values())
    log = await held_log(settings)
    findings = {finding.stage: finding for finding in audit(settings, log)}
    assert findings["gate"].difference is None
    assert findings["gate"].compared[DECISIONS.name] == len(by_position)
