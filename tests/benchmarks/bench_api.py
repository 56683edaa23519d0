"""The screens' queries and every read of the API, on days of history, while rows are written.

Run: python -m tests.benchmarks.bench_api [--hours 70] [--rate 333] [--seconds 60] [--database DSN]

70 hours are 5 million snapshots and 500,000 orders. The API is a process of its own on a real
Kafka; the load is another one and is open: a request is sent when its time has come, whether or not
earlier ones were answered, and its latency counts from that time. Meanwhile the sink writes a
thousand snapshots a second, and as many best prices as there are markets go over the log.
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import structlog
import uvloop
from pydantic import SecretStr

from api.callers import KEY_HEADER
from api.keys import KeyFile, Role
from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from api.service import run_api
from configs.settings import Settings
from schemas.envelope import Message
from sinks.migrate import migrate
from sinks.pool import open_pool
from sinks.rows import rows_of
from sinks.writer import PostgresSink
from tests.benchmarks.bench_sink import read, server
from tests.benchmarks.history import HOUR_MS, MARKETS, fill
from tests.sinks import messages
from tests.sinks.messages import T0
from topics.admin import ensure_topics
from topics.catalog import BOOK_TOPS, EQUITY, LIFECYCLE, POSITIONS, TopicSpec
from topics.producer import FrameProducer

if TYPE_CHECKING:
    from sinks.pool import Pool

A_MINUTE = 100
"""Requests that one key has in a minute."""
ROOT = "/api/v1"
MARKET = MARKETS[7]
READS = (
    *("/status", "/bots", "/bots/bot_05", "/positions", "/positions/closed", "/markets"),
    *(f"/markets/{MARKET}", f"/markets/{MARKET}/book", f"/markets/{MARKET}/prices?hours=1"),
    *("/orders", "/orders?bot_id=bot_05", "/orders/open", "/trades", "/signals", "/signals/counts"),
    *("/decisions", "/decisions?bot_id=bot_05", "/decisions/counts", "/metrics/portfolio?hours=1"),
    *("/metrics/bots/bot_05?hours=1", "/risk/metrics", "/risk/circuit-breakers", "/risk/exposure"),
    *("/risk/breaches", "/performance?hours=1", "/performance/hourly?hours=1", "/alerts"),
)
WRITTEN = 10
"""Snapshots of each market that are written a second."""


class Load(NamedTuple):
    """What is asked, and where."""

    url: str
    keys: tuple[str, ...]
    rate: int
    seconds: float


async def ask(load: Load) -> tuple[dict[str, list[float]], dict[str, int], float]:
    """Send the requests of a load.

    Returns:
        Milliseconds by path, statuses by count, and how late the load itself was at worst, ms.
    """
    times: dict[str, list[float]] = defaultdict(list)
    statuses: Counter[str] = Counter()
    late = 0.0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def once(path: str, key: str, due: float) -> None:
            async with session.get(load.url + ROOT + path, headers={KEY_HEADER: key}) as reply:
                await reply.read()
                statuses[str(reply.status)] += 1
            times[path].append((time.perf_counter() - due) * 1000)

        async with asyncio.TaskGroup() as requests:
            began = time.perf_counter() + 0.1
            for number in range(int(load.rate * load.seconds)):
                due = began + number / load.rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                late = max(late, time.perf_counter() - due)
                path, key = READS[number % len(READS)], load.keys[number % len(load.keys)]
                requests.create_task(once(path, key, due))
    return dict(times), dict(statuses), late * 1000


def ask_apart(load: Load, result: Path) -> None:
    """The load's process: what it found goes into a file."""
    result.write_text(json.dumps(uvloop.run(ask(load))))


