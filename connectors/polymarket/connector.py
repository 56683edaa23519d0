"""The market connector: discovery, subscriptions, sockets, resynchronisation, publication."""

import asyncio
from typing import Any, Protocol

import msgspec
import structlog

from configs.clock import SessionClock
from connectors.polymarket.book_feed import BookFeed, Publication
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.market_ws import MarketSocket
from connectors.polymarket.metadata import (
    EventFacts,
    MetadataError,
    parse_event,
    parse_market,
    parse_outcome,
)
from connectors.polymarket.parse import SOURCE, envelope
from connectors.polymarket.position_ids import condition_key
from connectors.polymarket.rest import PublicRest
from connectors.polymarket.venue_http import VenueUnavailableError
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import FeedStatus, Market, MarketListed, PriceHistory
from schemas.values import MarketStatus
from topics.catalog import BOOK_EVENTS, DEAD_LETTERS, LIFECYCLE, Scope, TopicSpec
from topics.partition import shard_of

log = structlog.get_logger(__name__)

TOKENS_PER_SOCKET = 250
DISCOVERY_S = 30.0
BATCH_END_S = 0.02
STATUS_S = 1.0
HISTORY_MINUTES = 5
"""Between two prices of a history; bot 6 measures how outcomes move together on such bars."""
HISTORY_MS = 86_400_000
"""How far back histories go: what bots 6 and 7 look at."""


def price_history(
    market_id: MarketId, points: tuple[tuple[int, float], ...], now: int
) -> PriceHistory:
    """The message that tells a market's past, known at `now` ms."""
    head = envelope(f"history|{market_id}|{now}".encode(), now, now)
    return PriceHistory(**head, market_id=market_id, points=points)


