"""The market connector against the sandbox over real sockets: discovery, faults, recovery."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from configs.clock import SessionClock
from connectors.polymarket.connector import HISTORY_MINUTES, MarketConnector
from connectors.polymarket.rest import PublicRest
from connectors.polymarket.venue_http import VenueUnavailableError
from connectors.polymarket.venue_ws import FROZEN_AFTER_S, backoff_s
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from connectors.sandbox.world_market import WorldMarket
from schemas.envelope import Message
from schemas.market import (
    BookDelta,
    BookSnapshot,
    BookTrustChanged,
    FeedStatus,
    MarketListed,
    MarketResolved,
    MarketTrade,
    PriceHistory,
)
from schemas.values import PIPS, DataLabel, MarketStatus, Trust
from topics.catalog import TopicSpec

SPEED = 4.0
RESTARTING = 1012


class Published:
    """A log in memory."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        assert type(message) in topic.messages, (topic.name, message)
        self.messages.append(message)

    def of(self, *kinds: type[Message]) -> list[Message]:
        return [message for message in self.messages if isinstance(message, kinds)]

    def trusts(self) -> dict[str, Trust]:
        """The newest grade of each market."""
        grades: dict[str, Trust] = {}
        for message in self.messages:
            if isinstance(message, BookSnapshot | BookDelta | BookTrustChanged):
                grades[message.market_id] = message.trust
        return grades

    def all_believed(self, markets: int) -> bool:
        grades = self.trusts()
        return len(grades) == markets and all(trust.may_open for trust in grades.values())


class Line:
    """A sandbox, a connector on it, and what it published."""

    def __init__(
        self,
        sandbox: Sandbox,
        published: Published,
        connector: MarketConnector,
        rest: PublicRest,
    ) -> None:
        self.sandbox = sandbox
        self.published = published
        self.connector = connector
        self.rest = rest

    async def until(self, done: Callable[[], bool], what: str, seconds: float = 15.0) -> float:
        """Wait for something; how long it took, seconds."""
        started = time.monotonic()
        while not done():
            assert time.monotonic() - started < seconds, f"no {what} in {seconds:g} s"
            await asyncio.sleep(0.02)
        return time.monotonic() - started

    async def believed(self) -> None:
        await self.until(lambda: self.published.all_believed(21), "21 believed books")


@asynccontextmanager
async def running(gamma: type[PublicRest] = PublicRest) -> AsyncIterator[Line]:
    now = time.time_ns() // 1_000_000
    clock = SessionClock(now, now, SPEED)
    sandbox = Sandbox(SandboxSettings(source="world", seed=3, speed=SPEED), clock)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    host = f"127.0.0.1:{port}"
    published = Published()
    venue = asyncio.create_task(serve_on(listener, sandbox))
    async with gamma(f"http://{host}", f"http://{host}") as rest:
        connector = MarketConnector(rest, f"ws://{host}/ws/market", published, clock)
        work = asyncio.create_task(connector.run())
        try:
            yield Line(sandbox, published, connector, rest)
        finally:
            for task in (work, venue):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


async def test_the_last_day_of_every_simulated_market_is_told_once() -> None:
    async with running() as line:
        await line.believed()
        histories = line.published.of(PriceHistory)

        def told() -> dict[str, tuple[tuple[int, float], ...]]:
            return {
                each.market_id: each.points
                for each in line.published.of(PriceHistory)
                if isinstance(each, PriceHistory)
            }

        await line.until(lambda: len(told()) == 20, "20 histories")
        assert len(line.published.of(PriceHistory)) == 20 >= len(histories)
        for points in told().values():
            times = [at for at, _ in points]
            assert {later - at for at, later in pairwise(times)} <= {HISTORY_MINUTES * 60_000}
            assert all(0 < price < 1 for _, price in points)
        assert max(len(points) for points in told().values()) >= 288


async def test_it_finds_labels_and_follows_every_market() -> None:
    async with running() as line:
        await line.believed()
        listed = [m for m in line.published.of(MarketListed) if isinstance(m, MarketListed)]
        assert {m.market.label for m in listed} == {DataLabel.SIMULATED}
        assert len({m.market.market_id for m in listed}) == 21
        await line.until(lambda: bool(line.published.of(MarketTrade)), "trade", 30.0)
        await line.until(lambda: bool(line.published.of(FeedStatus)), "feed status")


