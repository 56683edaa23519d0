"""A proxy, Safe or deposit wallet, its relayer and a chain, driven step by step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette

from agents.stages.wallet_book import WalletRules
from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polygon.gas_station import GasStation
from connectors.polygon.gasless import GaslessSender
from connectors.polygon.rpc import Rpc
from connectors.polygon.watch import ChainWatch
from connectors.polymarket import contracts
from connectors.polymarket.calldata import MAX_UINT256
from connectors.polymarket.relayer_payload import relayed_wallet
from connectors.polymarket.relayer_rest import RelayerRest, relayer_headers
from connectors.polymarket.wallets import wallets_of
from connectors.sandbox.chain.relayer import SandboxRelayer
from connectors.sandbox.chain.server import ChainServer
from schemas.wallet import CallKind, ChainCall
from streams.nonce_state import NonceRules
from tests.connectors.polygon.wallet_world import (
    CONFIRMATIONS,
    DirectProvider,
    WalletWorld,
)
from tests.connectors.sandbox.chain.wallets import DOLLAR, ME, network

OWNED = wallets_of(ME.address)
KINDS = {"PROXY": OWNED.proxy, "SAFE": OWNED.safe, "WALLET": OWNED.deposit_beacon}
KEY = "a-key-of-the-sandbox"


class GaslessWorld(WalletWorld):
    """The wallet's world, with a relayer in the place of the wallet's own transactions."""

    def __init__(self, server: ChainServer, relayer: SandboxRelayer, address: str) -> None:
        self.address = address
        self.rules = WalletRules(nonces=NonceRules(confirmations=CONFIRMATIONS), gasless=(address,))
        self.relayer = relayer
        app = Starlette(routes=relayer.routes())
        self.rest = RelayerRest(
            "http://relayer/relayer",
            relayer_headers(KEY, ME.address),
            transport=httpx.ASGITransport(app=app),
        )
        super().__init__(server, [Rpc("node", provider=DirectProvider(server.nodes[0]))])

    def start_sender(self) -> None:
        wallet = relayed_wallet(ME, self.address, LOCAL_CHAIN_ID)
        self.sender = gasless = GaslessSender(wallet, self.rest, self.nodes)
        station = GasStation(self._http, "", self.nodes)
        self.watch = ChainWatch(self.nodes, station, lambda: self.now, count=gasless.nonces)


@asynccontextmanager
async def gasless_world(kind: str, *, dollars: int = 100) -> AsyncIterator[GaslessWorld]:
    """A wallet with USDC.e and nothing approved."""
    address = KINDS[kind]
    chain = network((address,))
    chain.fund(address, 0, dollars * DOLLAR)
    chain.mine()
    worlds: list[GaslessWorld] = []
    relayer = SandboxRelayer(chain, lambda: worlds[0].now / 1000, KEY)
    world = GaslessWorld(ChainServer(chain), relayer, address)
    worlds.append(world)
    async with world.rest:
        yield world
        await world.close()


def beginning(dollars: int = 100) -> tuple[ChainCall, ...]:
    """Approve, wrap, approve: what makes a new wallet's dollars usable."""
    return (
        approval(contracts.USDC_E, contracts.COLLATERAL_ONRAMP),
        ChainCall(kind=CallKind.WRAP, token=contracts.USDC_E, amount=dollars * DOLLAR),
        approval(contracts.COLLATERAL, contracts.COLLATERAL_ADAPTER),
    )


def approval(token: str, spender: str) -> ChainCall:
    return ChainCall(kind=CallKind.APPROVE, token=token, to=spender, amount=MAX_UINT256)