class Publisher(Protocol):
    """Where messages go."""

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Hand over one message; may wait when the log cannot keep up."""


class _Line:
    """One socket with its fold."""

    def __init__(self, feed: BookFeed, socket: MarketSocket) -> None:
        self.feed = feed
        self.socket = socket
        self.tokens: dict[MarketId, tuple[str, str]] = {}
        self.pending = asyncio.Event()


class MarketConnector:
    """Reads the venue's public market data and publishes it, checked and graded.

    Attributes:
        dead_letters: Frames and events that did not parse since the start.
        unread: Open markets whose description cannot be read or is of an unknown version.
    """

    def __init__(
        self,
        rest: PublicRest,
        market_ws_url: str,
        publisher: Publisher,
        clock: SessionClock,
        shards: int = 1,
        max_markets: int = 300,
        drift: DriftSentinel | None = None,
    ) -> None:
        """Wire the parts.

        Args:
            rest: Metadata and books.
            market_ws_url: The market channel.
            publisher: The log.
            clock: Stamps `ingest_time`.
            shards: How many shards there are.
            max_markets: The most markets to follow, the busiest first.
            drift: Counts fields that are not known; one of its own where none is given.
        """
        self._rest = rest
        self._url = market_ws_url
        self._publisher = publisher
        self._clock = clock
        self._shards = shards
        self._max_markets = max_markets
        self._lines: list[_Line] = []
        self._markets: dict[MarketId, Market] = {}
        self._home: dict[MarketId, _Line] = {}
        self._wake = asyncio.Event()
        self._unread: asyncio.Queue[Market] = asyncio.Queue()
        self._drift = drift or DriftSentinel()
        self.dead_letters = self.unread = 0
        self._tasks = asyncio.TaskGroup()

    @property
    def markets(self) -> int:
        """How many markets are followed."""
        return len(self._markets)

    @property
    def reconnects(self) -> int:
        """How many connections were lost since the start."""
        return sum(line.socket.losses for line in self._lines)

    @property
    def silence_s(self) -> float:
        """Since the connection that is silent longest was heard, seconds; 0 before the first."""
        now = asyncio.get_running_loop().time() if self._lines else 0.0
        return max((now - line.socket.heard_wall for line in self._lines), default=0.0)

    async def run(self) -> None:
        """Work until cancelled."""
        async with self._tasks as tasks:
            tasks.create_task(self._report())
            tasks.create_task(self._read_histories())
            while True:
                self._wake.clear()
                try:
                    await self._discover()
                except VenueUnavailableError as error:
                    log.warning("discovery failed", error=str(error))
                try:
                    await asyncio.wait_for(self._wake.wait(), DISCOVERY_S)
                    await asyncio.sleep(BATCH_END_S)
                except TimeoutError:
                    continue

    async def _discover(self) -> None:
        """Read the open markets; follow new ones, publish changed ones."""
        markets: list[Market] = []
        unread = 0
        async for document in self._rest.markets():
            try:
                market = parse_market(document)
            except MetadataError as error:
                log.warning("market skipped", error=str(error))
                unread += 1
                await self._pause(document)
                continue
            if market.status is not MarketStatus.RESOLVED:
                markets.append(market)
            if len(markets) >= self._max_markets:
                break
        self.unread = unread
        await self._ends({market.market_id for market in markets})
        events = await self._exclusive_events(markets)
        for market in markets:
            facts = events.get(str(market.venue_event_id))
            await self._follow(market if facts is None else facts.of(market))
        log.debug("discovered", markets=len(markets), followed=self.markets)

    async def _ends(self, open_ids: set[MarketId]) -> None:
        """Tell how followed markets ended that are open no more and whose end was not heard."""
        gone = [market_id for market_id in self._markets if market_id not in open_ids]
        async for document in self._rest.closed_markets([str(each) for each in gone]):
            try:
                outcome = parse_outcome(document)
            except MetadataError as error:
                log.error("resolution not read", error=str(error))
                continue
            line = None if outcome is None else self._home.get(outcome.market_id)
            if outcome is not None and line is not None:
                log.warning("resolution missed by the channel", market=outcome.market_id)
                await self._publish_all(line, line.feed.on_outcome(outcome, self._clock.now_ms()))

    async def _pause(self, document: dict[str, Any]) -> None:
        """A followed market whose description cannot be read any more opens nothing."""
        known = self._markets.get(MarketId(condition_key(str(document.get("conditionId")))))
        if known is not None:
            await self._follow(msgspec.structs.replace(known, status=MarketStatus.PAUSED))

    async def _exclusive_events(self, markets: list[Market]) -> dict[str, EventFacts]:
        """How many outcomes the neg-risk events of these markets have."""
        wanted = sorted({str(each.venue_event_id) for each in markets if each.neg_risk})
        return {
            str(document["id"]): parse_event(document)
            async for document in self._rest.events(wanted)
        }

    async def _follow(self, market: Market) -> None:
        known = self._markets.get(market.market_id)
        if known == market:
            return
        self._markets[market.market_id] = market
        now = self._clock.now_ms()
        head = envelope(f"listed|{market!r}".encode(), now, now)
        await self._publish(Publication(LIFECYCLE, market, MarketListed(**head, market=market)))
        line = self._home.get(market.market_id)
        if line is not None:
            line.feed.watch(market)
            return
        line = self._line_with_room()
        line.feed.watch(market)
        self._home[market.market_id] = line
        line.tokens[market.market_id] = (market.yes_token_id, market.no_token_id)
        await line.socket.subscribe(line.tokens[market.market_id])
        self._unread.put_nowait(market)

    async def _read_histories(self) -> None:
        """Tell the last day's prices of every market that is new, one after the other."""
        while True:
            market = await self._unread.get()
            now = self._clock.now_ms()
            since = now - now % (HISTORY_MINUTES * 60_000) - HISTORY_MS
            try:
                points = await self._rest.prices_history(
                    market.yes_token_id, since, now, HISTORY_MINUTES
                )
            except VenueUnavailableError as error:
                log.warning("price history not read", error=str(error), market=market.market_id)
                self._unread.put_nowait(market)
                await asyncio.sleep(STATUS_S)
                continue
            if points:
                message = price_history(market.market_id, points, now)
                await self._publish(Publication(BOOK_EVENTS, market, message))

    def _line_with_room(self) -> _Line:
        for line in self._lines:
            if line.socket.size + 2 <= TOKENS_PER_SOCKET:
                return line
        name = f"market-ws/{len(self._lines)}"
        feed = BookFeed(name, self._drift)

        async def on_frame(frame: str | bytes) -> None:
            await self._publish_all(line, feed.on_frame(frame, self._clock.now_ms()))

        async def on_state(connected: bool, reason: str) -> None:
            now = self._clock.now_ms()
            if not connected:
                await self._publish_all(line, feed.on_lost(reason, now))
            else:
                self._wake.set()  # what was listed, changed or resolved meanwhile is read anew
            await self._status(line, reason)

        line = _Line(feed, MarketSocket(name, self._url, on_frame, on_state))
        self._lines.append(line)
        self._tasks.create_task(line.socket.run())
        self._tasks.create_task(self._settle(line))
        return line

    async def _settle(self, line: _Line) -> None:
        """Check books at batch ends, fetch what lost trust, drop what was resolved."""
        while True:
            await line.pending.wait()
            await asyncio.sleep(BATCH_END_S)
            line.pending.clear()
            await self._publish_all(line, line.feed.on_batch_end(self._clock.now_ms()))
            if line.feed.unlisted:
                line.feed.unlisted = False
                self._wake.set()
            await self._refetch(line)
            await self._drop_resolved(line)

    async def _refetch(self, line: _Line) -> None:
        if not line.feed.refetch:
            return
        wanted = [market for market in line.feed.refetch if market in line.tokens]
        line.feed.refetch.clear()
        tokens = [token for market in wanted for token in line.tokens[market]]
        try:
            books = await self._rest.books(tokens)
        except VenueUnavailableError as error:
            log.warning("books not fetched", error=str(error), markets=len(wanted))
            line.feed.refetch.update(wanted)
            return
        await self._publish_all(line, line.feed.on_books(books, self._clock.now_ms()))

    async def _drop_resolved(self, line: _Line) -> None:
        if line.feed.markets == len(line.tokens):
            return
        gone = [market for market in line.tokens if not line.feed.carries(market)]
        for market in gone:
            await line.socket.unsubscribe(line.tokens.pop(market))
            self._home.pop(market, None)
            self._markets.pop(market, None)

    async def _report(self) -> None:
        """Say once a second which connections are heard."""
        while True:
            for line in self._lines:
                await self._status(line, "")
                line.pending.set()
            await asyncio.sleep(STATUS_S)

    async def _status(self, line: _Line, detail: str) -> None:
        now = self._clock.now_ms()
        silence_s = asyncio.get_running_loop().time() - line.socket.heard_wall
        heard_at = now - int(silence_s * 1000 * self._clock.speed)
        message = FeedStatus(
            **envelope(f"status|{line.feed.feed}|{now}|{detail}".encode(), now, now),
            feed=line.feed.feed,
            connected=line.socket.connected,
            heard_at=heard_at if line.socket.connected else 0,
            markets=line.feed.markets,
            detail=detail,
        )
        await self._publish(Publication(BOOK_EVENTS, None, message))

    async def _publish_all(self, line: _Line, publications: list[Publication]) -> None:
        for publication in publications:
            await self._publish(publication)
        if publications:
            line.pending.set()

    async def _publish(self, publication: Publication) -> None:
        topic, market, message = publication
        self.dead_letters += topic is DEAD_LETTERS
        if topic.scope is not Scope.SHARD:
            await self._publisher.publish(topic, SOURCE, message)
        elif market is not None:
            shard = shard_of(market.venue_event_id, self._shards)
            await self._publisher.publish(topic, str(shard), message)
        else:
            for shard in range(self._shards):
                await self._publisher.publish(topic, str(shard), message)
