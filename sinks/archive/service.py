"""The archive as a process: topics into segments, heartbeats, what the run was configured with."""

import asyncio
import time
from pathlib import Path

from configs.meters import served
from configs.settings import Settings
from schemas.errors import InfrastructureError
from sinks.archive.pulse import NAME, ArchivePulse
from sinks.archive.recorder import KEEP_ALL, Keeping, Recorder
from sinks.archive.rotation import DEFAULT_ROTATION, RotationRules
from sinks.archive.writer import ArchiveWriter
from topics.admin import ensure_topics
from topics.producer import FrameProducer

RUN_SETTINGS = ("account", "bots", "capital", "money", "seed", "shards", "source", "world", "speed")
"""Settings that decide what a stage says; where things are and what is secret is none of them."""


async def run_archive(
    settings: Settings,
    folder: Path,
    rules: RotationRules = DEFAULT_ROTATION,
    keeping: Keeping = KEEP_ALL,
    until_end: bool = False,
) -> None:
    """Archive what the log carries until cancelled.

    Args:
        settings: The process's settings.
        folder: The archive.
        rules: When a segment is written.
        keeping: When one is deleted.
        until_end: Stop where the log ended at the start.

    Raises:
        ApplicationError: The archive is another log's, or another process writes it.
        ConfigurationError: Topics differ from the catalogue.
        InfrastructureError: The broker does not answer, or the disk takes no more.
    """
    await ensure_topics(settings.broker, settings.topic_prefix, settings.shards)
    producer = FrameProducer(
        settings.broker, writer=NAME, prefix=settings.topic_prefix, shards=settings.shards
    )
    with ArchiveWriter(folder, "log", _wall_ms()) as writer:
        _remember_run(writer, settings)
        async with producer:
            pulse = ArchivePulse(producer, settings.clock())
            recorder = Recorder(
                settings.broker,
                settings.topic_prefix,
                settings.shards,
                writer,
                pulse,
                rules,
                keeping,
            )
            with served(pulse.metrics.registry, settings.metrics_host, settings.metrics_port):
                await _beside(pulse, recorder, until_end)


async def _beside(pulse: ArchivePulse, recorder: Recorder, until_end: bool) -> None:
    """Record, and say once a second that it goes on."""
    beating = asyncio.create_task(pulse.run())
    recording = asyncio.create_task(recorder.run(until_end))
    try:
        await asyncio.wait((beating, recording), return_when=asyncio.FIRST_COMPLETED)
        for task in (recording, beating):
            if task.done():
                task.result()
    finally:
        for task in (recording, beating):
            task.cancel()
        await asyncio.gather(recording, beating, return_exceptions=True)


def _remember_run(writer: ArchiveWriter, settings: Settings) -> None:
    """Keep the settings and the operator's own configuration beside the records."""
    chosen = {name: str(getattr(settings, name)) for name in RUN_SETTINGS}
    files = _own_files(settings.config_dir)
    known = writer.archive.configured
    if not known or (known[-1].settings, known[-1].files) != (chosen, files):
        writer.commit("configured", _wall_ms(), settings=chosen, files=files)


def _own_files(folder: Path | None) -> dict[str, str]:
    if folder is None:
        return {}
    try:
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.yaml"))
        }
    except (OSError, UnicodeDecodeError) as error:
        raise InfrastructureError(
            f"Expected readable YAML files in {folder}, received {error}. Check PETS_CONFIG_DIR."
        ) from error


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
