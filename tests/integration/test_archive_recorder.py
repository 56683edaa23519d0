"""The recorder before a real log: kills, restarts, another log, lost records."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from configs.settings import Settings
from schemas.errors import ApplicationError
from schemas.market import MarketTrade
from sinks.archive.archive import Archive
from sinks.archive.rotation import RotationRules
from sinks.archive.service import run_archive
from sinks.archive.verify import verify
from tests.sinks.archive.rows import trade
from topics.admin import ensure_topics
from topics.catalog import MARKET_TRADES
from topics.codec import TopicCodec, decode_frame
from topics.producer import FrameProducer

pytestmark = pytest.mark.integration

KILLS = 4
CHILD = """
import asyncio, sys
from pathlib import Path
from configs.settings import Settings
from sinks.archive.rotation import RotationRules
from sinks.archive.service import run_archive
settings = Settings(broker=sys.argv[1], topic_prefix=sys.argv[2])
asyncio.run(run_archive(settings, Path(sys.argv[3]), RotationRules(2_000, 0.05)))
"""


async def say(settings: Settings, count: int | asyncio.Event) -> int:
    """Say trades, so many or until told to stop; how many were said."""
    producer = FrameProducer(
        settings.broker, writer="test", prefix=settings.topic_prefix, gap_s=0.001
    )
    said = 0
    async with producer:
        while said < count if isinstance(count, int) else not count.is_set():
            await producer.publish(MARKET_TRADES, "0", trade(said))
            said += 1
            await asyncio.sleep(0.002)
    return said


def archived(folder: Path) -> list[str]:
    """Ids of the archived trades in their order."""
    codec: TopicCodec[MarketTrade] = TopicCodec(MARKET_TRADES)
    return [
        codec.decode(message).event_id
        for row in Archive.open(folder).partition(MARKET_TRADES.name, 0)
        for message in decode_frame(row.value).messages
    ]


async def test_killed_at_any_moment_it_has_every_record_once(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    settings = Settings(broker=kafka, topic_prefix=topic_prefix)
    folder = tmp_path / "archive"
    await ensure_topics(kafka, topic_prefix, 1)
    enough = asyncio.Event()
    saying = asyncio.create_task(say(settings, enough))
    seeded = random.Random(7)
    for _ in range(KILLS):
        before = _length(folder)
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, kafka, topic_prefix, str(folder)
        )
        try:
            async with asyncio.timeout(60):
                await _grown(folder, before)
            await asyncio.sleep(seeded.uniform(0.0, 0.2))
        finally:
            os.kill(child.pid, signal.SIGKILL)
            await child.wait()
    enough.set()
    said = await saying
    await run_archive(settings, folder, RotationRules(), until_end=True)
    assert archived(folder) == [f"t{number}" for number in range(said)]
    found = verify(folder)
    assert found.faults == ()
    assert found.commits > KILLS


async def _grown(folder: Path, before: int) -> None:
    """Return when something was committed."""
    while True:
        if _length(folder) > before:
            return
        await asyncio.sleep(0.01)


def _length(folder: Path) -> int:
    """Of the manifest: it grows with every commit."""
    path = folder / "manifest.jsonl"
    return path.stat().st_size if path.exists() else 0


async def test_another_log_is_refused(kafka: str, topic_prefix: str, tmp_path: Path) -> None:
    settings = Settings(broker=kafka, topic_prefix=topic_prefix)
    await ensure_topics(kafka, topic_prefix, 1)
    await say(settings, 20)
    await run_archive(settings, tmp_path, until_end=True)
    other = Settings(broker=kafka, topic_prefix=topic_prefix + "other-")
    with pytest.raises(ApplicationError, match="it is another log"):
        await run_archive(other, tmp_path, until_end=True)
    assert len(archived(tmp_path)) == 20


async def test_what_the_run_was_configured_with_is_kept(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    folder = tmp_path / "configs"
    folder.mkdir()
    (folder / "risk.yaml").write_text("# mine\n")
    settings = Settings(broker=kafka, topic_prefix=topic_prefix, config_dir=folder, seed=11)
    for _ in range(2):
        await run_archive(settings, tmp_path / "archive", until_end=True)
    (configured,) = Archive.open(tmp_path / "archive").configured
    assert configured.files == {"risk.yaml": "# mine\n"}
    assert configured.settings["seed"] == "11"
    assert "database" not in configured.settings
