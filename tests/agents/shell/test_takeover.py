from itertools import islice

import pytest

from agents.registry import choose_bots
from agents.replay.loop import ClosedLoop
from agents.shell.takeover import targets
from agents.stages.base import Emit, Stage
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId
from topics.catalog import (
    DEAD_LETTERS,
    DECIDE_INPUTS,
    GATE_INPUTS,
    INTENTS,
    SIGNALS,
    TopicSpec,
)

INPUTS = 1_500


class Overheard:
    """A stage that notes which topics it writes to."""

    def __init__(self, stage: Stage) -> None:
        self.name, self.reads = stage.name, stage.reads
        self.topics: set[str] = set()
        self._stage = stage

    def apply(self, message: Message) -> tuple[Emit, ...]:
        emits = tuple(self._stage.apply(message))
        self.topics |= {emit.topic.name for emit in emits}
        return emits

    def snapshot(self) -> bytes:
        return self._stage.snapshot()

    def restore(self, snapshot: bytes) -> None:
        self._stage.restore(snapshot)


@pytest.fixture(scope="module")
def stages() -> list[Overheard]:
    """All deciding stages after some trading."""
    settings = Settings(_env_file=None)
    account = AccountId(settings.account)
    overheard = [Overheard(stage) for stage in Stages(settings).closed_loop()]
    loop = ClosedLoop(overheard)
    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    for number, (topic, key, message) in enumerate(islice(Tape("world", 7, 3.0, account), INPUTS)):
        if number == 0:
            for first in first_messages(settings, bots, message.ingest_time):
                loop.feed(GATE_INPUTS, account, first)
        loop.feed(topic, key, message)
    return overheard


def fenced(
    name: str, reads: TopicSpec, partition: int = 0, shards: int = 1
) -> set[tuple[str, int]]:
    return {(topic.name, number) for topic, number in targets(name, reads, partition, shards)}


def test_every_topic_that_a_stage_writes_to_gets_a_fence(stages: list[Overheard]) -> None:
    for stage in stages:
        names = {name for name, _ in fenced(stage.name, stage.reads)}
        assert stage.topics <= names, stage.name
        assert DEAD_LETTERS.name in names
    wrote = {stage.name: len(stage.topics) for stage in stages}
    assert wrote["bots"] >= 3
    assert wrote["gate"] >= 4


def test_a_stage_of_a_shard_fences_its_own_shard_alone() -> None:
    found = fenced("bots", DECIDE_INPUTS, 2, 4)
    assert (SIGNALS.name, 2) in found
    assert (INTENTS.name, 2) in found
    assert not [1 for name, number in found if name == SIGNALS.name and number != 2]
    assert (GATE_INPUTS.name, 0) in found


def test_a_stage_of_the_account_fences_every_shard() -> None:
    found = fenced("gate", GATE_INPUTS, 0, 4)
    assert {number for name, number in found if name == DECIDE_INPUTS.name} == {0, 1, 2, 3}
