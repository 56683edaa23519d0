"""Create the catalogue's topics, and compare what the broker has with what the catalogue says."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from schemas.errors import ConfigurationError, InfrastructureError
from topics.catalog import TOPICS, Cleanup, TopicSpec
from topics.frames import MAX_RECORD_BYTES
from topics.partition import partitions_of

_ALREADY_EXISTS = 36
_UNKNOWN = 3
_REPLICAS = 3
_VISIBLE_WITHIN_S = 15.0
_COMPACTED_SEGMENT_BYTES = 2 * MAX_RECORD_BYTES
_VERIFIED = ("cleanup.policy", "max.message.bytes")


@dataclass(frozen=True, slots=True)
class PlannedTopic:
    """A topic as the broker should have it.

    Attributes:
        spec: Its line of the catalogue.
        name: Its name with the prefix.
        partitions: How many it has.
        config: Kafka's settings for it.
    """

    spec: TopicSpec
    name: str
    partitions: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TopicReport:
    """A planned topic compared with the broker.

    Attributes:
        exists: The broker has it.
        problems: One sentence each; a topic with problems must not be used.
        notes: Differences that do no harm, such as another retention.
    """

    topic: PlannedTopic
    exists: bool
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def plan(prefix: str, shards: int, topics: Iterable[TopicSpec] = TOPICS) -> list[PlannedTopic]:
    """What the broker should have.

    Args:
        prefix: Put before every topic name.
        shards: Partitions of shard topics.
        topics: Which topics; the whole catalogue by default.
    """
    return [
        PlannedTopic(topic, prefix + topic.name, partitions_of(topic, shards), config_of(topic))
        for topic in topics
    ]


def config_of(topic: TopicSpec) -> dict[str, str]:
    """Kafka's settings for a topic.

    Kept for ever means by size, too, whatever the broker's default is. A compacted topic is
    cleaned early, since its readers read it from the start.
    """
    config = {"cleanup.policy": str(topic.cleanup), "max.message.bytes": str(MAX_RECORD_BYTES)}
    if topic.cleanup is Cleanup.COMPACT:
        return config | {
            "segment.bytes": str(_COMPACTED_SEGMENT_BYTES),
            "min.cleanable.dirty.ratio": "0.2",
            "delete.retention.ms": "60000",
        }
    if topic.retention_ms is None:
        return config | {"retention.ms": "-1", "retention.bytes": "-1"}
    return config | {"retention.ms": str(topic.retention_ms)}


async def ensure_topics(
    broker: str, prefix: str, shards: int, topics: Iterable[TopicSpec] = TOPICS
) -> list[str]:
    """Create what is missing and verify what exists.

    Any number of processes may do this at the same time.

    Args:
        broker: Kafka bootstrap address.
        prefix: Put before every topic name.
        shards: Partitions of shard topics.
        topics: Which topics; the whole catalogue by default.

    Returns:
        Names of the topics that were created.

    Raises:
        ConfigurationError: A topic exists with other partitions or another cleanup.
        InfrastructureError: The broker does not answer or refuses to create a topic.
    """
    planned = plan(prefix, shards, topics)
    async with _admin(broker) as admin:
        reports = await _compare(admin, planned)
        missing = [report.topic for report in reports if not report.exists]
        created = await _create(admin, missing) if missing else []
        if missing:
            reports = await _all_visible(admin, planned)
    problems = [problem for report in reports for problem in report.problems]
    if problems:
        more = f" ({len(problems) - 1} more: pets topics check)" if len(problems) > 1 else ""
        raise ConfigurationError(problems[0] + more)
    return created


async def check_topics(broker: str, prefix: str, shards: int) -> list[TopicReport]:
    """Compare every topic of the catalogue with the broker; changes nothing.

    Raises:
        InfrastructureError: The broker does not answer.
    """
    async with _admin(broker) as admin:
        return await _compare(admin, plan(prefix, shards))


@asynccontextmanager
async def _admin(broker: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker, client_id="pets-topics")
    try:
        await admin.start()
        yield admin
    except KafkaError as error:
        raise InfrastructureError(
            f"The Kafka broker at {broker} does not answer ({error}): start one, or set "
            "PETS_BROKER to the address of another."
        ) from error
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, missing: list[PlannedTopic]) -> list[str]:
    brokers = len((await admin.describe_cluster())["brokers"])
    wanted = [
        NewTopic(
            topic.name,
            topic.partitions,
            min(_REPLICAS, brokers),
            topic_configs=dict(topic.config),
        )
        for topic in missing
    ]
    answer = await admin.create_topics(wanted, timeout_ms=30_000)
    created = []
    for name, code, reason in answer.topic_errors:
        if code == 0:
            created.append(name)
        elif code != _ALREADY_EXISTS:
            raise InfrastructureError(
                f"The broker refused to create the topic {name}: {reason or f'error {code}'}."
            )
    return created


async def _all_visible(
    admin: AIOKafkaAdminClient, planned: list[PlannedTopic]
) -> list[TopicReport]:
    """Compare once the broker shows every topic; it does so some moments after their creation."""
    deadline = time.monotonic() + _VISIBLE_WITHIN_S
    while True:
        reports = await _compare(admin, planned)
        hidden = [report.topic.name for report in reports if not report.exists]
        if not hidden:
            return reports
        if time.monotonic() > deadline:
            raise InfrastructureError(
                f"The broker does not show the topic {hidden[0]}, {_VISIBLE_WITHIN_S:g} s after "
                "its creation: look at the broker's log."
            )
        await asyncio.sleep(0.05)


async def _compare(admin: AIOKafkaAdminClient, planned: list[PlannedTopic]) -> list[TopicReport]:
    described = await admin.describe_topics([topic.name for topic in planned])
    partitions = {
        topic["topic"]: len(topic["partitions"])
        for topic in described
        if topic["error_code"] != _UNKNOWN and all(p["leader"] >= 0 for p in topic["partitions"])
    }
    configs = await _configs(admin, [topic for topic in planned if topic.name in partitions])
    return [
        (
            compare(topic, partitions[topic.name], configs.get(topic.name, {}))
            if topic.name in partitions
            else TopicReport(topic, exists=False)
        )
        for topic in planned
    ]


async def _configs(
    admin: AIOKafkaAdminClient, topics: list[PlannedTopic]
) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    answers = await admin.describe_configs(
        [
            ConfigResource(ConfigResourceType.TOPIC, topic.name, dict.fromkeys(topic.config))
            for topic in topics
        ]
    )
    return {
        name: {entry[0]: entry[1] for entry in entries}
        for answer in answers
        for _, _, _, name, entries in answer.resources
    }


def compare(topic: PlannedTopic, partitions: int, config: Mapping[str, str]) -> TopicReport:
    """Compare a planned topic with what the broker says of it.

    Args:
        topic: As it should be.
        partitions: How many it has.
        config: Its settings; one the broker does not tell counts as right.
    """
    problems, notes = [], []
    if partitions != topic.partitions:
        problems.append(
            f"The topic {topic.name} has {partitions} partition(s), {topic.partitions} are "
            "needed: set PETS_SHARDS to what the log was made with, or begin a new log with "
            "another PETS_TOPIC_PREFIX."
        )
    for setting, wanted in topic.config.items():
        found = config.get(setting, wanted)
        if found == wanted:
            continue
        if setting in _VERIFIED:
            problems.append(
                f"The topic {topic.name} has {setting}={found}, {wanted} is needed: change the "
                "topic's setting on the broker."
            )
        else:
            notes.append(f"{setting} is {found}, the catalogue says {wanted}.")
    return TopicReport(topic, exists=True, problems=tuple(problems), notes=tuple(notes))
