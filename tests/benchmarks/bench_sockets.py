"""10,000 changes a second to fast, slow and dead WebSocket clients: does anything grow?

Run: python -m tests.benchmarks.bench_sockets [--rate 10000] [--seconds 30] [--clients 20]

A real server with the API's own routes in this process, its clients in another. A third of the
clients reads everything, a third takes twenty messages a second, a third never reads and is dropped
after half a minute. What is published are positions of fifty keys, so that a mailbox holds fifty at
most. A line every five seconds: the rate that was reached, the server's memory, the keys that wait
in all mailboxes, and the clients that are left.
"""

import argparse
import asyncio
import multiprocessing
import time
from contextlib import suppress

import psutil
import uvloop
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.api.running import NOW, Running, beats
from tests.api.serving import serving
from tests.sinks.messages import listed, position

KEYS = 50
TICK_S = 0.01
SAMPLE_S = 5.0
FAST, SLOW, DEAD = range(3)


async def follow(url: str, kind: int) -> None:
    """One client, until the server ends it."""
    with suppress(ConnectionClosed, OSError):
        async with connect(url, compression=None, max_queue=1) as client:
            if kind == DEAD:
                client.transport.pause_reading()
                await asyncio.sleep(3600)
            while True:
                await client.recv()
                await asyncio.sleep(0.05 if kind == SLOW else 0.0)


def clients(url: str, count: int) -> None:
    """The clients' process."""

    async def run() -> None:
        await asyncio.gather(*(follow(url, number % 3) for number in range(count)))

    uvloop.run(run())


async def measure(rate: int, seconds: float, count: int) -> None:
    """Serve, publish, sample."""
    running, process = Running(), psutil.Process()
    running.tell(listed(0), *beats(NOW))
    fanout = running.context.fanout
    async with serving(running) as address:
        apart = multiprocessing.get_context("spawn").Process(
            target=clients, args=(f"ws://{address}/ws/positions/all", count), daemon=True
        )
        apart.start()
        while fanout.clients < count:  # noqa: ASYNC110 - nobody tells when they have come
            await asyncio.sleep(0.05)
        started = sampled = time.perf_counter()
        said = 0
        try:
            while (now := time.perf_counter()) - started < seconds:
                due = int((now - started) * rate)
                for number in range(said, due):
                    name = f"p{number % KEYS}"
                    running.tell(position(NOW + number, str(number % 90 + 1), name=name))
                said = due
                if now - sampled >= SAMPLE_S:
                    sampled = now
                    memory = process.memory_info().rss / 1e6
                    print(
                        f"{now - started:5.0f} s  {said / (now - started):7,.0f} a second  "
                        f"{memory:6.0f} MB  {fanout.waiting:4} keys wait  {fanout.clients} clients",
                        flush=True,
                    )
                await asyncio.sleep(TICK_S)
        finally:
            apart.terminate()
            apart.join()


def main() -> None:
    """Measure as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=10_000, help="changes a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--clients", type=int, default=21)
    arguments = parser.parse_args()
    uvloop.run(measure(arguments.rate, arguments.seconds, arguments.clients))


if __name__ == "__main__":
    main()
