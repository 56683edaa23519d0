"""Decode and book update, both legs with checks on, as a ratio to a cryptofeed-style path.

Run: python -m tests.benchmarks.bench_book. The peer decodes with `json`, keeps each side in a
dict of Decimals and re-reads the best price with `max` and `min` at every change, as cryptofeed's
handlers do with its sorted dicts; it checks nothing. Both get the same frames of the simulated
world.
"""

import json
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from connectors.polymarket.book_feed import BookFeed
from connectors.polymarket.metadata import parse_market
from connectors.sandbox.frames import encode
from connectors.sandbox.gamma import gamma_market
from connectors.sandbox.source import play
from connectors.sandbox.world import World

START_MS = 1_790_586_000_000
MINUTES = 4
ROUNDS = 5


def frames() -> tuple[World, list[tuple[int, str]]]:
    """The world's book frames, as text."""
    world = World(7, START_MS)
    texts = [
        (at, encode(frame))
        for at, frame in play(World(7, START_MS), START_MS, MINUTES * 60_000)
        if frame["event_type"] in ("book", "price_change")
    ]
    return world, texts


def ours(world: World, texts: list[tuple[int, str]]) -> None:
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


def peer(world: World, texts: list[tuple[int, str]]) -> None:
    """A dict of Decimals per side, best prices looked up at every change."""
    books: dict[str, tuple[dict[Decimal, Decimal], dict[Decimal, Decimal]]] = {}
    for _at, text in texts:
        event = json.loads(text, parse_float=Decimal)
        if event["event_type"] == "book":
            books[event["asset_id"]] = (
                {Decimal(level["price"]): Decimal(level["size"]) for level in event["bids"]},
                {Decimal(level["price"]): Decimal(level["size"]) for level in event["asks"]},
            )
            continue
        for change in event["price_changes"]:
            book = books.get(change["asset_id"])
            if book is None:
                continue
            side = book[0] if change["side"] == "BUY" else book[1]
            price, size = Decimal(change["price"]), Decimal(change["size"])
            if size:
                side[price] = size
            else:
                side.pop(price, None)
            best = (max(book[0], default=None), min(book[1], default=None))
            assert best is not None


def cpu_s(work: Callable[[], None]) -> float:
    """Processor seconds of one call."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    """Alternate both and print microseconds a frame and the ratio."""
    world, texts = frames()
    rounds = [
        (cpu_s(lambda: ours(world, texts)), cpu_s(lambda: peer(world, texts)))
        for _ in range(ROUNDS)
    ]
    mine = statistics.median(first for first, _ in rounds) / len(texts) * 1e6
    theirs = statistics.median(second for _, second in rounds) / len(texts) * 1e6
    print(f"decode + book, {len(texts)} frames: ours {mine:.1f} us, peer {theirs:.1f} us")
    print(f"ratio {theirs / mine:.2f} (ours is that many times as fast, checks included)")


if __name__ == "__main__":
    main()
