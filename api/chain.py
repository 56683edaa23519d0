"""The local chain as a process: worthless money at the venue's real addresses."""

import asyncio
import time

import uvicorn
from starlette.applications import Starlette

from configs.settings import Settings
from connectors.sandbox.chain.journal import Journal
from connectors.sandbox.chain.known import COLD, QUESTION, WALLET
from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.server import ChainServer
from connectors.sandbox.server import listen

HOT_DOLLARS = 5_000_000_000
COLD_DOLLARS = 30_000_000_000
"""Base units of USDC.e in the two wallets at the beginning."""
YES_WINS = (1, 0)
STOP_S = 2
LOOK_S = 1.0


async def run_chain(settings: Settings) -> None:
    """Serve the local chain until told to stop; the next start goes on with its blocks.

    Raises:
        InfrastructureError: The port cannot be had.
    """
    listener = listen(
        settings.chain_host, settings.chain_port, "The local chain", "PETS_CHAIN_PORT"
    )
    with Journal(settings.home.resolve() / "chain" / "blocks.jsonl") as journal:
        network = Network(lambda: time.time_ns() // 1_000_000, (WALLET,), journal=journal)
        if not network.evm.head:
            begin(network)
        chain = ChainServer(network)
        server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=chain.routes()),
                access_log=False,
                log_level="warning",
                lifespan="off",
                timeout_graceful_shutdown=STOP_S,
            )
        )
        living = asyncio.create_task(_live(chain))
        living.add_done_callback(lambda _: setattr(server, "should_exit", True))
        try:
            await server.serve(sockets=[listener])
        finally:
            listener.close()
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
    if not living.cancelled():
        living.result()


async def _live(chain: ChainServer) -> None:
    """Make blocks, and be the venue's operator; ends by cancellation."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(chain.run())
        tasks.create_task(operate(chain.network))


def begin(network: Network) -> None:
    """Give both wallets dollars, and open a market."""
    network.fund(WALLET, 0, HOT_DOLLARS)
    network.fund(COLD, 0, COLD_DOLLARS)
    network.prepare(QUESTION)


async def operate(network: Network) -> None:
    """Be the venue's operator: resolve the market once the wallet's first acts are final."""
    while not network.is_resolved(QUESTION):
        if network.nonce_of(WALLET) and not network.is_busy:
            network.resolve(QUESTION, YES_WINS)
        await asyncio.sleep(LOOK_S)
