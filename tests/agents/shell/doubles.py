"""Writers without a broker that remember what they were given and when it was acknowledged."""

import asyncio
from typing import NamedTuple

from agents.shell.context import ShellContext
from agents.shell.metrics import WorkerMetrics
from agents.shell.partition_run import Fail
from configs.clock import SessionClock
from configs.settings import Settings
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from topics.catalog import TopicSpec
from topics.producer import FrameProducer
from topics.writer import Acknowledgement, RecordWriter, Written


class Sent(NamedTuple):
    topic: TopicSpec
    partition: int
    key: bytes | None
    value: bytes


class HeldWriter(RecordWriter):
    """Acknowledges at once, or, while `held`, when told to; keeps a common diary with others."""

    def __init__(self, name: str, diary: list[str]) -> None:
        super().__init__("nowhere", client=name)
        self.name = name
        self.diary = diary
        self.sent: list[Sent] = []
        self.held = False
        self.broken = False
        self._waiting: list[Acknowledgement] = []

    async def write(
        self, topic: TopicSpec, partition: int, key: bytes | None, value: bytes | None
    ) -> Acknowledgement:
        self.sent.append(Sent(topic, partition, key, value or b""))
        self.diary.append(f"{self.name} write")
        acknowledgement: Acknowledgement = asyncio.get_running_loop().create_future()
        self._waiting.append(acknowledgement)
        if not self.held:
            self.release()
        return acknowledgement

    async def acknowledged(self, sent: Acknowledgement) -> Written:
        if self.broken:
            raise InfrastructureError(f"{self.name} is broken")
        return await sent

    def release(self) -> None:
        for acknowledgement in self._waiting:
            acknowledgement.set_result(Written(0, len(self.sent)))
            self.diary.append(f"{self.name} acknowledged")
        self._waiting.clear()


class KeptReports(FrameProducer):
    """Keeps what is published."""

    def __init__(self) -> None:
        super().__init__("nowhere", writer="test")
        self.published: list[tuple[TopicSpec, str, Message]] = []

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        self.published.append((topic, key, message))


def context(
    *,
    clock: SessionClock | None = None,
    outputs: RecordWriter | None = None,
    reports: FrameProducer | None = None,
    fail: Fail = lambda error: None,
) -> ShellContext:
    diary: list[str] = []
    return ShellContext(
        settings=Settings(_env_file=None),
        clock=clock or SessionClock(),
        outputs=outputs or HeldWriter("outputs", diary),
        reports=reports or KeptReports(),
        metrics=WorkerMetrics(),
        fail=fail,
    )
