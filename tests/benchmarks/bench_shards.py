"""One account over one, two and four shards, a worker process for each, on one machine.

Run: python -m tests.benchmarks.bench_shards [--shards 1 2 4] [--messages 60000] [--seconds 45]
     [--inputs 1500]

Three things for each split, all through a real Kafka: the ledger that the same inputs come to, in
steps (see lockstep); how fast a log that lies there already is caught up, of a world of 200
markets; and the latency of decisions at 1,000 messages a second (see bench_latency). Exits with 1
when a ledger differs. Account stages run in the first worker. With more than 1,500 inputs the limit
on the rate of orders binds, whatever the capital, and ledgers may differ (see docs/dataflow.md).
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import uvloop

from agents.registry import choose_bots
from api.first_start import first_messages
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.tape import Input, Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.ops import ClockTick, Heartbeat
from tests.benchmarks.bench_latency import STAGES, Measured, measure
from tests.benchmarks.lockstep import Ledger, final_ledger
from tests.benchmarks.sharding import spread, workers
from tests.integration.crash_markets import many_markets
from topics.admin import ensure_topics
from topics.catalog import GATE_INPUTS, HEARTBEATS, TopicSpec
from topics.codec import decode_frame, encode_frame
from topics.reader import open_reader
from topics.writer import RecordWriter

MARKETS = 200
FRAME = 20
"""Messages of a frame of the log that is caught up."""
LIVE_RATE = 1_000
PATIENCE_S = 300.0


class Line(NamedTuple):
    """What was found for one split.

    Attributes:
        caught_up: Messages a second.
    """

    shards: int
    ledger: Ledger
    caught_up: float
    live: Measured


def world(inputs: int) -> list[Input]:
    """The simulated world, clock ticks and all."""
    return list(islice(Tape("world", 7, 3.0, AccountId("main")), inputs))


async def fill(settings: Settings, messages: int) -> None:
    """Write the log that is caught up: every topic's messages in order, in frames."""
    await ensure_topics(settings.broker, settings.topic_prefix, settings.shards)
    tape = (
        each for each in many_markets(MARKETS, messages) if not isinstance(each.message, ClockTick)
    )
    waiting: dict[tuple[TopicSpec, int], list[Message]] = {}
    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    position = 0
    async with RecordWriter(
        settings.broker, client="bench", prefix=settings.topic_prefix
    ) as writer:

        async def write(topic: TopicSpec, shard: int, frame: Sequence[Message]) -> None:
            nonlocal position
            position += 1
            _ = await writer.write(
                topic, shard, None, encode_frame("bench#1", position, list(frame))
            )

        first = first_messages(settings, bots, settings.anchor_event_ms)
        await write(GATE_INPUTS, 0, list(first))
        for topic, key, message in islice(spread(tape, settings.shards), messages):
            frame = waiting.setdefault((topic, int(key)), [])
            frame.append(message)
            if len(frame) == FRAME:
                await write(topic, int(key), frame)
                frame.clear()
        for (topic, shard), frame in waiting.items():
            if frame:
                await write(topic, shard, frame)


async def until_caught_up(settings: Settings) -> float:
    """Seconds until the heartbeats of all workers say for two seconds that nothing is left."""
    started, rest_since = time.perf_counter(), 0.0
    lags: dict[tuple[str, int], int] = {}
    async with open_reader(settings.broker) as reader, asyncio.timeout(PATIENCE_S):
        end = (await reader.bounds(settings.topic_prefix + HEARTBEATS.name, [0]))[0].end
        async for record in reader.records(settings.topic_prefix + HEARTBEATS.name, 0, end):
            for encoded in decode_frame(record.value).messages:
                beat = msgspec.json.decode(encoded, type=Heartbeat)
                lags[beat.component, beat.pid] = beat.lag
            now = time.perf_counter()
            if sum(lags.values()) or len(lags) < len(STAGES):
                rest_since = 0.0
            elif not rest_since:
                rest_since = now
            elif now - rest_since > 2.0:
                return rest_since - started
    raise RuntimeError("the log of heartbeats ended")


async def caught_up(broker: str, shards: int, messages: int) -> float:
    """Messages a second of a log that lies there already."""
    settings = Settings(
        _env_file=None,
        broker=broker,
        topic_prefix=f"shards-{time.time_ns()}-",
        shards=shards,
        anchor_wall_ms=time.time_ns() // 1_000_000,
        anchor_event_ms=1_000,
        speed=0.0001,
    )
    await fill(settings, messages)
    async with workers(settings, STAGES):
        return messages / await until_caught_up(settings)


async def run(shards: Sequence[int], messages: int, seconds: float, inputs: int) -> bool:
    """Print the table; whether every split came to the same ledger."""
    lines: list[Line] = []
    for number in shards:
        with tempfile.TemporaryDirectory() as folder:
            kafka = EmbeddedKafka(Path(folder), port=free_port(), controller_port=free_port())
            await kafka.start(silent)
            try:
                ledger = await final_ledger(
                    kafka.bootstrap, number, list(spread(world(inputs), number))
                )
                speed = await caught_up(kafka.bootstrap, number, messages)
                live = await measure(kafka.bootstrap, LIVE_RATE, seconds, None, number)
                lines.append(Line(number, ledger, speed, live))
            finally:
                await kafka.stop()
    print(
        f"{inputs} inputs of the world in steps; {messages} messages of {MARKETS} markets caught "
        f"up; {LIVE_RATE} messages/s live for {seconds:.0f} s"
    )
    print(
        "| shards and workers | fills, positions | ledger | caught up, messages/s "
        "| decisions p50 / p99, ms | workers ran + waited, s |"
    )
    print("|---|---|---|---|---|---|")
    for line in lines:
        print(in_words(line, lines[0].ledger))
    return all(line.ledger == lines[0].ledger for line in lines)


def in_words(line: Line, first: Ledger) -> str:
    """A line of the table."""
    fills, positions = line.ledger
    found = line.live.percentiles()
    latency = "too few" if found is None else f"{found[0]:.0f} / {found[1]:.0f}"
    return (
        f"| {line.shards} | {len(fills)}, {len(positions)} "
        f"| {'the same' if line.ledger == first else 'ANOTHER'} "
        f"| {line.caught_up:,.0f} | {latency} | {line.live.ran:.0f} + {line.live.waited:.0f} |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--seconds", type=float, default=45.0)
    parser.add_argument("--inputs", type=int, default=1_500)
    options = parser.parse_args()
    is_same = uvloop.run(run(options.shards, options.messages, options.seconds, options.inputs))
    sys.exit(0 if is_same else 1)
