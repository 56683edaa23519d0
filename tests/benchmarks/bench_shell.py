"""Messages a second through one worker, by frame size, as ratios to one message a record.

Run: python tests/benchmarks/bench_shell.py [BROKER]. Without an address it starts the embedded
Kafka for itself. A topic is filled first; then a worker catches it up.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import uvloop
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from agents.shell.runner import StageAgent
from agents.shell.worker import Worker
from agents.stages.base import Emit, Stage
from agents.stages.relay import Relay
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import BookDelta
from schemas.values import Trust
from topics.admin import ensure_topics
from topics.catalog import BOOK_EVENTS, TopicSpec
from topics.codec import TopicCodec, decode_frame, encode_frame
from topics.writer import RecordWriter

FRAMES = (1, 5, 20, 50)


class Tally:
    """Counts messages and emits nothing: what the shell costs by itself."""

    reads: TopicSpec = BOOK_EVENTS

    def __init__(self, name: str) -> None:
        self.name = name
        self._count = 0

    def apply(self, message: Message) -> Sequence[Emit]:
        """Count."""
        self._count += 1
        return ()

    def snapshot(self) -> bytes:
        """The count."""
        return str(self._count).encode()

    def restore(self, snapshot: bytes) -> None:
        """Continue."""
        self._count = int(snapshot)


def delta(number: int) -> BookDelta:
    """A book update of ordinary size."""
    return BookDelta(
        event_id=f"00000000-0000-5000-8000-{number:012d}",
        event_time=1_764_547_200_000 + number,
        ingest_time=1_764_547_200_003 + number,
        source="polymarket",
        market_id=MarketId("0x" + "ab" * 32),
        tick=100,
        changes=((0, 0, 48, 120_000_000), (1, 1, 52, 120_000_000)),
        feed="market-1",
        trust=Trust.CONSISTENT,
    )


async def fill(settings: Settings, frame: int, records: int) -> None:
    """Write `records` frames of `frame` messages."""
    await ensure_topics(settings.broker, settings.topic_prefix, 1)
    async with RecordWriter(
        settings.broker, client="bench", prefix=settings.topic_prefix
    ) as writer:
        for number in range(records):
            messages = [delta(number * frame + index) for index in range(frame)]
            _ = await writer.write(
                BOOK_EVENTS, 0, None, encode_frame("bench#1", number + 1, messages)
            )


async def through_worker(settings: Settings, make: Callable[[], Stage], records: int) -> float:
    """Seconds a worker needs for all records, by its pace from the first tenth to the last."""
    worker = Worker(settings, [lambda _: make()])
    try:
        await worker.start()
        [agent] = worker.agents
        from_at, from_time = await reached(agent, 1)
        to_at, to_time = await reached(agent, records)
        return (to_time - from_time) * records / (to_at - from_at)
    finally:
        await worker.close()


def position_of(agent: StageAgent) -> int:
    """Offset of the next record."""
    return max(agent.positions().values(), default=0)


async def reached(agent: StageAgent, position: int) -> tuple[int, float]:
    """Wait until a stage is at `position` or behind it; return where it is, and when."""
    while (at := position_of(agent)) < position:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.001)
    return at, time.perf_counter()


async def through_client(settings: Settings, records: int) -> float:
    """Seconds plain aiokafka needs to fetch and decode the same records: the upper bound."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.broker, group_id=None)
    await consumer.start()
    try:
        tp = TopicPartition(settings.topic_prefix + BOOK_EVENTS.name, 0)
        consumer.assign([tp])
        consumer.seek(tp, 0)
        codec: TopicCodec[Message] = TopicCodec(BOOK_EVENTS)
        seen = 0
        started = time.perf_counter()
        while seen < records:
            for fetched in (await consumer.getmany(tp, timeout_ms=1000)).get(tp, []):
                for message in decode_frame(fetched.value).messages:
                    codec.decode(message)
                seen += 1
        return time.perf_counter() - started
    finally:
        await consumer.stop()


@asynccontextmanager
async def broker_at(address: str) -> AsyncIterator[str]:
    """The given broker, or an embedded one for as long as it is needed."""
    if address:
        yield address
        return
    with tempfile.TemporaryDirectory() as home:
        kafka = EmbeddedKafka(Path(home), port=free_port(), controller_port=free_port())
        await kafka.start(silent)
        try:
            yield kafka.bootstrap
        finally:
            await kafka.stop()


async def bench(address: str, records: int, runs: int) -> None:
    """Print the table."""
    stages: dict[str, Callable[[str], Stage]] = {
        "worker, no outputs": Tally,
        "worker, forwarding": lambda name: Relay(name, BOOK_EVENTS, 0),
    }
    base: dict[str, float] = {}
    print(f"{'frame':>6} {'path':<20} {'messages/s':>12} {'us/record':>10} {'ratio':>8}")
    async with broker_at(address) as broker:
        for frame in FRAMES:
            settings = Settings(
                _env_file=None, broker=broker, topic_prefix=f"bench{time.time_ns()}-"
            )
            await fill(settings, frame, records)
            for path in ("aiokafka, decoded", *stages):
                seconds = statistics.median(
                    [
                        (
                            await through_worker(
                                settings, partial(stages[path], f"{path[8:10]}-{run}"), records
                            )
                            if path in stages
                            else await through_client(settings, records)
                        )
                        for run in range(runs)
                    ]
                )
                rate = frame * records / seconds
                ratio = rate / base.setdefault(path, rate)
                per_record = seconds / records * 1e6
                print(f"{frame:>6} {path:<20} {rate:>12,.0f} {per_record:>10.0f} {ratio:>7.1f}x")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("broker", nargs="?", default="", help="bootstrap address")
    parser.add_argument("--records", type=int, default=30_000, help="records a run")
    parser.add_argument("--runs", type=int, default=3, help="runs a figure, the median counts")
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(bench(options.broker, options.records, options.runs))


if __name__ == "__main__":
    main()