def serve(settings: Settings) -> None:
    """The API's process; it tells only of what is wrong."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    run_api(settings)


async def tell(producer: FrameProducer, topic: TopicSpec, message: Message) -> None:
    """One message on the log."""
    await producer.send_now(topic, message.event_id, message)


@asynccontextmanager
async def ingest(pool: "Pool", settings: Settings, producer: FrameProducer) -> AsyncIterator[None]:
    """Write and publish, a tick a second, until the block ends."""
    sink, clock = PostgresSink(pool), settings.clock()

    async def work() -> None:
        while True:
            started, now = time.perf_counter(), clock.now_ms() - T0
            tops = [
                messages.top(now + ms, "0.45", "0.47", market)
                for market in MARKETS
                for ms in range(0, 1000, 1000 // WRITTEN)
            ]
            await sink.write([row for top in tops for row in rows_of(top)], {})
            for top in tops[::WRITTEN]:
                await producer.publish(BOOK_TOPS, top.market_id, top)
            await asyncio.sleep(max(0.0, started + 1 - time.perf_counter()))

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def ready(url: str, key: str) -> None:
    """Wait until the API has read the log and has a database.

    Raises:
        TimeoutError: It is not ready after a minute.
    """
    headers = {KEY_HEADER: key}
    async with asyncio.timeout(60), aiohttp.ClientSession(headers=headers) as session:
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(f"{url}{ROOT}/orders") as reply:
                    if reply.status == 200:
                        return
            await asyncio.sleep(0.2)


def show(found: tuple[dict[str, list[float]], dict[str, int], float], load: Load) -> None:
    """All requests in a line, then the paths, the slowest first."""
    times, statuses, late = found
    every = [each for path in times.values() for each in path]

    def line(what: str, values: list[float]) -> str:
        cuts = statistics.quantiles(values, n=100)
        return f"{what:46} p50 {cuts[49]:7.1f}  p99 {cuts[98]:7.1f}  most {max(values):7.1f} ms"

    print(
        f"{len(every):,} requests, {load.rate} a second, open loop; answers {statuses}; the load "
        f"itself was {late:.0f} ms late at worst"
    )
    print(line("all", every))
    for path, values in sorted(times.items(), key=lambda each: -statistics.median(each[1])):
        print(line("  " + path.replace(MARKET, "{id}"), values))


async def serve_and_ask(settings: Settings, pool: "Pool", rate: int, seconds: float) -> None:
    """Start the API, publish the present, and ask it while rows are written."""
    keys = KeyFile(settings.home)
    count = max(1, round(rate * 60 / A_MINUTE * 1.2))
    names = [keys.create(f"load-{number}", Role.READ) for number in range(count)]
    load = Load(settings.api_url, tuple(names), rate, seconds)
    context = multiprocessing.get_context("spawn")
    async with FrameProducer(
        settings.broker, writer="bench", prefix=settings.topic_prefix
    ) as producer:
        for market in MARKETS:
            await tell(producer, LIFECYCLE, messages.listed(0, market))
        for number in range(20):
            await tell(producer, POSITIONS, messages.position(number, "10", name=f"p{number}"))
        await tell(producer, EQUITY, messages.equity(0, bot=None))
        api = context.Process(target=serve, args=(settings,), daemon=True)
        api.start()
        try:
            await ready(settings.api_url, load.keys[0])
            async with ingest(pool, settings, producer):
                print("Queries while rows are written:")
                await read(pool)
                result = settings.home / "result.json"
                asking = context.Process(target=ask_apart, args=(load, result), daemon=True)
                asking.start()
                await asyncio.to_thread(asking.join)
            show(json.loads(result.read_text()), load)
        finally:
            api.terminate()
            api.join()


async def main() -> None:
    """Fill, start, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", help="address of an empty database")
    parser.add_argument("--hours", type=int, default=70, help="of history")
    parser.add_argument("--rate", type=int, default=333, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="of load")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        broker = EmbeddedKafka(home, port=free_port(), controller_port=free_port())
        async with server(arguments.database) as dsn:
            await migrate(dsn)
            async with open_pool(dsn, 3) as pool:
                started = time.perf_counter()
                counts = await fill(pool, arguments.hours)
                print(f"Filled in {time.perf_counter() - started:.0f} s: {counts}")
                await broker.start(silent)
                try:
                    await ensure_topics(broker.bootstrap, "", 1)
                    await serve_and_ask(
                        settings_for(home, broker.bootstrap, dsn),
                        pool,
                        arguments.rate,
                        arguments.seconds,
                    )
                finally:
                    await broker.stop()


def settings_for(home: Path, broker: str, dsn: str) -> Settings:
    """An installation whose session clock stands where the history ends."""
    port = free_port()
    return Settings(
        _env_file=None,
        broker=broker,
        database=SecretStr(dsn),
        home=home,
        api_port=port,
        api_url=f"http://127.0.0.1:{port}",
        source="world",
        anchor_wall_ms=time.time_ns() // 1_000_000,
        anchor_event_ms=T0 + HOUR_MS,
    )


if __name__ == "__main__":
    asyncio.run(main())
