"""Replay events a second with every live stage, and where the time goes.

Run: python -m tests.benchmarks.bench_replay. The tape is made first and not counted.
"""

import itertools
import time
from collections.abc import Sequence

from agents.replay.loop import ClosedLoop
from agents.stages.base import Emit, Stage
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId, BotId
from topics.catalog import GATE_INPUTS, TopicSpec

INPUTS = 20_000
BOTS = (BotId("bot_01"), BotId("bot_05"))


class Timed:
    """A stage that counts its own processor time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.name = stage.name
        self.reads: TopicSpec = stage.reads
        self.seconds = 0.0

    def apply(self, message: Message) -> Sequence[Emit]:
        started = time.perf_counter()
        emits = self._stage.apply(message)
        self.seconds += time.perf_counter() - started
        return emits

    def snapshot(self) -> bytes:
        return self._stage.snapshot()

    def restore(self, snapshot: bytes) -> None:
        self._stage.restore(snapshot)


def run(source: str) -> None:
    """Replay the beginning of one source."""
    settings = Settings()
    tape = Tape(source, settings.seed, 1.0, AccountId(settings.account))
    inputs = list(itertools.islice(tape, INPUTS))
    stages = [Timed(stage) for stage in Stages(settings).closed_loop()]
    loop = ClosedLoop(stages)
    for start in first_messages(settings, BOTS, inputs[0].message.ingest_time):
        loop.feed(GATE_INPUTS, settings.account, start)
    started = time.process_time()
    for topic, key, message in inputs:
        loop.feed(topic, key, message)
    seconds = time.process_time() - started
    total = sum(stage.seconds for stage in stages)
    print(f"replay {source}: {len(inputs) / seconds:,.0f} inputs/s, one core, two bots")
    for stage in sorted(stages, key=lambda each: each.seconds, reverse=True):
        print(f"  {stage.name:16} {stage.seconds / total:6.1%}")


def main() -> None:
    """Both sources."""
    for source in ("world", "resolvedkit"):
        run(source)


if __name__ == "__main__":
    main()
