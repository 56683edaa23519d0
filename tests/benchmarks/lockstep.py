"""The world through real workers and a real Kafka, a second at a time: the ledger that it comes to.

What bots, gate and paper exchange do depends on how far each has read when another writes. So the
input is given in steps, and between two of them every stage comes to rest: then a log has one
order, and the ledgers of several splits may be compared.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec

from agents.registry import choose_bots
from agents.shell.clock import tick_frame
from agents.shell.worker import Worker
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Input
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ops import ClockTick
from schemas.portfolio import PositionState
from schemas.trading import Fill, PairsMerged
from tests.benchmarks.sharding import ACCOUNT_STAGES
from topics.admin import ensure_topics
from topics.catalog import DECIDE_INPUTS, FILLS, GATE_INPUTS, POSITIONS, TopicSpec
from topics.codec import TopicCodec, decode_frame, encode_frame
from topics.partition import partitions_of
from topics.reader import LogReader, open_reader
from topics.writer import RecordWriter

AMPLE = Decimal(1_000_000)
"""Capital with which no limit in dollars binds; the one on the rate of orders may."""
SHARD_STAGES = ("relay", "book", "bots", "paper")
POLL_S = 0.01
STILL_S = 0.06
"""So long nothing may move before a step is over."""

Places = dict[tuple[str, int], int]
"""An offset for each stage and partition."""
Step = list[tuple[TopicSpec, int, bytes]]
Ledger = tuple[frozenset[str], dict[str, tuple[Decimal, Decimal, Decimal, Decimal]]]
"""Ids of all fills and mergers; shares, average cost, realised P&L and fees of every position."""


def steps(inputs: Iterable[Input], shards: int) -> Iterator[Step]:
    """What is written at once: listings, then a second's book events, then the second's tick.

    Args:
        inputs: On their shards (see `sharding.spread`).
        shards: How many.
    """
    position = 0
    waiting: dict[tuple[str, int], tuple[TopicSpec, list[Message]]] = {}
    for topic, key, message in inputs:
        if not isinstance(message, ClockTick):
            place = topic.name, int(key)
            waiting.setdefault(place, (topic, []))[1].append(message)
            continue
        if topic is not GATE_INPUTS:
            continue
        tick = tick_frame(message.ingest_time)
        yield [(GATE_INPUTS, 0, tick)]
        by_topic: dict[str, Step] = defaultdict(list)
        for (name, shard), (spec, messages) in sorted(waiting.items(), reverse=True):
            position += 1
            frame = encode_frame("script#1", position, messages)
            by_topic[name].append((spec, shard, frame))
        yield from by_topic.values()
        waiting.clear()
        yield [(DECIDE_INPUTS, shard, tick) for shard in range(shards)]


async def final_ledger(broker: str, shards: int, inputs: Sequence[Input]) -> Ledger:
    """Play the inputs through a worker for each shard."""
    settings = Settings(
        _env_file=None,
        broker=broker,
        topic_prefix=f"ledger-{time.time_ns()}-",
        shards=shards,
        capital=AMPLE,
        anchor_wall_ms=time.time_ns() // 1_000_000,
        anchor_event_ms=1_000,
        speed=0.0001,
    )
    await ensure_topics(broker, settings.topic_prefix, shards)
    workers = [_worker(settings, number) for number in range(shards)]
    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    first = first_messages(settings, bots, inputs[0].message.ingest_time)
    try:
        await asyncio.gather(*(worker.start() for worker in workers))
        async with (
            open_reader(broker) as reader,
            RecordWriter(broker, client="script", prefix=settings.topic_prefix) as writer,
        ):
            begin = encode_frame("start#1", 1, list(first))
            for step in ([(GATE_INPUTS, 0, begin)], *steps(inputs, shards)):
                for topic, partition, value in step:
                    _ = await writer.write(topic, partition, None, value)
                await writer.flush()
                await _rest(workers, reader, settings)
            return await _ledger(reader, settings)
    finally:
        for worker in workers:
            await worker.close()


def _worker(settings: Settings, number: int) -> Worker:
    own = settings.model_copy(update={"instance": f"worker-{number}"})
    names = SHARD_STAGES if number else (*SHARD_STAGES, *ACCOUNT_STAGES)
    stages = Stages(own)
    return Worker(own, [make for name in names for make in stages.named(name)])


async def _rest(workers: Sequence[Worker], reader: LogReader, settings: Settings) -> None:
    """Return when every stage has read its log to the end, and nothing moves."""
    still_since, before = 0.0, Places()
    async with asyncio.timeout(60.0):
        while True:
            ends = await _ends(workers, reader, settings)
            if _read(workers) != ends or ends != before:
                still_since, before = time.monotonic(), ends
            elif time.monotonic() - still_since > STILL_S:
                return
            await asyncio.sleep(POLL_S)


def _read(workers: Sequence[Worker]) -> Places:
    return {
        (agent.name, partition.partition): position
        for worker in workers
        for agent in worker.agents
        for partition, position in agent.positions().items()
    }


async def _ends(workers: Sequence[Worker], reader: LogReader, settings: Settings) -> Places:
    topics = {agent.name: agent.topic for worker in workers for agent in worker.agents}
    logs = {
        topic.name: await reader.bounds(
            settings.topic_prefix + topic.name, range(partitions_of(topic, settings.shards))
        )
        for topic in {topic.name: topic for topic in topics.values()}.values()
    }
    return {
        (name, partition): bounds.end
        for name, topic in topics.items()
        for partition, bounds in logs[topic.name].items()
    }


async def _ledger(reader: LogReader, settings: Settings) -> Ledger:
    fills: set[str] = set()
    positions: dict[str, PositionState] = {}
    for topic in (FILLS, POSITIONS):
        name = settings.topic_prefix + topic.name
        codec: TopicCodec[Message] = TopicCodec(topic)
        partitions = range(partitions_of(topic, settings.shards))
        for number, bounds in (await reader.bounds(name, partitions)).items():
            async for record in reader.records(name, number, bounds.first, bounds.end):
                if not record.value:
                    continue  # a fence
                encoded = (
                    decode_frame(record.value).messages
                    if topic.framed
                    else [msgspec.Raw(record.value)]
                )
                for message in map(codec.decode, encoded):
                    if isinstance(message, Fill | PairsMerged):
                        fills.add(message.event_id)
                    elif isinstance(message, PositionState):
                        positions[message.position_id] = message
    return frozenset(fills), {
        key: (one.size, one.entry_price, one.realised_pnl, one.fees)
        for key, one in positions.items()
    }
