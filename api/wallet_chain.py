"""The chain's nodes and the hot wallet: on the local chain everybody's, else the operator's."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx

from api.money.wallet import cold_of, is_local
from configs.settings import Settings
from connectors.keystore.source import Unlocked, unlock, vault_of
from connectors.polygon.gas_station import GasStation
from connectors.polygon.nodes import Nodes, Nonces
from connectors.polygon.rpc import Rpc
from connectors.polygon.watch import ChainWatch
from connectors.polymarket.signer import Signer
from connectors.sandbox.chain.known import WALLET, WALLET_KEY
from schemas.errors import ConfigurationError
from streams.nonce_state import NonceRules

TIMEOUT_S = 5.0


def key_of(settings: Settings, environ: Mapping[str, str]) -> Unlocked:
    """The key that signs; on the local chain the one that everybody has, never yours.

    Raises:
        ConfigurationError: There is none.
    """
    if is_local(settings):
        return Unlocked(Signer(WALLET_KEY), 0)
    return unlock(settings.home, environ)


def own_address(settings: Settings, environ: Mapping[str, str]) -> str:
    """The hot wallet's address, without its passphrase where there is a keystore.

    Raises:
        ConfigurationError: There is neither keystore nor key.
    """
    if is_local(settings):
        return WALLET
    vault = vault_of(settings.home, environ)
    if vault.path.exists():
        return vault.header().address
    return unlock(settings.home, environ).signer.address


@asynccontextmanager
async def open_nodes(settings: Settings) -> AsyncIterator[Nodes]:
    """The chain's nodes, disconnected at the end.

    Raises:
        ConfigurationError: None is named.
    """
    if not settings.rpc_urls:
        raise ConfigurationError(
            "Expected at least one node of the chain in PETS_POLYGON_RPC, received none."
        )
    nodes = Nodes(
        [Rpc(url) for url in settings.rpc_urls],
        settings.chain_id,
        NonceRules().confirmations,
        time.time,
    )
    try:
        yield nodes
    finally:
        await nodes.close()


@asynccontextmanager
async def open_watch(
    settings: Settings,
    nodes: Nodes,
    keyed_at: int = 0,
    count: Callable[[str], Awaitable[Nonces]] | None = None,
) -> AsyncIterator[ChainWatch]:
    """What reads the chain, with the session's clock.

    Args:
        settings: Gas station and cold wallet.
        nodes: The chain.
        keyed_at: When the hot key was made, ms; 0 when unknown.
        count: Who counts a wallet's nonces; the nodes, unless a relayer does.
    """
    async with httpx.AsyncClient(timeout=TIMEOUT_S) as http:
        station = GasStation(http, settings.gas_station_url, nodes)
        now_ms = settings.clock().now_ms
        cold = cold_of(settings)
        yield ChainWatch(nodes, station, now_ms, cold=cold, keyed_at=keyed_at, count=count)
