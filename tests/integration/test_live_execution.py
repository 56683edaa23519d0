"""Stage and gateway as processes, killed at the worst moments, at a venue that keeps the truth."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from agents.stages.framing import AppliedFrames
from configs.clock import SessionClock
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from schemas.envelope import Message
from schemas.ids import OrderId
from schemas.market import Market
from schemas.trading import Order, OrderCanceled, OrderPlaced
from schemas.venue import VenueReconciled
from tests.contracts.live_rig import market_of
from tests.streams.paper_tape import START, approve, bid, listed
from topics.admin import ensure_topics
from topics.catalog import DECIDE_INPUTS, ORDERS, VENUE_CALLS, TopicSpec
from topics.codec import TopicCodec, decode_frame
from topics.producer import FrameProducer
from topics.reader import open_reader

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]

PETS = str(Path(sys.executable).with_name("pets"))
PATIENCE_S = 60.0
HOLD_MS = 60_000
"""The venue has the order and does not answer for so long: nobody lives to hear it."""


class Rig:
    """The two processes, the venue in this one, and what is on the log."""

    def __init__(self, broker: str, prefix: str, folder: Path, sandbox: Sandbox, url: str) -> None:
        self.broker = broker
        self.prefix = prefix
        self.sandbox = sandbox
        self.url = url
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.market: Market = market_of(
            next(each for each in sandbox.venue.listings() if each.state.is_open)
        )

    @property
    def environment(self) -> dict[str, str]:
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PETS_")}
        return {
            **plain,
            "PETS_HOME": str(self._folder),
            "PETS_BROKER": self.broker,
            "PETS_TOPIC_PREFIX": self.prefix,
            "PETS_MONEY": "sandbox",
            "PETS_SOURCE": "world",
            "PETS_CLOB_URL": self.url,
            "PETS_DATA_URL": self.url,
            "PETS_SITE_URL": self.url,
            "PETS_USER_WS_URL": self.url.replace("http", "ws") + "/ws/user",
        }

    def up(self, name: str) -> None:
        with (self._folder / f"{name}.log").open("ab") as out:
            command = [PETS, "run", name]
            self._running[name] = subprocess.Popen(
                command, env=self.environment, stdout=out, stderr=subprocess.STDOUT
            )

    async def end(self, name: str, number: signal.Signals) -> int:
        """Wait beside the loop, in which the venue goes on to answer."""
        process = self._running.pop(name)
        process.send_signal(number)
        return await asyncio.to_thread(process.wait, PATIENCE_S)

    async def end_all(self) -> None:
        for name in tuple(self._running):
            await self.end(name, signal.SIGKILL)

    def order(self, name: str, price: str = "0.01") -> Order:
        """A bid that rests far from where anybody trades."""
        return replace(
            bid(name, price, 20),
            market_id=self.market.market_id,
            token_id=self.market.yes_token_id,
            ordered_at=SessionClock().now_ms(),
        )

    async def fault(self, kind: str, **details: object) -> None:
        async with httpx.AsyncClient(base_url=self.url) as http:
            reply = await http.post("/sandbox/faults", json={"kind": kind, **details})
            assert reply.is_success, reply.text

    async def at_venue(self, count: int) -> None:
        """Wait until the venue has taken so many orders."""
        await until(lambda: len(self.sandbox.desk.register.by_id) >= count, self.logs)

    async def reports(
        self, wanted: Iterable[str], kind: type[Message] | tuple[type[Message], ...]
    ) -> list[Message]:
        """Everything that was said of orders, once each of them has a report of a kind."""
        names = set(wanted)
        while True:
            said = [each async for each in self._said(ORDERS)]
            found = {getattr(each, "order_id", "") for each in said if isinstance(each, kind)}
            if names <= found:
                return said
            await asyncio.sleep(0.2)

    async def compared(self) -> None:
        """Wait until the stage has compared the venue with itself, after which it places."""
        while True:
            said = [each async for each in self._said(VENUE_CALLS)]
            if any(isinstance(each, VenueReconciled) for each in said):
                return
            await asyncio.sleep(0.2)

    async def _said(self, spec: TopicSpec) -> AsyncIterator[Message]:
        """What is on a topic as its readers see it: frames that a killed stage repeats dropped."""
        codec: TopicCodec[Message] = TopicCodec(spec)
        applied = AppliedFrames()
        topic = self.prefix + spec.name
        async with open_reader(self.broker) as reader:
            bounds = (await reader.bounds(topic, [0]))[0]
            async for record in reader.records(topic, 0, bounds.first, bounds.end):
                frame = decode_frame(record.value or b"")
                for each in frame.messages if applied.is_news(frame) else ():
                    yield codec.decode(each)

    def logs(self) -> str:
        logs = (path.read_text()[-1500:] for path in sorted(self._folder.glob("*.log")))
        return "\n".join(logs)


async def until(done: Callable[[], bool], said: Callable[[], str]) -> None:
    """Wait for a condition."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not done():
        assert asyncio.get_running_loop().time() < deadline, said()
        await asyncio.sleep(0.02)


