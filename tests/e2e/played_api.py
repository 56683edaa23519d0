"""An API over a system in one process: every real stage, fed by the simulated world in real time.

No broker and no database: the closed loop of a replay takes the place of the log, and equity points
are kept in a list. Run it with a port and a speed; it serves until it is ended.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import msgspec
import uvicorn

from agents.registry import choose_bots
from agents.replay.loop import ClosedLoop
from agents.stages.book import BookStage
from api.app import create_app
from api.commands import Commander
from api.context import Context
from api.depths import Depths
from api.first_start import first_messages
from api.live import RECENT, WHOLE, LiveState
from api.live_reader import LiveReader
from api.stages import Stages
from api.tape import Tape
from configs.clock import SessionClock
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId, derive_id
from schemas.ops import Checkpoint, Heartbeat
from schemas.portfolio import EquityPoint
from sinks.queries.equity import EQUITY
from topics.catalog import CONFIGS, GATE_INPUTS, TopicSpec

HOURS = 12.0
BEAT_S = 0.5
TOPICS = frozenset((*WHOLE, *RECENT))
DECIDERS = ("relay", "book", "bots", "gate", "paper", "ledger")
STAGES = ("bots", "book", "connector", "gate", "ledger", "paper", "relay-books", "sinks")


class PlayedSystem:
    """The stages, the world they trade in, and what an API reads of them."""

    def __init__(self, settings: Settings, tape: Tape) -> None:
        self.state = LiveState(AccountId(settings.account))
        self._settings = settings
        self._clock = settings.clock()
        self._inputs = iter(tape)
        self._points: list[EquityPoint] = []
        made = Stages(settings)
        stages = [make(0) for name in DECIDERS for make in made.named(name)]
        self._book = next(stage for stage in stages if stage.name == BookStage.name)
        self._loop = ClosedLoop(stages, (self._see,))

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> None:
        """A command, on its way to the gate; a configuration is known before it is asked for."""
        if topic is CONFIGS:
            self.state.apply(message)
        if topic is GATE_INPUTS:
            self._loop.feed(topic, key, message)

    async def books(self, shard: int) -> Checkpoint:
        """The book stage as it is now."""
        return Checkpoint(
            stage=self._book.name,
            partition=shard,
            offset=0,
            applied={},
            state=msgspec.Raw(self._book.snapshot()),
            now=self._clock.now_ms(),
        )

    async def fetch(self, query: str, *arguments: object) -> Sequence[dict[str, Any]]:
        """The equity of the account over time; nothing else is stored."""
        if query is not EQUITY:
            return ()
        names = ("equity", "equity_mid", "cash", "realised_pnl", "unrealised_pnl", "fees", "gas")
        more = ("nav", "drawdown", "exposure")
        every = max(1, len(self._points) // cast(int, arguments[-1]))
        return [
            {"at": point.ingest_time, **{name: getattr(point, name) for name in (*names, *more)}}
            for point in self._points[::every]
        ]

    async def play(self) -> None:
        """Feed the world as its time comes."""
        topic, key, first = next(self._inputs)
        bots = [bot.bot_id for bot in choose_bots(self._settings.bots)]
        for start in first_messages(self._settings, bots, first.ingest_time):
            self._loop.feed(GATE_INPUTS, self._settings.account, start)
        self._loop.feed(topic, key, first)
        for topic, key, message in self._inputs:
            early_ms = message.ingest_time - self._clock.now_ms()
            await asyncio.sleep(max(0.0, early_ms / 1000 / self._clock.speed))
            self._loop.feed(topic, key, message)

    async def beat(self) -> None:
        """Every stage lives."""
        while True:
            now = self._clock.now_ms()
            for name in STAGES:
                self.state.apply(self._heartbeat(name, now))
            await asyncio.sleep(BEAT_S)

    def _heartbeat(self, name: str, now: int) -> Heartbeat:
        return Heartbeat(
            event_id=derive_id(name, now),
            event_time=now,
            ingest_time=now,
            source=name,
            component=name,
            status="running",
            processed=self._loop.delivered,
            lag=0,
            position=self._loop.delivered,
            pid=1,
        )

    def _see(self, topic: TopicSpec, key: str, message: Message) -> None:
        if topic in TOPICS:
            self.state.apply(message)
        if isinstance(message, EquityPoint) and message.bot_id is None:
            self._points.append(message)


def serve(port: int, dashboard_port: int, speed: float) -> None:
    """Serve until ended."""
    account = AccountId("main")
    tape = Tape("world", 7, HOURS, account)
    clock = SessionClock(time.time_ns() // 1_000_000, tape.start_ms, speed)
    settings = Settings(
        _env_file=None,
        source="world",
        speed=speed,
        anchor_wall_ms=clock.anchor_wall_ms,
        anchor_event_ms=clock.anchor_event_ms,
        dashboard_port=dashboard_port,
    )
    system = PlayedSystem(settings, tape)
    reader = LiveReader("127.0.0.1:1", "", 1, (), {}, system.state.apply)
    reader.caught_up.set()
    context = Context(settings, system.state, reader, Commander(system, account, clock))
    context.pool = cast(Any, system)
    context.depths = Depths(settings, system.books)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        tasks = [asyncio.create_task(system.play()), asyncio.create_task(system.beat())]
        yield
        for task in tasks:
            task.cancel()

    uvicorn.run(create_app(context, running), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
