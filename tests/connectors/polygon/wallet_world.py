"""Wallet stage, sender and a served chain, driven step by step; every step may be the last."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import uvicorn
from starlette.applications import Starlette
from web3 import AsyncBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from agents.stages.base import Emit
from agents.stages.wallet import WalletStage, WalletStageState
from agents.stages.wallet_book import WalletRules
from connectors.polygon.addresses import LOCAL_CHAIN_ID
from connectors.polygon.gas_station import GasStation
from connectors.polygon.nodes import Nodes
from connectors.polygon.rpc import NodeAwayError, Rpc
from connectors.polygon.sender import Sender, TransactionSender
from connectors.polygon.watch import ChainWatch
from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.node import Node, RpcError
from connectors.sandbox.chain.server import ChainServer
from schemas.envelope import Header, Message
from schemas.ids import AccountId, MarketId, derive_id
from schemas.ops import Alert, ClockTick
from schemas.wallet import (
    CallKind,
    ChainCall,
    JobEnded,
    JobKind,
    JobRequested,
    SendTransaction,
    TransactionEnded,
)
from streams.nonce_state import NonceRules
from tests.connectors.sandbox.chain.wallets import DOLLAR, ME, network, rich
from topics.catalog_wallet import WALLET_SENDS

CONFIRMATIONS = 3
RULES = WalletRules(nonces=NonceRules(confirmations=CONFIRMATIONS))
START = 1_700_000_000_000


class DirectProvider(AsyncBaseProvider):
    """A node of the chain without HTTP between."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node

    async def disconnect(self) -> None:
        return

    async def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        try:
            answer: Any = self._node.answer(method, list(params))
        except RpcError as error:
            said: Any = {"code": error.code, "message": str(error)}
            return {"jsonrpc": "2.0", "id": 1, "error": said}
        return {"jsonrpc": "2.0", "id": 1, "result": answer}


class Killed(Exception):
    """The process is gone between two steps."""


