"""Composes the outside feeds of one process and says once a second how each of them is."""

import asyncio
import os
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import httpx
from prometheus_client import CollectorRegistry

from api.feed_making import FeedMaker, Switched
from api.sole_writer import sole_producer
from configs.clock import SessionClock
from configs.feeds import load_feeds
from configs.meters import gauge, served
from configs.metrics import FEED_MESSAGES, FEED_UP
from configs.settings import Settings
from connectors.esports.pandascore import PandaScoreFeed
from connectors.esports.pandascore_frames import FrameSockets
from connectors.feeds.feed import Feed
from connectors.feeds.poller import FeedPoller, FeedState
from connectors.polymarket.keys import load_credentials
from connectors.polymarket.live_data import NAME as REFERENCE
from connectors.polymarket.live_data import LiveDataSocket
from connectors.social.leaders import LeadersFeed
from connectors.social.wallet_socket import WalletSocket
from schemas.envelope import Message
from schemas.ids import derive_id
from schemas.ops import Heartbeat
from topics.catalog import BOOK_EVENTS, GAME_STATES, HEARTBEATS, WALLET_TRADES, TopicSpec
from topics.producer import FrameProducer

TIMEOUT_S = 10.0
BEAT_S = 1.0


class Pulse(NamedTuple):
    """How a feed is: its name, state, messages so far and a sentence."""

    name: str
    state: FeedState
    published: int
    detail: str


async def run_feeds(settings: Settings) -> None:
    """Read all feeds until cancelled."""
    maker = FeedMaker(settings, load_feeds(settings.config_dir), load_credentials(os.environ))
    async with (
        sole_producer(settings, "feeds") as producer,
        httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=True) as http,
    ):
        registry = CollectorRegistry()
        runner = FeedRunner(settings, maker, http, producer, registry)
        with served(registry, settings.metrics_host, settings.metrics_port):
            await runner.run()


class FeedRunner:
    """All feeds at work."""

    def __init__(
        self,
        settings: Settings,
        maker: FeedMaker,
        http: httpx.AsyncClient,
        producer: FrameProducer,
        registry: CollectorRegistry,
    ) -> None:
        """Wire it.

        Args:
            settings: Shards and clock.
            maker: Which feeds there are.
            http: Shared connections.
            producer: The log.
            registry: What Prometheus is shown.
        """
        self._settings = settings
        self._maker = maker
        self._http = http
        self._producer = producer
        self._clock = settings.clock()
        self._off: list[Switched] = []
        self._pollers: list[FeedPoller] = []
        self._socket: WalletSocket | None = None
        self._prices: LiveDataSocket | None = None
        self._up = gauge(FEED_UP, registry)
        self._published = gauge(FEED_MESSAGES, registry)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for switched in self._maker.all():
                if switched.feed is None:
                    self._off.append(switched)
                    continue
                poller = FeedPoller(
                    switched.feed,
                    self._http,
                    lambda feed, message: self._publish(feed.topic, message),
                    self._clock,
                )
                self._pollers.append(poller)
                tasks.create_task(poller.run())
                self._follow(switched.feed, tasks)
            self._follow_prices(tasks)
            await self._beat()

    def _follow_prices(self, tasks: asyncio.TaskGroup) -> None:
        plan = self._maker.prices()
        if isinstance(plan, str):
            self._off.append(Switched(REFERENCE, None, plan))
            return
        publish = partial(self._publish, BOOK_EVENTS)
        self._prices = LiveDataSocket(
            plan.url, plan.credentials, plan.symbols, publish, self._clock
        )
        tasks.create_task(self._prices.run())

    def _follow(self, feed: Feed, tasks: asyncio.TaskGroup) -> None:
        """Start the socket that belongs to a feed, if there is one."""
        feeds = self._maker.feeds
        if isinstance(feed, PandaScoreFeed) and feeds.pandascore is not None:
            frames = FrameSockets(
                self._maker.host(feed.name, feeds.pandascore.url),
                self._maker.key(self._settings.pandascore_token),
                self._http,
                partial(self._publish, GAME_STATES),
                self._clock,
                feed.first_side,
            )
            tasks.create_task(frames.run())
        if isinstance(feed, LeadersFeed) and feeds.wallets is not None:
            address = self._maker.host("wallets", feeds.wallets.url).replace("http", "ws", 1)
            self._socket = WalletSocket(
                address if self._settings.feeds_url else feeds.wallets.url,
                lambda wallet: wallet in feed.wallets,
                partial(self._publish, WALLET_TRADES),
                self._clock,
            )
            tasks.create_task(self._socket.run())

    async def _publish(self, topic: TopicSpec, message: Message) -> None:
        """To every shard: which of them trades what a message is about is the bots' to say."""
        for shard in range(self._settings.shards):
            await self._producer.publish(topic, str(shard), message)

    async def _beat(self) -> None:
        while True:
            for pulse in self._pulses():
                beat = heartbeat(pulse, self._clock, self._settings.worker_instance())
                await self._producer.publish(HEARTBEATS, beat.component, beat)
                self._up.labels(pulse.name).set(pulse.state is FeedState.RUNNING)
                self._published.labels(pulse.name).set(pulse.published)
            await asyncio.sleep(BEAT_S)

    def _pulses(self) -> Iterator[Pulse]:
        for off in self._off:
            yield Pulse(off.name, FeedState.OFF, 0, off.why_off)
        for poller in self._pollers:
            yield Pulse(poller.feed.name, poller.state, poller.published, poller.detail)
        if self._prices is not None:
            prices = self._prices
            state = FeedState.FAILING if prices.detail else FeedState.RUNNING
            yield Pulse(REFERENCE, state, prices.published, prices.detail)
        if self._socket is not None:
            state = FeedState.RUNNING if self._socket.connected else FeedState.FAILING
            detail = "" if self._socket.connected else "The venue's trade stream is not connected."
            yield Pulse("wallets", state, self._socket.published, detail)


def heartbeat(pulse: Pulse, clock: SessionClock, instance: str) -> Heartbeat:
    """A feed's pulse as a message; its component is `feed/NAME`."""
    now = clock.now_ms()
    return Heartbeat(
        event_id=derive_id("feed", pulse.name, now),
        event_time=now,
        ingest_time=now,
        source="feeds",
        component=f"feed/{pulse.name}",
        status=str(pulse.state),
        processed=pulse.published,
        lag=0,
        position=0,
        pid=os.getpid(),
        detail=pulse.detail,
        instance=instance,
    )
