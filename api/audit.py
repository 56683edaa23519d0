"""`pets audit`: every stage over its recorded input, compared with what it decided then."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import typer

from agents.replay.audit import Difference, Finding, audit_stage
from agents.replay.log import HeldLog, Log, Recorded
from agents.replay.trace import Finder, causes_of
from api.archive_log import ArchiveLog
from api.stages import Stages
from configs.settings import Settings
from schemas.control import Configuration
from schemas.envelope import Message
from schemas.errors import ApplicationError
from sinks.archive.archive import Archive
from topics.catalog import BY_NAME, TOPICS, TopicSpec
from topics.codec import TopicCodec, decode_frame
from topics.partition import partitions_of
from topics.reader import LogReader, open_reader

CONTEXT = 160
"""Bytes shown before the first difference."""
CONFIGURATION = b'"type":"configuration"'
AUDITED = ("book", "bots", "gate", "paper", "ledger")


def run_audit(archive: Path | None) -> None:
    """Audit every stage, of an archive or of the broker's log; exit 1 on a difference."""
    if archive is None:
        settings = Settings()
        log: Log = asyncio.run(held_log(settings))
        findings = _told(audit(settings, log), log)
    else:
        opened = Archive.open(archive)
        log = ArchiveLog(opened)
        with recorded_settings(opened) as settings:
            findings = _told(audit(settings, log), log)
    compared = sum(finding.compared.total() for finding in findings)
    if any(finding.difference is not None for finding in findings):
        raise typer.Exit(1)
    typer.echo(f"100 % of {compared:,} records were derived again, equal to the byte.")


def audit(settings: Settings, log: Log) -> Iterator[Finding]:
    """Re-derive what each stage wrote to topics that the log holds.

    Args:
        settings: Those of the recorded run.
        log: Everything it read and wrote.

    Raises:
        ApplicationError: The log no longer reaches back to the first input.
    """
    stages = Stages(settings)
    written = [
        record
        for topic in TOPICS
        if topic.framed
        for partition in log.partitions(topic)
        for record in log.records(topic, partition)
    ]
    for name in AUDITED:
        for index, first in enumerate(stages.named(name)):
            topic = first(0).reads
            for partition in range(partitions_of(topic, settings.shards)):
                inputs = list(log.records(topic, partition))
                _require_beginning(topic, inputs)
                make = born_with(stages, topic, inputs).named(name)[index]
                yield audit_stage(partial(make, partition), settings.shards, inputs, written)


@contextmanager
def recorded_settings(archive: Archive) -> Iterator[Settings]:
    """The settings and the configuration that the recorded run had, on whatever machine this is.

    Raises:
        ApplicationError: The archive is none of a run, or its configuration changed meanwhile.
    """
    configured = archive.configured
    if not configured:
        raise ApplicationError(
            f"Expected an archive of a recorded run at {archive.folder}, this one holds imported "
            "files: nobody decided anything in it. `pets replay` plays it."
        )
    if len(configured) > 1:
        raise ApplicationError(
            f"Expected one configuration in {archive.folder}, it changed {len(configured) - 1} "
            "time(s) while it was recorded. Record every run into an archive of its own."
        )
    (only,) = configured
    with TemporaryDirectory(prefix="pets-audit-") as folder:
        for name, text in only.files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        chosen = {**only.settings, "config_dir": folder if only.files else None}
        yield Settings.model_validate(chosen)


async def held_log(settings: Settings) -> HeldLog:
    """What the broker holds now. Inputs are read before outputs, never after.

    Raises:
        InfrastructureError: The broker does not answer.
    """
    held: dict[tuple[str, int], list[Recorded]] = {}
    readers = {make(0).reads.name for name in AUDITED for make in Stages(settings).named(name)}
    framed = [topic for topic in TOPICS if topic.framed]
    async with open_reader(settings.broker) as reader:
        for topic in sorted(framed, key=lambda each: each.name not in readers):
            for partition in range(partitions_of(topic, settings.shards)):
                rows = await _records(reader, settings, topic, partition)
                held[topic.name, partition] = rows
    return HeldLog(held)


