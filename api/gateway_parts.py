"""The parts of a gateway, put together for one key at one venue."""

from typing import NamedTuple

from api.money.access import VenueAccess
from configs.settings import Settings
from connectors.polymarket.channels import UserSocket
from connectors.polymarket.gateway import VenueGateway
from connectors.polymarket.gateway_facts import Clock, FactWriter, Publish
from connectors.polymarket.gateway_pace import Paced
from connectors.polymarket.gateway_reads import Asker
from connectors.polymarket.gateway_send import Sender
from connectors.polymarket.order_form import OrderWriter
from connectors.polymarket.user_feed import UserFeed
from connectors.polymarket.venue_watch import VenueWatch
from schemas.ids import AccountId
from streams.rate_budget import RateBudget


class Parts(NamedTuple):
    """A gateway with what it is watched by."""

    gateway: VenueGateway
    socket: UserSocket
    sender: Sender
    asker: Asker
    feed: UserFeed
    facts: FactWriter
    budget: RateBudget
    watch: VenueWatch


def assemble(settings: Settings, access: VenueAccess, clock: Clock, publish: Publish) -> Parts:
    """One session's gateway; nothing is said or sent yet.

    Args:
        settings: Account and addresses.
        access: The key at the venue.
        clock: The session clock.
        publish: The way to the log that execution reads.
    """
    feed, budget = UserFeed(access.drift), RateBudget()
    key = access.credentials.key
    facts = FactWriter(AccountId(settings.account), access.account, clock, publish)
    writer = OrderWriter(access.signer, access.account, key)
    watch = VenueWatch("gateway", AccountId(settings.account), access.drift)
    sender = Sender(access.rest, access.http, writer, Paced(budget), facts, watch)
    asker = Asker(access.rest, feed, facts, key, access.account.signature_type)
    gateway = VenueGateway(access.rest, sender, asker, feed, facts)
    socket = UserSocket(
        "user-ws", settings.user_ws_url, access.credentials, gateway.on_frame, gateway.on_state
    )
    return Parts(gateway, socket, sender, asker, feed, facts, budget, watch)
