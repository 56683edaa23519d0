"""Whole books: the levels that the book stage's last checkpoints on the log hold."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
import structlog

from agents.shell.checkpoints import load_checkpoint
from agents.stages.book import BookStage, BookStageState
from api.patience import within
from configs.settings import Settings
from schemas.errors import InfrastructureError
from schemas.ids import MarketId
from schemas.market import Market
from schemas.ops import Checkpoint
from streams.book import BookState
from topics.partition import shard_of

log = structlog.get_logger(__name__)

KEPT_S = 1.0
"""However many look, the log is read so often at most."""
ANSWER_S = 2.0
Load = Callable[[int], Awaitable[Checkpoint | None]]
"""Reads the last checkpoint of a shard's book stage."""


class Depth(NamedTuple):
    """A market's levels, and of which session time they are, ms."""

    book: BookState
    as_of: int


class _Kept(NamedTuple):
    books: dict[MarketId, BookState]
    as_of: int
    read_at: float


class Depths:
    """Looks whole books up; where the log does not answer there are none, and that is no error."""

    def __init__(self, settings: Settings, load: Load | None = None) -> None:
        """Connect to nothing yet.

        Args:
            settings: The log.
            load: Another way to a checkpoint than from the log.
        """
        self._settings = settings
        self._load = load or self._from_log
        self._kept: dict[int, _Kept] = {}
        self._turn = asyncio.Lock()

    async def of(self, market: Market) -> Depth | None:
        """A market's levels; None when they are not known."""
        shard = shard_of(market.venue_event_id, self._settings.shards)
        async with self._turn:
            kept = self._kept.get(shard)
            if kept is None or time.monotonic() - kept.read_at > KEPT_S:
                kept = self._kept[shard] = await self._read(shard)
        book = kept.books.get(market.market_id)
        return None if book is None or not book.tick else Depth(book, kept.as_of)

    async def _read(self, shard: int) -> _Kept:
        books: dict[MarketId, BookState] = {}
        as_of = 0
        try:
            checkpoint = await within(ANSWER_S, _waited(self._load(shard)))
            if checkpoint is not None:
                books = msgspec.json.decode(checkpoint.state, type=BookStageState).books
                as_of = checkpoint.now
        except (InfrastructureError, TimeoutError, msgspec.DecodeError) as error:
            log.warning("books-not-read", shard=shard, error=str(error) or type(error).__name__)
        return _Kept(books, as_of, time.monotonic())

    async def _from_log(self, shard: int) -> Checkpoint | None:
        settings = self._settings
        return await load_checkpoint(settings.broker, settings.topic_prefix, BookStage.name, shard)


async def _waited(answer: Awaitable[Checkpoint | None]) -> Checkpoint | None:
    return await answer