async def _records(
    reader: LogReader, settings: Settings, topic: TopicSpec, partition: int
) -> list[Recorded]:
    name = settings.topic_prefix + topic.name
    bounds = (await reader.bounds(name, [partition]))[partition]
    return [
        Recorded(topic.name, partition, record.offset, record.value)
        async for record in reader.records(name, partition, bounds.first, bounds.end)
        if record.value is not None
    ]


def born_with(stages: Stages, topic: TopicSpec, records: Iterable[Recorded]) -> Stages:
    """The stages under the first configuration of a log: at its start it was that of the files.

    Args:
        stages: Under the files as they are now.
        topic: What is read.
        records: Its records, in order.
    """
    codec: TopicCodec[Message] = TopicCodec(topic)
    for record in records:
        if CONFIGURATION not in record.value:
            continue
        for _, message in codec.decode_all(decode_frame(record.value)):
            if isinstance(message, Configuration):
                return Stages(stages.settings, message)
    return stages


def _require_beginning(topic: TopicSpec, records: list[Recorded]) -> None:
    if records and records[0].offset > 0:
        raise ApplicationError(
            f"Expected {topic.name} from offset 0, the log begins at {records[0].offset}: "
            "older input was deleted, so its decisions can no longer be re-derived."
        )


def _told(findings: Iterable[Finding], log: Log) -> list[Finding]:
    """Say each finding when it is there."""
    told = []
    for finding in findings:
        typer.echo(_sentence(finding))
        if finding.difference is not None:
            for line in chain_lines(finding.difference, log):
                typer.echo(line)
        told.append(finding)
    return told


def chain_lines(difference: Difference, log: Log) -> list[str]:
    """The first message that differs, and what led to it, a line each."""
    message = _first_message(difference)
    if message is None:
        return ["  (no message to follow back)"]
    chain = causes_of(Finder(log), message)
    head = f"  {type(message).__name__} {message.event_id}, because of"
    return [
        head,
        *(
            f"    {type(each.message).__name__} {each.message.event_id} "
            f"({each.topic}/{each.partition} offset {each.offset}, message {each.place})"
            for each in chain
        ),
    ]


def _first_message(difference: Difference) -> Message | None:
    """The message in which two records begin to differ; of the one that is there."""
    frames = [
        [] if value is None else decode_frame(value).messages
        for value in (difference.recorded, difference.derived)
    ]
    codec: TopicCodec[Message] = TopicCodec(BY_NAME[difference.topic])
    recorded, derived = frames
    for index in range(max(len(recorded), len(derived))):
        pair = [each[index] if index < len(each) else msgspec.Raw() for each in frames]
        if bytes(pair[0]) != bytes(pair[1]):
            return codec.decode(pair[1] if index < len(derived) else pair[0])
    return None


def _sentence(finding: Finding) -> str:
    compared = ", ".join(f"{count} of {topic}" for topic, count in sorted(finding.compared.items()))
    head = f"{finding.stage}: {finding.inputs} inputs; {compared or 'nothing written'}"
    if finding.difference is None:
        return f"{head}: equal to the byte."
    difference = finding.difference
    start = max(0, _first_byte(difference) - CONTEXT)
    return (
        f"{head}: DIFFERENT first at {difference.topic} position {difference.position}:\n"
        f"  recorded {_cut(difference.recorded, start)}\n"
        f"  derived  {_cut(difference.derived, start)}"
    )


def _first_byte(difference: Difference) -> int:
    """Where the two records begin to differ; 0 when one is missing."""
    if difference.recorded is None or difference.derived is None:
        return 0
    pairs = zip(difference.recorded, difference.derived, strict=False)
    return next((at for at, (was, now) in enumerate(pairs) if was != now), 0)


def _cut(value: bytes | None, start: int) -> str:
    return "nothing" if value is None else value[start : start + 400].decode(errors="replace")
