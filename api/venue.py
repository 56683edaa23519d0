"""Composes the two processes at the venue's side: the sandbox and the market connector."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from api.sole_writer import sole_producer
from configs import metrics as catalogue
from configs.meters import Read, served
from configs.settings import Settings
from connectors.polymarket.connector import MarketConnector, Publisher
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.public_reads import PublicReads
from connectors.polymarket.rest import PublicRest
from connectors.polymarket.venue_checks import VenueChecks
from connectors.polymarket.venue_http import VenueHttp
from connectors.polymarket.venue_watch import VenueWatch
from connectors.sandbox.sandbox import SandboxSettings
from connectors.sandbox.server import serve
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.ops import Heartbeat
from topics.catalog import HEARTBEATS
from topics.producer import FrameProducer

BEAT_S = 1.0


async def run_connector(settings: Settings) -> None:
    """Follow the venue's markets until cancelled."""
    drift = DriftSentinel()
    async with (
        sole_producer(settings, "connector") as producer,
        PublicRest(settings.gamma_url, settings.clob_url) as rest,
        venue_checks(settings, producer, drift) as checks,
    ):
        connector = MarketConnector(
            rest,
            settings.market_ws_url,
            producer,
            settings.clock(),
            settings.shards,
            settings.max_markets,
            drift,
        )
        registry = _metrics(producer, connector, rest, drift)
        with served(registry, settings.metrics_host, settings.metrics_port):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(connector.run())
                tasks.create_task(checks.run())
                tasks.create_task(_beat(settings, producer, connector))


@asynccontextmanager
async def venue_checks(
    settings: Settings, publisher: Publisher, drift: DriftSentinel
) -> AsyncIterator[VenueChecks]:
    """The connector's checks of the venue, with connections of their own."""
    account = AccountId(settings.account)
    async with (
        VenueHttp(settings.clob_url) as clob,
        VenueHttp(settings.data_url) as data,
        VenueHttp(settings.site_url) as site,
    ):
        reads = PublicReads(clob, data, site, drift)
        watch = VenueWatch("connector", account, drift)
        yield VenueChecks(reads, watch, publisher, settings.clock(), account)


async def run_sandbox(settings: Settings) -> None:
    """Play the venue until told to stop."""
    shown = settings.source if settings.source != "live" else "both"
    played = SandboxSettings(
        source=shown, seed=settings.seed, size=settings.world, speed=settings.speed
    )
    await serve(played, settings.clock(), settings.sandbox_host, settings.sandbox_port)


def _metrics(
    producer: FrameProducer, connector: MarketConnector, rest: PublicRest, drift: DriftSentinel
) -> CollectorRegistry:
    """The connector's metrics, read when they are asked for."""
    registry = CollectorRegistry()
    registry.register(
        Read(
            {
                catalogue.CONNECTOR_MARKETS: lambda: connector.markets,
                catalogue.CONNECTOR_MESSAGES: lambda: producer.messages,
                catalogue.CONNECTOR_RECORDS: lambda: producer.records,
                catalogue.CONNECTOR_DEAD: lambda: connector.dead_letters,
                catalogue.CONNECTOR_RECONNECTS: lambda: connector.reconnects,
                catalogue.CONNECTOR_SILENCE: lambda: connector.silence_s,
                catalogue.CONNECTOR_REFUSED: lambda: rest.refused,
                catalogue.CONNECTOR_UNKNOWN: lambda: drift.unknown_fields,
                catalogue.CONNECTOR_UNREAD: lambda: connector.unread,
            }
        )
    )
    return registry


async def _beat(settings: Settings, producer: FrameProducer, connector: MarketConnector) -> None:
    """Say once a second that the connector is alive."""
    clock = settings.clock()
    while True:
        now = clock.now_ms()
        beat: Message = Heartbeat(
            event_id=f"connector|{now}",
            event_time=now,
            ingest_time=now,
            source="connector",
            component="connector",
            status="running",
            processed=producer.messages,
            lag=0,
            position=producer.records,
            pid=os.getpid(),
            detail=f"{connector.markets} markets",
            instance=settings.worker_instance(),
        )
        await producer.publish(HEARTBEATS, "connector", beat)
        await asyncio.sleep(BEAT_S)
