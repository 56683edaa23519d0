"""Stage and sender as processes, killed at every step, on a chain that keeps the truth.

What the wallet does by itself on the local chain is the work: ten approvals, a wrap, a split, a
merge and a redemption. Whatever is done twice shows in the balances or in the nonce.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from starlette.applications import Starlette

from agents.stages.framing import AppliedFrames
from api.chain import begin, operate
from connectors.polymarket import contracts
from connectors.sandbox.chain.known import COLD, WALLET
from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.node import Json, Node, RpcError
from connectors.sandbox.chain.server import ChainServer
from schemas.envelope import Message
from schemas.wallet import JobEnded, JobKind, TransactionEnded
from tests.connectors.sandbox.chain.wallets import DOLLAR, dollars
from topics.admin import ensure_topics
from topics.catalog_wallet import WALLET_TRANSACTIONS
from topics.codec import TopicCodec, decode_frame
from topics.reader import open_reader

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]

PETS = str(Path(sys.executable).with_name("pets"))
PATIENCE_S = 180.0
BLOCK_S = 0.1
SPEED = "10"
STAGE, SENDER = "book,wallet", "wallet-sender"
JOBS = 14


class Trap(NamedTuple):
    """A moment at which the sender dies.

    Attributes:
        method: What it asks a node for.
        after: The node has found or done it and nobody hears so; otherwise it has not.
        nth: At the so-many-th such request.
        stage_too: The stage dies with it.
    """

    method: str
    after: bool
    nth: int = 1
    stage_too: bool = False


TRAPS = (
    Trap("eth_getTransactionCount", after=True),
    Trap("eth_sendRawTransaction", after=False),
    Trap("eth_sendRawTransaction", after=True),
    Trap("eth_sendRawTransaction", after=True, nth=5, stage_too=True),
    Trap("eth_getTransactionReceipt", after=True, nth=4),
)


class Watched(Node):
    """A node at which the sender dies."""

    def __init__(self, network: Network, spring: Callable[[str, bool], bool]) -> None:
        super().__init__(network)
        self._spring = spring

    def answer(self, method: str, params: list[Json]) -> Json:
        if self._spring(method, False):
            raise RpcError(-32_000, "gone")
        found = super().answer(method, params)
        if found is not None:
            self._spring(method, True)
        return found


class Rig:
    """The two processes, the chain in this one, and what is on the log."""

    def __init__(self, broker: str, prefix: str, folder: Path) -> None:
        self.broker = broker
        self.prefix = prefix
        self.network = Network(lambda: time.time_ns() // 1_000_000, (WALLET,))
        self.server = ChainServer(self.network)
        self.server.nodes = (
            Watched(self.network, self._spring),
            Watched(self.network, self._spring),
        )
        begin(self.network)
        self.deaths = 0
        self.port = 0
        self._seen = 0
        self._folder = folder
        self._anchor = str(time.time_ns() // 1_000_000)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def up(self, name: str) -> None:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PETS_")}
        base = f"http://127.0.0.1:{self.port}"
        ours = {
            "PETS_HOME": str(self._folder),
            "PETS_BROKER": self.broker,
            "PETS_TOPIC_PREFIX": self.prefix,
            "PETS_SOURCE": "world",
            "PETS_SPEED": SPEED,
            "PETS_ANCHOR_WALL_MS": self._anchor,
            "PETS_ANCHOR_EVENT_MS": self._anchor,
            "PETS_POLYGON_RPC": f"{base}/rpc,{base}/rpc/2",
            "PETS_GAS_STATION_URL": f"{base}/gas-station/v2",
        }
        with (self._folder / f"{name}.log").open("ab") as out:
            self._running[name] = subprocess.Popen(
                [PETS, "run", name], env={**plain, **ours}, stdout=out, stderr=subprocess.STDOUT
            )

    def kill(self, name: str) -> None:
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def end_all(self) -> None:
        for name in tuple(self._running):
            self.kill(name)

    def check(self) -> None:
        """Everything runs that should."""
        for name, process in self._running.items():
            assert process.poll() is None, f"{name} ended: {self.logs()}"

    def _spring(self, method: str, after: bool) -> bool:
        """Kill the sender at the next trap, and start it again."""
        if self.deaths == len(TRAPS):
            return False
        trap = TRAPS[self.deaths]
        if (method, after) != (trap.method, trap.after):
            return False
        self._seen += 1
        if self._seen < trap.nth:
            return False
        self._seen = 0
        self.deaths += 1
        for name in (SENDER, STAGE) if trap.stage_too else (SENDER,):
            self.kill(name)
            self.up(name)
        return True

    async def said(self) -> list[Message]:
        """The audit trail as its readers see it: frames that a killed stage repeats dropped."""
        codec: TopicCodec[Message] = TopicCodec(WALLET_TRANSACTIONS)
        applied = AppliedFrames()
        topic = self.prefix + WALLET_TRANSACTIONS.name
        found: list[Message] = []
        async with open_reader(self.broker) as reader:
            bounds = (await reader.bounds(topic, [0]))[0]
            async for record in reader.records(topic, 0, bounds.first, bounds.end):
                frame = decode_frame(record.value or b"")
                if applied.is_news(frame):
                    found += [codec.decode(each) for each in frame.messages]
        return found

    async def mine(self) -> None:
        while True:
            if self.network.is_busy:
                self.network.mine()
            await asyncio.sleep(BLOCK_S)

    def logs(self) -> str:
        logs = (path.read_text()[-3000:] for path in sorted(self._folder.glob("*.log")))
        return "\n".join(logs)


@asynccontextmanager
async def running(broker: str, prefix: str, folder: Path) -> AsyncIterator[Rig]:
    """A chain and the two processes."""
    await ensure_topics(broker, prefix, 1)
    rig = Rig(broker, prefix, folder)
    app = Starlette(routes=rig.server.routes())
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    rig.port = server.servers[0].sockets[0].getsockname()[1]
    beside = [asyncio.create_task(work) for work in (rig.mine(), operate(rig.network))]
    try:
        rig.up(STAGE)
        rig.up(SENDER)
        yield rig
    finally:
        rig.end_all()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        server.should_exit = True
        await serving


async def test_killed_at_every_step_the_wallet_does_everything_once(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    async with running(kafka, topic_prefix, tmp_path) as rig:
        deadline = time.monotonic() + PATIENCE_S
        said: list[Message] = []
        ended: Sequence[JobEnded] = ()
        while len(ended) < JOBS:
            rig.check()
            assert time.monotonic() < deadline, f"{rig.deaths} deaths, {ended}: {rig.logs()}"
            await asyncio.sleep(0.5)
            said = await rig.said()
            ended = [each for each in said if isinstance(each, JobEnded)]

        assert rig.deaths == len(TRAPS)
        assert all(each.done for each in ended), ended
        kinds = [each.kind for each in ended]
        assert kinds.count(JobKind.APPROVE) == 10
        assert set(kinds[-1:]) == {JobKind.REDEEM}
        assert sum((each.frees for each in ended), Decimal(0)) == 100
        settled = [each for each in said if isinstance(each, TransactionEnded)]
        assert sorted(each.nonce for each in settled) == list(range(JOBS))
        assert {each.status for each in settled} == {"confirmed"}
        assert rig.network.nonce_of(WALLET) == JOBS
        assert dollars(rig.network, WALLET) == 3_000 * DOLLAR
        assert dollars(rig.network, WALLET, contracts.USDC_E) == 2_000 * DOLLAR
        assert dollars(rig.network, COLD, contracts.USDC_E) == 30_000 * DOLLAR
