"""`pets replay inputs`: every stage over its recorded input, compared with what it decided live."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from functools import partial

import typer

from agents.replay.audit import Difference, Finding, Recorded, audit_stage
from api.stages import Stages
from configs.settings import Settings
from schemas.control import Configuration
from schemas.envelope import Message
from schemas.errors import ApplicationError
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, TOPICS, TopicSpec
from topics.codec import TopicCodec, decode_frame
from topics.partition import partitions_of
from topics.reader import LogReader, open_reader

CONTEXT = 160
"""Bytes shown before the first difference."""
CONFIGURATION = b'"type":"configuration"'
AUDITED = ("book", "bots", "gate", "paper", "ledger")


def run_audit(settings: Settings) -> None:
    """Audit every stage and print what was found; exit 1 on a difference."""
    findings = asyncio.run(audit(settings))
    for finding in findings:
        typer.echo(_sentence(finding))
    if any(finding.difference is not None for finding in findings):
        raise typer.Exit(1)


async def audit(settings: Settings) -> list[Finding]:
    """Re-derive every stage's records from the broker's log.

    Raises:
        ApplicationError: The log no longer reaches back to the first input.
        InfrastructureError: The broker does not answer.
    """
    stages = Stages(settings)
    findings = []
    async with open_reader(settings.broker) as reader:
        inputs = await _logs(reader, settings, (DECIDE_INPUTS, GATE_INPUTS))
        outputs = await _logs(reader, settings, (topic for topic in TOPICS if topic.framed))
    written = [record for records in outputs.values() for record in records]
    for name in AUDITED:
        for index, make in enumerate(stages.named(name)):
            topic = make(0).reads
            for partition in range(partitions_of(topic, settings.shards)):
                records = inputs[topic.name, partition]
                make = born_with(stages, topic, records).named(name)[index]
                _require_beginning(topic, records)
                findings.append(
                    await asyncio.to_thread(
                        audit_stage, partial(make, partition), settings.shards, records, written
                    )
                )
    return findings


async def _logs(
    reader: LogReader, settings: Settings, topics: Iterable[TopicSpec]
) -> dict[tuple[str, int], list[Recorded]]:
    """Every partition's records up to now. Inputs are read before outputs, never after."""
    return {
        (topic.name, partition): [
            record async for record in _records(reader, settings, topic, partition)
        ]
        for topic in topics
        for partition in range(partitions_of(topic, settings.shards))
    }


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


async def _records(
    reader: LogReader, settings: Settings, topic: TopicSpec, partition: int
) -> AsyncIterator[Recorded]:
    name = settings.topic_prefix + topic.name
    bounds = (await reader.bounds(name, [partition]))[partition]
    async for record in reader.records(name, partition, bounds.first, bounds.end):
        if record.value is not None:
            yield Recorded(topic.name, partition, record.offset, record.value)


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
