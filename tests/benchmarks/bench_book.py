"""Decode and book update, both legs with checks on, as a ratio to cryptofeed's way.

Run: python -m tests.benchmarks.bench_book. The peer decodes with JSON and keeps Decimals in one
sorted mapping a side, as cryptofeed does; it checks nothing, makes no message and never looks at a
price. Where cryptofeed's own parts (`yapic.json`, `order_book`) are installed they are used, else
`json` and a dict, which is what an `order_book` side is until somebody reads it. Both get the same
frames of the simulated world, in turns.
"""

import importlib
import json
import statistics
import time
from collections.abc import Callable, Iterator, MutableMapping
from decimal import Decimal
from typing import Any

from connectors.polymarket.book_feed import BookFeed
from connectors.polymarket.metadata import parse_market
from connectors.sandbox.frames import encode
from connectors.sandbox.gamma import gamma_market
from connectors.sandbox.source import play
from connectors.sandbox.world import World

START_MS = 1_790_586_000_000
MINUTES = 4
ROUNDS = 7

Frames = list[tuple[int, str]]
Levels = MutableMapping[Decimal, Decimal]


class PlainBook:
    """Stands in for `order_book.OrderBook`: two mappings from price to size."""

    def __init__(self) -> None:
        self.bids: Levels = {}
        self.asks: Levels = {}


def foreign(module: str, name: str, otherwise: Any) -> Any:
    """A part of cryptofeed's where it is installed, else our stand-in."""
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError:
        return otherwise


LOADS: Callable[..., Any] = foreign("yapic.json", "loads", json.loads)
BOOK: Callable[[], Any] = foreign("order_book", "OrderBook", PlainBook)


def frames() -> tuple[World, Frames]:
    """The world's book frames, as text."""
    world = World(7, START_MS)
    texts = [
        (at, encode(frame))
        for at, frame in play(World(7, START_MS), START_MS, MINUTES * 60_000)
        if frame["event_type"] in ("book", "price_change")
    ]
    return world, texts


def ours(world: World, texts: Frames) -> None:
    """The connector's fold: strict decode, ticks, both legs, hash of snapshots, batch checks."""
    feed = BookFeed("bench")
    for listing in world.listings():
        feed.watch(parse_market(gamma_market(listing, START_MS)))
    last = START_MS
    for at, text in texts:
        if at != last:
            feed.on_batch_end(at)
            last = at
        feed.on_frame(text, at)


def peer(texts: Frames) -> None:
    """Decimals into one sorted mapping a side, as cryptofeed's handlers do."""
    books: dict[str, Any] = {}
    for _at, text in texts:
        event = LOADS(text, parse_float=Decimal)
        if event["event_type"] == "book":
            book = books[event["asset_id"]] = BOOK()
            for side, levels in ((book.bids, event["bids"]), (book.asks, event["asks"])):
                for level in levels:
                    side[Decimal(level["price"])] = Decimal(level["size"])
            continue
        for change in event["price_changes"]:
            book = books[change["asset_id"]]
            side = book.bids if change["side"] == "BUY" else book.asks
            price, size = Decimal(change["price"]), Decimal(change["size"])
            if size:
                side[price] = size
            elif price in side:
                del side[price]


def cpu_us(work: Callable[[], None], count: int) -> float:
    """Processor time of one call, microseconds a frame."""
    started = time.process_time()
    work()
    return (time.process_time() - started) / count * 1e6


def rounds(world: World, texts: Frames) -> Iterator[tuple[float, float]]:
    """Both in turns, so that a busy machine slows both."""
    for _ in range(ROUNDS):
        mine = cpu_us(lambda: ours(world, texts), len(texts))
        yield mine, cpu_us(lambda: peer(texts), len(texts))


def main() -> None:
    """Print microseconds a frame and the ratio."""
    world, texts = frames()
    measured = list(rounds(world, texts))
    mine = statistics.median(first for first, _ in measured)
    theirs = statistics.median(second for _, second in measured)
    ratio = statistics.median(second / first for first, second in measured)
    parts = f"{LOADS.__module__}, {BOOK.__module__.partition('.')[0]}"
    name = "a cryptofeed-style path by hand" if BOOK is PlainBook else "cryptofeed's parts"
    print(f"decode + book, {len(texts)} frames of {len(texts[0][1])} bytes and the like")
    print(f"  ours {mine:.1f} us a frame, {name} ({parts}) {theirs:.1f} us")
    print(f"  ratio {ratio:.2f}: ours is that many times as fast, checks and messages included")


if __name__ == "__main__":
    main()
