"""The reference price from the venue's socket to bot 5: told, it quotes a window; silent, it goes.

Session time stands still between steps, so nothing here depends on how fast the machine is.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Literal

import pytest

from api.feed_making import FeedMaker, PricePlan
from configs.clock import SessionClock
from configs.feeds import load_feeds
from configs.settings import Settings
from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.live_data import LiveDataSocket
from connectors.sandbox.fault_commands import FaultCommand, FaultDesk
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from schemas.market import FeedStatus
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.tape import BOT_5, START, Tape, market

WINDOW = market(window_s=900)


class Stage:
    """A venue, the socket that follows its price, and bot 5, on one clock."""

    def __init__(self) -> None:
        self.wall = START
        self.clock = SessionClock(START, START, 1.0, lambda: self.wall)
        self.sandbox = Sandbox(SandboxSettings(source="world"), self.clock)
        self.loop, self.tape = ClosedLoop(make_stage("5")), Tape()
        self.said: list[FeedStatus] = []

    async def hear(self, status: FeedStatus) -> None:
        self.said.append(status)
        self.loop.feed(status)

    async def seconds(self, count: int, *, told: bool = True) -> None:
        """Let time pass second by second, and the price arrive in each."""
        for _ in range(count):
            before = len(self.said)
            self.wall += 1_000
            self.tape.now = self.wall
            await until(lambda: self.sandbox.venue.now_ms == self.wall)
            if told:
                await until(partial(self.heard_more, before))
            self.loop.feed(self.tape.feed(), self.tape.account(BOT_5), self.tape.tick())

    def heard_more(self, than: int) -> bool:
        """Whether more was said than at a moment."""
        return len(self.said) > than

    @property
    def reason(self) -> str:
        return self.loop.signals()[-1].reason


async def until(condition: Callable[[], object]) -> None:
    for _ in range(6_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come to that")


@asynccontextmanager
async def playing(stage: Stage) -> AsyncIterator[LiveDataSocket]:
    listener = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/feeds"
    serving = asyncio.create_task(serve_on(listener, stage.sandbox))
    plan = FeedMaker(Settings(_env_file=None, feeds_url=address), load_feeds()).prices()
    assert not isinstance(plan, str), plan
    socket = LiveDataSocket(plan.url, plan.credentials, plan.symbols, stage.hear, stage.clock)
    following = asyncio.create_task(socket.run())
    try:
        await until(lambda: stage.sandbox.price_hub.subscribers and socket.connected)
        (subscriber,) = stage.sandbox.price_hub.subscribers
        await until(lambda: getattr(subscriber, "wanted", None))
        yield socket
    finally:
        for task in (following, serving):
            task.cancel()
        await asyncio.gather(following, serving, return_exceptions=True)


@pytest.mark.parametrize("kind", ["freeze", "drop"])
async def test_a_silent_price_takes_bot_5_out_of_the_window(
    kind: Literal["freeze", "drop"],
) -> None:
    stage = Stage()
    stage.loop.feed(stage.tape.listed(WINDOW), stage.tape.feed(), stage.tape.account(BOT_5))
    stage.loop.feed(*stage.tape.book(WINDOW, {"0.47": 3000.0}, {"0.50": 3000.0}))
    async with playing(stage) as socket:
        await stage.seconds(31)
        assert len(stage.loop.orders()) == 2
        assert {status.feed for status in stage.said} == {"price.crypto/simusd"}
        FaultDesk(stage.sandbox).arm(FaultCommand(kind=kind, channel="price"))
        if kind == "freeze":
            await stage.seconds(4, told=False)
        else:
            await until(lambda: not stage.said[-1].connected)
        assert stage.loop.orders() == []
        assert stage.reason == "reference-stale"
        FaultDesk(stage.sandbox).disarm()
        await until(lambda: socket.connected)
        told = socket.published
        while socket.published == told:
            await stage.seconds(1, told=False)
            await asyncio.sleep(0.01)
        await stage.seconds(1)
        assert len(stage.loop.orders()) == 2


def test_without_a_key_of_the_venue_there_is_no_price_and_the_reason_is_told() -> None:
    maker = FeedMaker(Settings(_env_file=None), load_feeds())
    assert maker.prices() == (
        "no key; PETS_VENUE_API_KEY, PETS_VENUE_API_SECRET, PETS_VENUE_API_PASSPHRASE hold it"
    )
    own = ApiCredentials("id", "c2VjcmV0", "phrase")
    plan = FeedMaker(Settings(_env_file=None), load_feeds(), own).prices()
    assert isinstance(plan, PricePlan)
    assert plan.credentials is own
