"""Seconds from kill -9 of a worker to its being ready again, with 1,000 markets under load.

Run: python tests/benchmarks/bench_recovery.py [--markets 1000] [--rate 1000] [--rounds 3]

Workers are the real processes, `pets run STAGE`, imports included. Ready means that a heartbeat of
the new process says `running`: state restored and caught up with the log as it was at the restart.
The median of the rounds, and the worst of them, per process and for all at once.
"""

import argparse
import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path

import msgspec

from agents.registry import choose_bots
from agents.shell.checkpoints import load_checkpoint
from api.first_start import first_messages
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from configs.settings import Settings
from schemas.ops import ClockTick, Heartbeat
from tests.integration.crash_board import STAGES
from tests.integration.crash_markets import many_markets
from tests.integration.crash_run import GROUPS
from topics.admin import ensure_topics
from topics.catalog import GATE_INPUTS, HEARTBEATS
from topics.codec import decode_frame
from topics.producer import FrameProducer
from topics.reader import open_reader

PETS = str(Path(sys.executable).with_name("pets"))
READY_S = 120.0


class Workers:
    """The deciding processes of one installation."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, group: str) -> int:
        """Start one; its process id."""
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PETS_")},
            "PETS_BROKER": self.settings.broker,
            "PETS_ANCHOR_WALL_MS": str(self.settings.anchor_wall_ms),
            "PETS_ANCHOR_EVENT_MS": str(self.settings.anchor_event_ms),
            "PETS_MAX_MARKETS": "1000",
        }
        with (self._folder / f"{group.replace(',', '-')}.log").open("ab") as log:
            process = subprocess.Popen(
                [PETS, "run", group],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )
        self._running[group] = process
        return process.pid

    def kill(self, group: str) -> None:
        process = self._running.pop(group)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            process.wait(30)


async def until_running(settings: Settings, pids: dict[int, str]) -> dict[str, float]:
    """Seconds until each process has said for all its stages that they run."""
    started = time.monotonic()
    wanted = {pid: {s for s in STAGES if _group(s) == group} for pid, group in pids.items()}
    ready: dict[str, float] = {}
    async with open_reader(settings.broker) as reader, asyncio.timeout(READY_S):
        end = (await reader.bounds(HEARTBEATS.name, [0]))[0].end
        async for record in reader.records(HEARTBEATS.name, 0, max(0, end - 20)):
            for encoded in decode_frame(record.value).messages:
                beat = msgspec.json.decode(encoded, type=Heartbeat)
                if beat.status == "running" and beat.pid in wanted:
                    wanted[beat.pid].discard(beat.component)
                    if not wanted[beat.pid]:
                        ready.setdefault(pids[beat.pid], time.monotonic() - started)
            if len(ready) == len(pids):
                return ready
    raise RuntimeError("the log of heartbeats ended")


def _group(stage: str) -> str:
    names = {"relay-books": "relay", "relay-lifecycle": "relay"}
    return next(group for group in GROUPS if names.get(stage, stage) in group.split(","))


@asynccontextmanager
async def loaded(settings: Settings, markets: int, rate: int) -> AsyncIterator[None]:
    """Markets, books, capital; then the same books' messages at a rate."""
    tape = many_markets(markets, 4_000)
    async with FrameProducer(settings.broker, writer="market-connector") as producer:

        async def feed(count: int, per_s: float) -> None:
            began = time.monotonic()
            for number, (topic, key, message) in enumerate(islice(tape, count)):
                if not isinstance(message, ClockTick):
                    await producer.publish(topic, key, message)
                ahead = number / per_s - (time.monotonic() - began)
                if ahead > 0.005:
                    await asyncio.sleep(ahead)

        bots = [bot.bot_id for bot in choose_bots(settings.bots)]
        for message in first_messages(settings, bots, settings.anchor_event_ms):
            await producer.publish(GATE_INPUTS, settings.account, message)
        await feed(60 * markets // 20 * 5, 4_000)
        feeding = asyncio.create_task(feed(10**9, rate))
        try:
            yield
        finally:
            feeding.cancel()
            with suppress(asyncio.CancelledError):
                await feeding


async def measure(markets: int, rate: int, rounds: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as home:
        kafka = EmbeddedKafka(Path(home), port=free_port(), controller_port=free_port())
        await kafka.start(silent)
        first = next(many_markets(20, 1))
        settings = Settings(
            _env_file=None,
            broker=kafka.bootstrap,
            anchor_wall_ms=int(time.time() * 1000),
            anchor_event_ms=first.message.ingest_time,
        )
        workers = Workers(settings, Path(home))
        try:
            await ensure_topics(settings.broker, "", 1)
            await until_running(settings, {workers.start(group): group for group in GROUPS})
            async with loaded(settings, markets, rate):
                await _rounds(workers, markets, rate, rounds)
        finally:
            workers.stop()
            await kafka.stop()


async def _rounds(workers: Workers, markets: int, rate: int, rounds: int) -> None:
    took: dict[str, list[float]] = {}
    await asyncio.sleep(10)
    for _ in range(rounds):
        for killed in ([GROUPS[0]], [GROUPS[1]], [GROUPS[2]], [GROUPS[3]], list(GROUPS)):
            await asyncio.sleep(2)
            for group in killed:
                workers.kill(group)
            pids = {workers.start(group): group for group in killed}
            ready = await until_running(workers.settings, pids)
            name = killed[0] if len(killed) == 1 else "all at once"
            took.setdefault(name, []).append(max(ready.values()))
    print(f"{markets} markets, {rate} messages a second, {rounds} rounds; seconds to ready")
    print("| killed | median | worst |\n|---|---|---|")
    for name, seconds in took.items():
        print(f"| {name} | {statistics.median(seconds):.1f} | {max(seconds):.1f} |")
    for stage in ("book", "bots", "gate", "paper", "ledger"):
        checkpoint = await load_checkpoint(workers.settings.broker, "", stage, 0)
        if checkpoint is not None:
            print(f"checkpoint of {stage}: {len(bytes(checkpoint.state)) / 1000:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markets", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(measure(options.markets, options.rate, options.rounds))
