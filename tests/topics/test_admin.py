import dataclasses

import pytest

from topics.admin import PlannedTopic, compare, config_of, plan
from topics.catalog import (
    BOOK_EVENTS,
    CHECKPOINTS,
    DAY_MS,
    DECIDE_INPUTS,
    LIFECYCLE,
    TOPICS,
    Cleanup,
    Scope,
)


@pytest.fixture
def planned() -> PlannedTopic:
    [topic] = plan("t-", 2, [BOOK_EVENTS])
    return topic


def test_every_topic_of_the_catalogue_is_planned_with_the_prefix() -> None:
    topics = plan("t-", 3)

    assert [topic.name for topic in topics] == [f"t-{topic.name}" for topic in TOPICS]
    assert {topic.partitions for topic in topics if topic.spec.scope is Scope.SHARD} == {3}
    assert {topic.partitions for topic in topics if topic.spec.scope is not Scope.SHARD} == {1}


def test_a_topic_kept_for_ever_is_so_by_time_and_by_size() -> None:
    config = config_of(LIFECYCLE)
    assert (config["retention.ms"], config["retention.bytes"]) == ("-1", "-1")


def test_a_topic_kept_for_days_leaves_its_size_to_the_broker() -> None:
    config = config_of(DECIDE_INPUTS)
    assert config["retention.ms"] == str(7 * DAY_MS)
    assert "retention.bytes" not in config


def test_a_compacted_topic_takes_its_largest_record_into_one_segment() -> None:
    config = config_of(CHECKPOINTS)
    assert config["cleanup.policy"] == "compact"
    assert "retention.ms" not in config
    assert int(config["segment.bytes"]) > int(config["max.message.bytes"])


def test_a_topic_as_planned_has_no_problem(planned: PlannedTopic) -> None:
    report = compare(planned, 2, planned.config)
    assert (report.exists, report.problems, report.notes) == (True, (), ())


def test_another_number_of_partitions_is_a_problem(planned: PlannedTopic) -> None:
    [problem] = compare(planned, 1, planned.config).problems
    assert "t-pets.market.book-events.v1 has 1 partition(s), 2 are needed" in problem
    assert "PETS_SHARDS" in problem


def test_another_cleanup_is_a_problem(planned: PlannedTopic) -> None:
    found = {**planned.config, "cleanup.policy": str(Cleanup.COMPACT)}
    [problem] = compare(planned, 2, found).problems
    assert "has cleanup.policy=compact, delete is needed" in problem


def test_another_retention_is_a_note(planned: PlannedTopic) -> None:
    report = compare(planned, 2, {**planned.config, "retention.ms": "1000"})
    assert report.problems == ()
    assert report.notes == (f"retention.ms is 1000, the catalogue says {3 * DAY_MS}.",)


def test_a_setting_the_broker_does_not_tell_is_not_held_against_it(planned: PlannedTopic) -> None:
    assert compare(planned, 2, {}).problems == ()


def test_plans_are_values(planned: PlannedTopic) -> None:
    assert dataclasses.replace(planned) == planned
