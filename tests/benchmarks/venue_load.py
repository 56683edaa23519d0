"""Traffic of the whole venue: ten thousand books, a few of them busy, most changes deep in them.

Market n gets a share of 1/n of all messages, as attention goes; two changes in a hundred touch a
best price, about as many as were measured at the venue (one in a hundred among busy markets).
"""

from collections.abc import Iterator
from random import Random

from schemas.ids import MarketId
from schemas.market import BookDelta, BookSnapshot, FeedStatus
from schemas.values import MICRO, Trust
from streams.book import ASK, BID, NO, YES

FEED = "venue"
SOURCE = "bench"
TICK = 100
BEST_BID, BEST_ASK = 49, 51
LEVELS = 20
BEST_SHARE = 0.02
DRAWN = 1 << 17
"""Markets and changes drawn before the clock starts, and used over and over."""

AT = "at-"
"""Before the time in a change's id, so that what follows from it tells when it was made."""

Changes = tuple[tuple[int, int, int, int], ...]


class Venue:
    """Makes messages stamped with the present."""

    def __init__(self, markets: int, shards: int, seed: int = 7) -> None:
        """Draw.

        Args:
            markets: How many books.
            shards: Market n lives on shard n modulo this.
            seed: Of the draw.
        """
        random = Random(seed)
        self._shards = shards
        self._ids = [MarketId(f"0x{number + 1:064x}") for number in range(markets)]
        weights = [1 / (number + 1) for number in range(markets)]
        self._markets = random.choices(range(markets), weights, k=DRAWN)
        self._changes = [_change(random) for _ in range(DRAWN - 1)]
        self._count = 0

    def books(self, now: int) -> Iterator[tuple[int, BookSnapshot]]:
        """Every book whole, both legs, with its shard."""
        size = 100 * MICRO
        bids = tuple((BEST_BID - depth, size) for depth in range(LEVELS))
        asks = tuple((BEST_ASK + depth, size) for depth in range(LEVELS))
        for number, market in enumerate(self._ids):
            for leg in (YES, NO):
                yield number % self._shards, BookSnapshot(
                    event_id=f"book-{number}-{leg}",
                    event_time=now,
                    ingest_time=now,
                    source=SOURCE,
                    market_id=market,
                    leg=leg,
                    tick=TICK,
                    bids=bids,
                    asks=asks,
                    feed=FEED,
                    trust=Trust.CONSISTENT,
                )

    def changes(self, count: int, now: int) -> list[list[BookDelta]]:
        """The next changes, per shard."""
        made: list[list[BookDelta]] = [[] for _ in range(self._shards)]
        for number in range(self._count, self._count + count):
            market = self._markets[number % DRAWN]
            made[market % self._shards].append(
                BookDelta(
                    event_id=f"{AT}{now}-{number}",
                    event_time=now,
                    ingest_time=now,
                    source=SOURCE,
                    market_id=self._ids[market],
                    tick=TICK,
                    changes=self._changes[number % (DRAWN - 1)],
                    feed=FEED,
                    trust=Trust.CONSISTENT,
                )
            )
        self._count += count
        return made

    def status(self, now: int) -> FeedStatus:
        """The connection lives."""
        return FeedStatus(
            event_id=f"status-{now}",
            event_time=now,
            ingest_time=now,
            source=SOURCE,
            feed=FEED,
            connected=True,
            heard_at=now,
            markets=len(self._ids),
        )


def made_at(event_id: str) -> int | None:
    """When a change was made, ms, by its id; None for another message's."""
    return int(event_id.split("-")[1]) if event_id.startswith(AT) else None


def _change(random: Random) -> Changes:
    """A level's new size in both legs, as the venue tells it; the market never crosses."""
    depth = 0 if random.random() < BEST_SHARE else random.randint(1, LEVELS - 1)
    gone = depth > 0 and random.random() < 0.1
    size = 0 if gone else random.randint(5, 5_000) * MICRO
    if random.random() < 0.5:
        price = BEST_BID - depth
        return ((YES, BID, price, size), (NO, ASK, TICK - price, size))
    price = BEST_ASK + depth
    return ((YES, ASK, price, size), (NO, BID, TICK - price, size))
