"""Composes the sender, the only process with the wallet's key: from log to chain and back."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping

from prometheus_client import CollectorRegistry

from api.money.wallet import is_local
from api.runtime.cores import forbid_core_dumps
from api.sole_writer import sole_producer
from api.wallet_chain import key_of, open_nodes, open_watch
from api.wallet_relayer import open_way
from api.wallet_story import story
from configs import metrics_wallet as catalogue
from configs.meters import Read, served
from configs.settings import Settings
from connectors.polygon.service import SenderService
from connectors.polygon.watch import SOURCE
from schemas.envelope import Message
from schemas.ids import derive_id
from schemas.ops import Heartbeat
from schemas.wallet import SendTransaction
from topics.catalog import HEARTBEATS
from topics.catalog_wallet import WALLET_INPUTS, WALLET_SENDS
from topics.codec import TopicCodec, decode_frame
from topics.producer import FrameProducer
from topics.reader import open_reader

BEAT_S = 1.0


async def run_wallet_sender(settings: Settings, environ: Mapping[str, str] = os.environ) -> None:
    """Sign and send what the wallet stage decides, until cancelled.

    Raises:
        ConfigurationError: There is no key, or no node is named.
        FencedError: A newer sender took over.
        InfrastructureError: The broker is away.
    """
    forbid_core_dumps()
    unlocked = key_of(settings, environ)
    async with (
        sole_producer(settings, SOURCE) as producer,
        open_nodes(settings) as nodes,
        open_way(settings, environ, unlocked.signer, nodes) as (sender, count),
        open_watch(settings, nodes, unlocked.keyed_at, count) as watch,
    ):

        async def publish(message: Message) -> None:
            await producer.publish(WALLET_INPUTS, settings.account, message)

        async def act() -> None:
            now_ms = settings.clock().now_ms()
            async for job in story(watch, nodes, sender.address, now_ms):
                await publish(job)

        service = SenderService(sender, watch, requests(settings), publish, settings.chain_id)
        with served(_metrics(service), settings.metrics_host, settings.metrics_port):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(service.run())
                tasks.create_task(_beat(settings, producer, service))
                if is_local(settings):
                    tasks.create_task(act())


async def requests(settings: Settings) -> AsyncIterator[SendTransaction]:
    """What the stage asks for from now on; what is still open it asks for again by itself.

    Raises:
        InfrastructureError: The broker is away.
    """
    codec: TopicCodec[Message] = TopicCodec(WALLET_SENDS)
    name = settings.topic_prefix + WALLET_SENDS.name
    async with open_reader(settings.broker, client=f"pets-{SOURCE}") as reader:
        end = (await reader.bounds(name, [0]))[0].end
        async for record in reader.records(name, 0, end):
            for _, message in codec.decode_all(decode_frame(record.value or b"")):
                if isinstance(message, SendTransaction):
                    yield message


def _metrics(service: SenderService) -> CollectorRegistry:
    """The sender's metrics, read when they are asked for."""
    registry = CollectorRegistry()
    registry.register(
        Read(
            {
                catalogue.WALLET_SEEN: lambda: service.seen,
                catalogue.WALLET_BUSY: lambda: service.busy,
                catalogue.WALLET_NODES: lambda: not service.away,
            }
        )
    )
    return registry


async def _beat(settings: Settings, producer: FrameProducer, service: SenderService) -> None:
    """Say once a second that the sender is alive."""
    clock = settings.clock()
    while True:
        now = clock.now_ms()
        beat = Heartbeat(
            event_id=derive_id("heartbeat", SOURCE, os.getpid(), now),
            event_time=now,
            ingest_time=now,
            source=SOURCE,
            component=SOURCE,
            status="running",
            processed=service.seen,
            lag=0,
            position=producer.records,
            pid=os.getpid(),
            detail="no node of the chain answers" if service.away else service.address,
            instance=settings.worker_instance(),
        )
        await producer.publish(HEARTBEATS, SOURCE, beat)
        await asyncio.sleep(BEAT_S)
