"""All feeds against the sandbox's: what they publish can be linked to the markets of its Gamma."""

import asyncio
from typing import NamedTuple, TypeVar, cast

import httpx
import pytest
from prometheus_client import CollectorRegistry

from api.feed_making import FeedMaker
from api.feeds import FeedRunner
from configs.bots import load_bot
from configs.bots_news import NewsParameters
from configs.clock import PROCESS_WALL
from configs.feeds import load_feeds
from configs.settings import Settings
from connectors.polymarket.metadata import MetadataError, parse_market
from connectors.polymarket.rest import PublicRest
from connectors.sandbox.latent import Jump
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from connectors.sandbox.stories import Story, told
from connectors.sandbox.world_market import WorldMarket
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.market import Market
from schemas.ops import Heartbeat
from schemas.outside import (
    GamePhase,
    GameState,
    NewsItem,
    OutsideEstimate,
    WalletResolved,
    WalletTrade,
)
from streams.news_match import MarketIndex
from streams.news_text import first_sentences
from topics.catalog import TopicSpec
from topics.producer import FrameProducer

START_MS = 1_790_586_000_000
WANTED = (NewsItem, WalletTrade, WalletResolved, OutsideEstimate)
PATIENCE_S = 60.0
M = TypeVar("M", bound=Message)


class Heard:
    """Stands in for the log."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        assert isinstance(message, topic.messages), topic.name
        self.messages.append(message)

    def of(self, kind: type[M]) -> list[M]:
        return [each for each in self.messages if isinstance(each, kind)]

    @property
    def is_enough(self) -> bool:
        played = any(game.phase is GamePhase.LIVE and game.clock_ms for game in self.of(GameState))
        return played and all(self.of(kind) for kind in WANTED)


class Scene(NamedTuple):
    """What was heard, the markets that were listed, and a story of one of them."""

    heard: Heard
    markets: dict[MarketId, Market]
    story: Story


def a_story(sandbox: Sandbox) -> Story:
    """A bill's story, just now published by the wire."""
    for listing in sandbox.venue.listings():
        if listing.spec.slug.startswith("draft-") and isinstance(listing, WorldMarket):
            headlines = listing.tenure.headlines()
            assert headlines is not None
            now_ms = sandbox.clock.now_ms()
            story = told(listing.spec, Jump(now_ms - 2_000, 1.0), headlines)[0]
            assert sandbox.world is not None
            sandbox.world.wire.publish(story)
            return story
    raise AssertionError("no bill is listed")


async def hear(settings: Settings) -> Heard:
    """Let all feeds read until every kind of message came."""
    heard = Heard()
    async with httpx.AsyncClient(timeout=10) as http:
        maker = FeedMaker(settings, load_feeds())
        producer = cast(FrameProducer, heard)
        runner = FeedRunner(settings, maker, http, producer, CollectorRegistry())
        running = asyncio.create_task(runner.run())
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not heard.is_enough:
                    assert not running.done(), running.exception()
                    await asyncio.sleep(0.1)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    return heard


async def listed(url: str) -> dict[MarketId, Market]:
    """Every market that the connector can read."""
    found = {}
    async with PublicRest(url, url) as rest:
        async for document in rest.markets():
            try:
                market = parse_market(document)
            except MetadataError:
                continue
            found[market.market_id] = market
    return found


async def play() -> Scene:
    """A sandbox and all feeds for some seconds."""
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = Settings(
        _env_file=None,
        feeds_url=f"{url}/feeds",
        world="large",
        speed=10.0,
        anchor_wall_ms=PROCESS_WALL(),
        anchor_event_ms=START_MS,
    )
    sandbox = Sandbox(SandboxSettings(source="world", size="large", speed=10.0), settings.clock())
    serving = asyncio.create_task(serve_on(listener, sandbox))
    story = a_story(sandbox)
    try:
        return Scene(await hear(settings), await listed(url), story)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return asyncio.run(play())


def test_no_feed_of_the_sandbox_fails(scene: Scene) -> None:
    failing = {
        beat.component: beat.detail
        for beat in scene.heard.of(Heartbeat)
        if beat.status == "failing" and beat.component != "feed/wallets"
    }
    assert not failing


def test_a_story_leads_to_the_market_it_is_about(scene: Scene) -> None:
    index = MarketIndex(load_bot(NewsParameters, "bot_04_news.yaml").vocabulary.words())
    for market in scene.markets.values():
        index.add(market.market_id, market.question, market.resolves_at)
    (item,) = [
        each
        for each in scene.heard.of(NewsItem)
        if each.source == "rss-sandbox-wire" and each.headline == scene.story.headline
    ]
    found = index.match(item.headline, first_sentences(item.body), item.event_time)
    assert found[0].market_id == scene.story.condition_id


def test_matches_are_those_of_markets_and_have_ratings(scene: Scene) -> None:
    about = {market.match_id for market in scene.markets.values()} - {""}
    games = scene.heard.of(GameState)
    assert about
    assert {game.match_id for game in games if game.ratings is not None} <= about
    upcoming = [game for game in games if game.phase is GamePhase.SCHEDULED]
    assert upcoming
    assert all(game.ratings for game in upcoming)
    assert {game.game for game in games} == {"lol", "cs2", "dota2"}
    assert any(sum(game.kills) or sum(game.rounds) for game in games if game.clock_ms)


def test_wallets_and_estimates_name_listed_markets(scene: Scene) -> None:
    estimated = {estimate.market_id for estimate in scene.heard.of(OutsideEstimate)}
    assert len(estimated) >= 25
    assert estimated <= scene.markets.keys()
    traded = {trade.market_id for trade in scene.heard.of(WalletTrade)}
    assert traded & scene.markets.keys()


def test_a_wallet_has_enough_of_a_past_to_be_judged(scene: Scene) -> None:
    pasts = scene.heard.of(WalletResolved)
    by_wallet: dict[str, int] = {}
    for past in pasts:
        by_wallet[past.wallet] = by_wallet.get(past.wallet, 0) + 1
    assert max(by_wallet.values()) >= 50
    assert all(past.event_time < START_MS for past in pasts)