class WalletWorld:
    """One wallet. What was written is the log; stage and sender can be killed and made anew."""

    address = ME.address
    rules = RULES

    def __init__(self, server: ChainServer, nodes: Sequence[Rpc], station: str = "") -> None:
        self.server = server
        self.chain: Network = server.network
        self.now = START
        self._http = httpx.AsyncClient()
        self._station_url = station
        self.nodes = Nodes(
            nodes,
            LOCAL_CHAIN_ID,
            CONFIRMATIONS,
            lambda: self.chain.evm.header().timestamp,
        )
        self.log: list[Message] = []
        self.asked: list[SendTransaction] = []
        self.told: list[Message] = []
        self.jobs = 0
        self.steps = 0
        self.kill_at: int | None = None
        self._saved: tuple[int, bytes] | None = None
        self.start_stage()
        self.start_sender()

    def start_stage(self) -> None:
        """From the last checkpoint, with everything on the log since."""
        self.stage = WalletStage(AccountId("main"), self.rules)
        done = 0
        if self._saved is not None:
            done, state = self._saved
            self.stage.restore(state)
        for message in self.log[done:]:
            self._note(self.stage.apply(message), repeated=True)

    def start_sender(self) -> None:
        self.sender: TransactionSender = Sender(ME, self.nodes, LOCAL_CHAIN_ID)
        station = GasStation(self._http, self._station_url, self.nodes)
        self.watch = ChainWatch(self.nodes, station, lambda: self.now)

    def kill(self) -> None:
        """Stage and sender die; what was on its way is lost, what is on the log is not."""
        self.asked.clear()
        self.start_stage()
        self.start_sender()

    def is_idle(self) -> bool:
        """Every job has ended and every nonce is settled."""
        state = msgspec.json.decode(self.stage.snapshot(), type=WalletStageState)
        return not any(book.nonces.jobs or book.nonces.slots for book in state.wallets.values())

    def checkpoint(self) -> None:
        self._saved = (len(self.log), self.stage.snapshot())

    def step(self) -> None:
        """A point at which everything may die."""
        self.steps += 1
        if self.steps == self.kill_at:
            raise Killed

    def say(self, message: Message) -> None:
        """Onto the log, and into the stage."""
        self.log.append(message)
        self.step()
        self._note(self.stage.apply(message), repeated=False)
        self.step()

    def _note(self, emits: Sequence[Emit], *, repeated: bool) -> None:
        for topic, _, message in emits:
            if topic is WALLET_SENDS and isinstance(message, SendTransaction):
                self.asked.append(message)
            elif not repeated:
                self.told.append(message)

    def request(
        self, *calls: ChainCall, kind: JobKind = JobKind.SPLIT, urgent: bool = False
    ) -> str:
        self.jobs += 1
        job_id = derive_id("job", self.jobs)
        self.say(
            JobRequested(
                **self.head("job", self.jobs),
                job_id=job_id,
                wallet=self.address,
                kind=kind,
                calls=calls,
                urgent=urgent,
                reason="test",
                by="test",
            )
        )
        return job_id

    def head(self, *parts: str | int) -> Header:
        return {
            "event_id": derive_id("world", self.now, len(self.log), *parts),
            "event_time": self.now,
            "ingest_time": self.now,
            "source": "test",
            "causation_id": "",
        }

    async def round(self, ms: int = 6_000, blocks: int = 2) -> None:
        """Time passes, the sender works, blocks come."""
        self.now += ms
        await self.look()
        self.say(ClockTick(**self.head("tick")))
        await self.send()
        self.chain.mine(blocks)

    async def look(self) -> None:
        for look in (self.watch.gas, lambda: self.watch.wallet(self.address)):
            try:
                message: Message = await look()
            except NodeAwayError:
                continue
            self.say(message)

    async def send(self) -> None:
        asked = {(request.nonce, request.attempt): request for request in self.asked}
        self.asked.clear()
        for request in asked.values():
            try:
                found = await self.sender.see_to(request)
            except NodeAwayError:
                continue
            self.step()
            for seen in found:
                self.say(self.watch.transaction(request, seen))

    async def until(self, done: Callable[[], bool], rounds: int = 60) -> None:
        for _ in range(rounds):
            if done():
                return
            await self.round()
        raise AssertionError(f"not within {rounds} rounds; told: {self.told[-5:]}")

    def ended(self) -> dict[str, bool]:
        return {m.job_id: m.done for m in self.told if isinstance(m, JobEnded)}

    def transactions(self) -> list[TransactionEnded]:
        return [m for m in self.told if isinstance(m, TransactionEnded)]

    def details(self, rule: str) -> list[str]:
        return [m.detail for m in self.told if isinstance(m, Alert) and m.rule == rule]

    def alerts(self) -> list[str]:
        return [m.rule for m in self.told if isinstance(m, Alert)]

    async def settled(self, jobs: int) -> None:
        await self.until(lambda: len(self.ended()) >= jobs)

    async def close(self) -> None:
        await self.nodes.close()
        await self._http.aclose()


@asynccontextmanager
async def wallet_world(*, dollars: int = 1_000) -> AsyncIterator[WalletWorld]:
    """Two nodes that are asked directly."""
    server = ChainServer(wealthy(dollars))
    nodes = [Rpc(f"node {n}", provider=DirectProvider(node)) for n, node in enumerate(server.nodes)]
    world = WalletWorld(server, nodes)
    yield world
    await world.close()


@asynccontextmanager
async def served_world(*, dollars: int = 1_000) -> AsyncIterator[WalletWorld]:
    """Two nodes and a gas station over HTTP."""
    server = ChainServer(wealthy(dollars))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(Starlette(routes=server.routes()), log_config=None, lifespan="off")
        serving = uvicorn.Server(config)
        task = asyncio.create_task(serving.serve([listener]))
        nodes = [Rpc(f"{base}/rpc"), Rpc(f"{base}/rpc/2")]
        world = WalletWorld(server, nodes, f"{base}/gas-station/v2")
        try:
            yield world
        finally:
            await world.close()
            serving.should_exit = True
            await task


def wealthy(dollars: int) -> Network:
    chain = network()
    if dollars:
        rich(chain, dollars)
    return chain


def split(condition: str, dollars: int = 1) -> ChainCall:
    market_id = MarketId(condition)
    return ChainCall(kind=CallKind.SPLIT, market_id=market_id, amount=dollars * DOLLAR)
