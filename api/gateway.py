"""Composes the gateway to the venue, the only process that holds a key and sends orders."""

import asyncio
import os
from collections.abc import Mapping
from typing import NamedTuple

import structlog

from api.money.access import VenueAccess, open_access
from api.money.gate import require_money
from api.runtime.stopping import stop_signals, unless_stopped
from configs.settings import Settings
from connectors.polymarket.channels import UserSocket
from connectors.polymarket.gateway import VenueGateway
from connectors.polymarket.gateway_facts import Clock, FactWriter, Publish
from connectors.polymarket.gateway_log import CallLog
from connectors.polymarket.gateway_pace import Paced
from connectors.polymarket.gateway_reads import Asker
from connectors.polymarket.gateway_send import Sender
from connectors.polymarket.order_form import OrderWriter
from connectors.polymarket.user_feed import UserFeed
from schemas.envelope import Message
from schemas.ids import AccountId
from streams.rate_budget import RateBudget
from topics.catalog import DECIDE_INPUTS
from topics.producer import FrameProducer

log = structlog.get_logger(__name__)

SHARD = "0"


class Parts(NamedTuple):
    """A gateway with what it is watched by."""

    gateway: VenueGateway
    socket: UserSocket
    sender: Sender
    asker: Asker
    facts: FactWriter
    budget: RateBudget


def assemble(settings: Settings, access: VenueAccess, clock: Clock, publish: Publish) -> Parts:
    """One session's gateway; nothing is said or sent yet.

    Args:
        settings: Account and addresses.
        access: The key at the venue.
        clock: The session clock.
        publish: The way to the log that execution reads.
    """
    feed, budget = UserFeed(), RateBudget()
    key = access.credentials.key
    facts = FactWriter(AccountId(settings.account), access.account, clock, publish)
    writer = OrderWriter(access.signer, access.account, key)
    sender = Sender(access.rest, access.http, writer, Paced(budget), facts, access.drift)
    asker = Asker(access.rest, feed, facts, key, access.account.signature_type)
    gateway = VenueGateway(access.rest, sender, asker, feed, facts)
    socket = UserSocket(
        "user-ws", settings.user_ws_url, access.credentials, gateway.on_frame, gateway.on_state
    )
    return Parts(gateway, socket, sender, asker, facts, budget)


async def run_gateway(settings: Settings, environ: Mapping[str, str] = os.environ) -> None:
    """Run a session until told to stop; then cancel everything that is open.

    Raises:
        ConfigurationError: The money mode's conditions are not met; one sentence says which.
        InfrastructureError: Venue or broker do not answer.
    """
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
        start = await calls.end()
        log.info("gateway-session", session=parts.facts.session, maker=access.account.maker)
        try:
            await unless_stopped(stop, parts.gateway.run(parts.socket, calls.calls(start)))
        finally:
            await asyncio.shield(parts.gateway.leave())
