"""From a story at an outlet, over HTTP, to what bot 4 wants: nothing on the way waits."""

import asyncio
import time
from typing import NamedTuple

import httpx
import pytest

from configs.clock import SessionClock
from connectors.feeds.feed import Feed
from connectors.feeds.poller import FeedPoller
from connectors.news.rss import RssFeed
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.market import Market
from schemas.outside import NewsItem, Outlet
from schemas.trading import PlaceIntent
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import Tape
from tests.api.test_feeds import START_MS, a_story, listed

LIMIT_MS = 5_000
STILL = 1e-9
"""Session seconds per wall second: the world stands while it is read."""


class Read(NamedTuple):
    """The story as its outlet's feed brings it, its market, and all there are."""

    item: NewsItem
    about: Market
    markets: dict[MarketId, Market]


async def read() -> Read:
    """Publish a story, and read it and the markets over HTTP."""
    clock = SessionClock(time.time_ns() // 1_000_000, START_MS, STILL)
    sandbox = Sandbox(SandboxSettings(source="world", size="large"), clock)
    story = a_story(sandbox)
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving = asyncio.create_task(serve_on(listener, sandbox))
    found: list[NewsItem] = []

    async def publish(feed: Feed, message: Message) -> None:
        if isinstance(message, NewsItem) and message.headline == story.headline:
            found.append(message)

    try:
        markets = await listed(url)
        async with httpx.AsyncClient(timeout=30) as http:
            address = f"{url}/feeds/rss/sandbox-wire.xml"
            feed = RssFeed("sandbox-wire", Outlet.WIRE, address, 5)
            await FeedPoller(feed, http, publish, clock).round()
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    (item,) = found
    return Read(item, markets[MarketId(story.condition_id)], markets)


@pytest.fixture(scope="module")
def story() -> Read:
    return asyncio.run(read())


def told(story: Read, late_ms: int) -> ClosedLoop:
    """Bot 4 between the story's arrival and its decision, so much later."""
    item, about, markets = story
    loop, tape = ClosedLoop(make_stage("4")), Tape(item.event_time - 20_000)
    for market in markets.values():
        loop.feed(tape.listed(market))
    loop.feed(*tape.book(about, {"0.19": 900.0}, {"0.22": 900.0}))
    tape.now = item.ingest_time + late_ms
    loop.feed(tape.feed(), tape.account(BotId("bot_04")), tape.tick())
    loop.feed(item)
    return loop


def test_a_story_read_over_http_is_an_intent_before_it_is_five_seconds_old(story: Read) -> None:
    loop = told(story, 0)
    intents = [each.message for each in loop.emitted if isinstance(each.message, PlaceIntent)]
    (signal,) = loop.signals()
    assert (signal.reason, signal.market_id) == ("entered", story.about.market_id)
    assert {each.order.market_id for each in intents} == {story.about.market_id}
    assert {each.causation_id for each in (*intents, signal)} == {story.item.event_id}
    assert all(each.ingest_time - story.item.event_time < LIMIT_MS for each in intents)


def test_a_story_that_waited_for_longer_is_not_traded(story: Read) -> None:
    loop = told(story, LIMIT_MS + 1)
    assert loop.orders() == []
    assert [signal.reason for signal in loop.signals()] == ["processed-too-late"]
