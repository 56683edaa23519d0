"""Live execution with its gateway, at a sandbox venue over HTTP and WebSocket."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import msgspec

from agents.stages.execution import Execution, ExecutionReport
from agents.stages.live import LiveStage
from agents.stages.live_state import LiveState
from api.gateway_parts import Parts, assemble
from api.money.access import open_access
from configs.clock import machine_ms
from configs.settings import Settings
from connectors.polymarket.order_form import outgoing_order
from connectors.polymarket.signer import Signer
from connectors.polymarket.wallets import safe_wallet
from connectors.sandbox.mirror import YES
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from connectors.sandbox.source import Listing
from schemas.envelope import Message
from schemas.ids import AccountId, MarketId, TokenId, VenueEventId
from schemas.market import Market
from schemas.ops import Alert
from schemas.pairs import ConvertApproved, SplitApproved
from schemas.trading import CancelOrder, IntentApproved, MergeApproved
from schemas.values import PIPS, Action, DataLabel, Money
from schemas.venue import VenueReconciled
from tests.connectors.sandbox.builders import order as venue_order
from tests.streams.paper_tape import START, listed, tick
from topics.catalog import ALERTS, DECIDE_INPUTS, VENUE_CALLS

KEY = bytes(range(1, 33))
BIDS = (("0.48", 100), ("0.47", 100), ("0.45", 100))
ASKS = (("0.50", 100), ("0.52", 100))
CROWD = "crowd"
QUIET_ROUNDS = 8
READY_S = 30.0
STEP_MS = 1_000
STEPS = 5


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def now_ms(self) -> int:
        return self.now

    def wall_age_s(self, at_ms: int) -> float:
        return (self.now - at_ms) / 1000


class LiveRig:
    """The stage, a log in memory, the gateway, and the venue on loopback."""

    settles_pairs = False

    def __init__(self, money: Money, folder: Path) -> None:
        self.clock = SetClock()
        self.alerts: list[Alert] = []
        self.reconciled: list[VenueReconciled] = []
        self.stage = LiveStage(0, AccountId("main"), outgoing_order)
        self.execution: Execution = self
        self._reported: list[ExecutionReport] = []
        self._calls: list[Message] = []
        self._facts: list[Message] = []
        self._trades = 0
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._runner.run(self._open(money, folder))

    # ------------------------------------------------------------------ the rig

    @property
    def now(self) -> int:
        return self.clock.now - START

    def settle(self) -> list[ExecutionReport]:
        self._runner.run(self.pass_time(STEPS))
        return list(self.reports())

    def sell_into(self, price: str, size: float) -> None:
        self.clock.now += STEP_MS
        self._runner.run(self._sell(price, size))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()

    def forget(self, venue_order_id: str) -> None:
        """Let the stage know nothing of an order, as if somebody else had placed it."""
        state = msgspec.json.decode(self.stage.snapshot(), type=LiveState)
        for known in (state.outbox.open, state.outbox.ended):
            for order_id in [key for key, e in known.items() if e.venue_id == venue_order_id]:
                del known[order_id]
        self.stage.restore(msgspec.json.encode(state))

    # ------------------------------------------------------------------ the port

    def place(self, approved: IntentApproved) -> None:
        self.feed(approved)

    def cancel(self, request: CancelOrder) -> None:
        self.feed(request)

    def merge(self, approved: MergeApproved) -> None:
        self.feed(approved)

    def split(self, approved: SplitApproved) -> None:
        self.feed(approved)

    def convert(self, approved: ConvertApproved) -> None:
        self.feed(approved)

    def reports(self) -> Iterable[ExecutionReport]:
        said, self._reported = self._reported, []
        return said

    def feed(self, message: Message) -> None:
        """Fold a message as the log would bring it; the state goes through a checkpoint."""
        emits = self.stage.apply(message)
        self.stage.restore(self.stage.snapshot())
        for topic, _, said in emits:
            if topic is DECIDE_INPUTS:
                assert isinstance(said, ExecutionReport)
                self._reported.append(said)
            elif topic is ALERTS and isinstance(said, Alert):
                self.alerts.append(said)
            elif topic is VENUE_CALLS and isinstance(said, VenueReconciled):
                self.reconciled.append(said)
            elif topic is VENUE_CALLS:
                self._calls.append(said)

    # ------------------------------------------------------------------ inside

    async def pass_time(self, steps: int) -> None:
        """Seconds pass; everything that is under way arrives in each."""
        await self.quiet()
        for _ in range(steps):
            self.clock.now += STEP_MS
            await self.sandbox.catch_up()
            self.feed(tick(self.now))
            await self.quiet()

    async def quiet(self) -> None:
        """Carry calls there and facts back until nothing moves any more."""
        still = 0
        while still < QUIET_ROUNDS:
            calls, self._calls = self._calls, []
            for call in calls:
                self.parts.gateway.take(call)
            facts, self._facts = self._facts, []
            for fact in facts:
                self.feed(fact)
            still = 0 if calls or facts or self.parts.gateway.is_busy else still + 1
            await asyncio.sleep(0.001)

    async def _hear(self, fact: Message) -> None:
        self._facts.append(fact)

    async def _open(self, money: Money, folder: Path) -> None:
        self.sandbox = Sandbox(SandboxSettings(source="world", activity=1e-9), self.clock)
        listener = listen("127.0.0.1", 0)
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        serving = asyncio.create_task(serve_on(listener, self.sandbox))
        self._stack.push_async_callback(_ended, serving)
        self.settings = settings_for(money, host, folder)
        key = {"PETS_PRIVATE_KEY": KEY.hex()}
        access = await self._stack.enter_async_context(open_access(self.settings, key))
        self.listing = self._market()
        self.market = market_of(self.listing)
        self.feed(listed(self.now, self.market))
        self.parts: Parts = assemble(self.settings, access, self.clock, self._hear)
        running = asyncio.create_task(self._run())
        self._stack.push_async_callback(_ended, running)
        async with asyncio.timeout(READY_S):
            while not self.parts.gateway.connected:
                await self.pass_time(1)
            compared = len(self.reconciled)
            while len(self.reconciled) == compared:
                await self.pass_time(1)

    async def _run(self) -> None:
        await self.parts.facts.began(running=True)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.parts.socket.run())
            tasks.create_task(self.parts.sender.run())

    def _market(self) -> Listing:
        """A market of the world with the contract's book in the place of its own."""
        listing = next(
            each
            for each in self.sandbox.venue.listings()
            if each.state.is_open and each.tick == 100 and not each.spec.taker_delay_ms
        )
        for order_id in tuple(listing.resting):
            self.sandbox.venue.cancel(listing, order_id)
        for action, levels in ((Action.BUY, BIDS), (Action.SELL, ASKS)):
            for price, size in levels:
                self._crowd_order(listing, action, price, size)
        return listing

    def _crowd_order(self, listing: Listing, action: Action, price: str, size: float) -> None:
        self._trades += 1
        pips = round(float(price) * PIPS)
        it = venue_order(f"crowd-{self._trades}", action, pips, size, YES, CROWD)
        self.sandbox.venue.place(listing, it)

    async def _sell(self, price: str, size: float) -> None:
        """The others leave the bids above the price; a seller takes what is left down to it."""
        await self.sandbox.catch_up()
        for order_id, resting in tuple(self.listing.resting.items()):
            above = resting.order.yes_pips > float(price) * PIPS
            if resting.order.owner == CROWD and resting.order.action is Action.BUY and above:
                self.sandbox.venue.cancel(self.listing, order_id)
        self._crowd_order(self.listing, Action.SELL, price, size)
        self.sandbox.venue.cancel(self.listing, f"crowd-{self._trades}")
        await self.sandbox.catch_up()
        self.sandbox.step(self.clock.now)
        await self.quiet()


def settings_for(money: Money, host: str, folder: Path) -> Settings:
    """A venue at a host, by the session clock that the rig moves."""
    live = money is Money.LIVE
    return Settings(
        _env_file=None,
        home=folder,
        money=money,
        source="live" if live else "world",
        clob_url=f"http://{host}",
        data_url=f"http://{host}",
        site_url=f"http://{host}",
        user_ws_url=f"ws://{host}/ws/user",
        venue_wallet=safe_wallet(Signer(KEY).address) if live else "",
        anchor_wall_ms=machine_ms(),
        anchor_event_ms=START,
    )


def market_of(listing: Listing) -> Market:
    """A market of the venue in our words."""
    spec = listing.spec
    yes, no = spec.token_ids
    return Market(
        market_id=MarketId(spec.condition_id),
        venue_event_id=VenueEventId("event"),
        question=spec.question,
        slug=spec.slug,
        yes_token_id=TokenId(yes),
        no_token_id=TokenId(no),
        tick=listing.tick,
        min_size=Decimal(5),
        label=DataLabel.SIMULATED,
        neg_risk=spec.neg_risk,
    )


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
