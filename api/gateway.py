"""Composes the gateway to the venue, the only process that holds a key and sends orders."""

import asyncio
import os
from collections.abc import Mapping

import structlog

from api.gateway_parts import Parts, assemble
from api.gateway_watch import gateway_metrics, pulse
from api.money.access import VenueAccess, open_access
from api.money.gate import require_money
from api.runtime.cores import forbid_core_dumps
from api.runtime.stopping import stop_signals, unless_stopped
from api.truths import compare_truths
from configs.meters import served
from configs.settings import Settings
from connectors.polymarket.connector import Publisher
from connectors.polymarket.gateway_log import CallLog
from connectors.polymarket.venue_checks import VenueChecks
from schemas.envelope import Message
from schemas.ids import AccountId
from topics.catalog import DECIDE_INPUTS
from topics.producer import FrameProducer

log = structlog.get_logger(__name__)

SHARD = "0"


async def run_gateway(settings: Settings, environ: Mapping[str, str] = os.environ) -> None:
    """Run a session until told to stop; then cancel everything that is open.

    Raises:
        ConfigurationError: The money mode's conditions are not met; one sentence says which.
        InfrastructureError: Venue or broker do not answer.
    """
    forbid_core_dumps()
    calls = CallLog(settings.broker, settings.topic_prefix, settings.account)
    async with (
        stop_signals() as stop,
        open_access(settings, environ) as access,
        FrameProducer(
            settings.broker,
            writer="gateway",
            prefix=settings.topic_prefix,
            shards=settings.shards,
        ) as producer,
    ):
        await require_money(settings, access)

        async def publish(message: Message) -> None:
            await producer.publish(DECIDE_INPUTS, SHARD, message)

        parts = assemble(settings, access, settings.clock(), publish)
        metrics = gateway_metrics(parts)
        start = await calls.end()
        log.info("gateway-session", session=parts.facts.session, maker=access.account.maker)
        with served(metrics, settings.metrics_host, settings.metrics_port):
            beside = (
                pulse(settings, producer, parts),
                venue_checks(settings, access, parts, producer).run(),
                compare_truths(settings, access, producer),
            )
            watching = [asyncio.create_task(each) for each in beside]
            try:
                await unless_stopped(stop, parts.gateway.run(parts.socket, calls.calls(start)))
            finally:
                for task in watching:
                    task.cancel()
                await asyncio.shield(parts.gateway.leave())


def venue_checks(
    settings: Settings, access: VenueAccess, parts: Parts, publisher: Publisher
) -> VenueChecks:
    """What sender and gate know of the venue: where we are, what the account may, how calls fare.

    It is the one asker of this process: what it hears stops opening orders here at once, and is
    the record that the gate folds.
    """
    return VenueChecks(
        access.reads,
        parts.watch,
        publisher,
        settings.clock(),
        AccountId(settings.account),
        closed_only=access.rest.closed_only,
    )