@asynccontextmanager
async def running(broker: str, prefix: str, folder: Path) -> AsyncIterator[Rig]:
    """A quiet venue and the two processes."""
    await ensure_topics(broker, prefix, 1)
    sandbox = Sandbox(SandboxSettings(source="world", activity=1e-9), SessionClock())
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving = asyncio.create_task(serve_on(listener, sandbox))
    rig = Rig(broker, prefix, folder, sandbox, url)
    try:
        rig.up("relay,execution")
        rig.up("gateway")
        yield rig
    finally:
        await rig.end_all()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def explained(rig: Rig) -> AsyncIterator[None]:
    """What the processes said, where something takes too long."""
    try:
        async with asyncio.timeout(3 * PATIENCE_S):
            yield
    except TimeoutError:
        raise AssertionError(rig.logs()) from None


async def test_killed_between_send_and_acknowledgement_an_intent_has_one_order(
    kafka: str, topic_prefix: str, tmp_path: Path
) -> None:
    async with (
        running(kafka, topic_prefix, tmp_path) as rig,
        FrameProducer(kafka, writer="test", prefix=topic_prefix) as producer,
        explained(rig),
    ):

        async def say(message: Message) -> None:
            await producer.send_now(DECIDE_INPUTS, "0", message)

        now = SessionClock().now_ms() - START
        await say(listed(now, rig.market))
        await rig.compared()
        await say(approve(SessionClock().now_ms() - START, rig.order("first")))
        await rig.reports(["first"], OrderPlaced)

        # The venue takes a batch and its answer never comes, for the gateway is dead by then.
        await rig.fault("timeout_after_acceptance", ms=HOLD_MS)
        await say(approve(SessionClock().now_ms() - START, rig.order("a"), rig.order("b")))
        await rig.at_venue(3)
        assert await rig.end("gateway", signal.SIGKILL) == -signal.SIGKILL
        rig.up("gateway")
        await rig.reports(["a", "b"], OrderPlaced)

        # The stage dies with an approval behind it that it may or may not have folded. Where it
        # takes long to come back the order is withdrawn; it is sent once or never.
        await say(approve(SessionClock().now_ms() - START, rig.order("c")))
        assert await rig.end("relay,execution", signal.SIGKILL) == -signal.SIGKILL
        rig.up("relay,execution")
        await rig.reports(["c"], (OrderPlaced, OrderCanceled))
        await say(approve(SessionClock().now_ms() - START, rig.order("d")))
        said = await rig.reports(["d"], OrderPlaced)

        placed = {
            each.order_id: each.venue_order_id for each in said if isinstance(each, OrderPlaced)
        }
        assert {"first", "a", "b", "d"} <= set(placed)
        assert set(rig.sandbox.desk.register.by_id) == set(placed.values())
        assert len(said) == len({each.event_id for each in said})
        assert placed[OrderId("d")] in rig.sandbox.desk.register.live

        # Told to stop, the gateway leaves nothing open, and the log says so.
        assert await rig.end("gateway", signal.SIGTERM) == 0
        assert not rig.sandbox.desk.register.live
        said = await rig.reports(placed, OrderCanceled)
        ends = [each.order_id for each in said if isinstance(each, OrderCanceled)]
        assert sorted(ends) == sorted(placed)