class Counted(PublicRest):
    """Counts the readings of all markets."""

    reads = 0

    async def markets(self) -> AsyncIterator[dict[str, Any]]:
        async for document in super().markets():
            yield document
        self.reads += 1


class Renamed(Counted):
    """A Gamma whose first market gets another version later."""

    spoilt = False

    async def markets(self) -> AsyncIterator[dict[str, Any]]:
        first = self.spoilt
        async for document in super().markets():
            yield {**document, "version": "v9"} if first else document
            first = False


async def test_a_followed_market_of_a_version_of_tomorrow_is_paused_and_counted() -> None:
    async with running(Renamed) as line:
        await line.believed()
        assert line.connector.unread == 0
        assert isinstance(line.rest, Renamed)
        line.rest.spoilt = True
        line.connector._wake.set()
        await line.until(lambda: line.connector.unread == 1, "market that cannot be read")

        def paused() -> set[str]:
            listed = line.published.of(MarketListed)
            return {
                each.market.market_id
                for each in listed
                if isinstance(each, MarketListed) and each.market.status is MarketStatus.PAUSED
            }

        await line.until(lambda: len(paused()) == 1, "paused market")


async def test_a_dropped_connection_makes_books_stale_and_comes_back() -> None:
    async with running() as line:
        await line.believed()
        line.sandbox.hub.close_all(RESTARTING)
        await line.until(
            lambda: any(trust is Trust.STALE for trust in line.published.trusts().values()),
            "stale book",
        )
        await line.believed()


async def test_what_resolved_while_nobody_listened_is_told_over_rest_once() -> None:
    async with running(Counted) as line:
        await line.believed()
        rest = line.rest
        assert isinstance(rest, Counted)
        await line.until(lambda: rest.reads > 1, "reading after the connection")
        ended = next(
            each
            for each in line.sandbox.venue.listings()
            if isinstance(each, WorldMarket) and each.state.is_open
        )
        ended.resolve()  # its frames reach nobody
        line.sandbox.hub.close_all(RESTARTING)

        def told() -> list[MarketResolved]:
            found = line.published.of(MarketResolved)
            return [each for each in found if isinstance(each, MarketResolved)]

        await line.until(lambda: bool(told()), "resolution")
        assert [each.market_id for each in told()] == [ended.spec.condition_id]
        payout = ended.state.yes_payout
        assert payout is not None
        assert told()[0].yes_payout == Decimal(payout) / PIPS
        await line.until(lambda: line.connector.markets == 20, "20 markets")
        assert len(told()) == 1


async def test_a_silent_connection_is_noticed_within_three_seconds() -> None:
    async with running() as line:
        await line.believed()
        line.sandbox.hub.freeze_all()
        noticed = await line.until(
            lambda: all(trust is Trust.STALE for trust in line.published.trusts().values()),
            "notice of the freeze",
            FROZEN_AFTER_S + 3.0,
        )
        assert noticed > 1.0
        line.sandbox.hub.freeze_all(frozen=False)
        await line.believed()


async def test_a_crossed_book_is_suspect_and_fetched_anew() -> None:
    async with running() as line:
        await line.believed()
        for market in line.sandbox.venue.listings():
            line.sandbox.faults.cross_book(market.spec.token_ids[0])
        await line.until(
            lambda: any(
                isinstance(m, BookSnapshot | BookTrustChanged) and m.trust is Trust.SUSPECT
                for m in line.published.messages
            ),
            "suspect book",
            30.0,
        )
        await line.believed()


async def test_a_venue_that_does_not_answer_is_one_sentence() -> None:
    async with PublicRest("http://127.0.0.1:9", "http://127.0.0.1:9", timeout_s=0.2) as rest:
        with pytest.raises(VenueUnavailableError, match="after four attempts"):
            await rest.server_seconds()


def test_backoff_grows_and_differs_between_feeds() -> None:
    waits = [backoff_s("market-ws/0", attempt) for attempt in range(8)]
    assert waits == sorted(waits)
    assert waits[-1] <= 37.5
    assert backoff_s("market-ws/0", 3) != backoff_s("market-ws/1", 3)
