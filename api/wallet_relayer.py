"""Who brings the wallet's transactions onto the chain: the key itself, or the venue's relayer."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from api.money.wallet import is_local
from configs.settings import Settings
from connectors.polygon.gasless import GaslessSender
from connectors.polygon.nodes import Nodes, Nonces
from connectors.polygon.sender import Sender, TransactionSender
from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.keys import find_secret
from connectors.polymarket.relayer_payload import relayed_wallet
from connectors.polymarket.relayer_rest import (
    RelayerRest,
    builder_key_headers,
    relayer_headers,
)
from connectors.polymarket.signer import Signer
from connectors.polymarket.venue_http import Headers
from schemas.values import Money

RELAYER_KEY, RELAYER_ADDRESS = "PETS_RELAYER_API_KEY", "PETS_RELAYER_API_KEY_ADDRESS"
BUILDER = ("PETS_BUILDER_API_KEY", "PETS_BUILDER_API_SECRET", "PETS_BUILDER_API_PASSPHRASE")


class Way(NamedTuple):
    """A way onto the chain.

    Attributes:
        nonces: Counts the wallet's nonces; None for the nodes.
    """

    sender: TransactionSender
    nonces: Callable[[str], Awaitable[Nonces]] | None


def gasless(settings: Settings) -> tuple[str, ...]:
    """The wallets that a relayer moves: the proxy, Safe or deposit wallet that trades live."""
    live = settings.money is Money.LIVE and not is_local(settings)
    return (settings.venue_wallet,) if live and settings.venue_wallet else ()


@asynccontextmanager
async def open_way(
    settings: Settings, environ: Mapping[str, str], signer: Signer, nodes: Nodes
) -> AsyncIterator[Way]:
    """The key's own transactions, or the relayer's where a wallet trades in the key's place.

    Args:
        settings: Money, wallet and relayer.
        environ: Where the relayer's key is named.
        signer: The owner's key.
        nodes: The chain.

    Raises:
        ConfigurationError: The wallet is not the key's, or the relayer's key is missing.
    """
    wallets = gasless(settings)
    if not wallets:
        yield Way(Sender(signer, nodes, settings.chain_id), None)
        return
    wallet = relayed_wallet(signer, wallets[0], settings.chain_id)
    async with RelayerRest(settings.relayer_url, relayer_access(environ)) as relayer:
        sender = GaslessSender(wallet, relayer, nodes)
        yield Way(sender, sender.nonces)


def relayer_access(environ: Mapping[str, str]) -> Headers:
    """Headers of the relayer's calls: of a builder key where one is named, else of a relayer key.

    Raises:
        ConfigurationError: Neither is named.
    """
    if environ.get(BUILDER[0]) or environ.get(f"{BUILDER[0]}_FILE"):
        parts = (find_secret(name, environ, None, "builder key of the relayer") for name in BUILDER)
        return builder_key_headers(ApiCredentials(*parts), time.time)
    key = find_secret(RELAYER_KEY, environ, None, "key of the relayer")
    return relayer_headers(
        key, find_secret(RELAYER_ADDRESS, environ, None, "relayer key's address")
    )
