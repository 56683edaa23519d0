"""An API in this process: real routes, real fold, a real risk gate behind a log of one list."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import httpx

from api.app import create_app
from api.commands import Commander
from api.context import Context
from api.depths import Depths
from api.live import LiveState
from api.live_reader import LiveReader
from api.stages import Stages
from configs.settings import Settings
from schemas.control import CapitalAllocated
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ids import BotId
from schemas.ops import Checkpoint, DeadLetter, Heartbeat, LogLine
from tests.sinks.messages import ACCOUNT, T0, at
from topics.catalog import ALERTS, COMMANDS, CONFIGS, GATE_INPUTS, TopicSpec
from topics.log_lines import Wanted

URL = "http://127.0.0.1:8000"
NOW = 10_000
"""Where the session clock stands, ms after T0."""


def _unread(topic: TopicSpec, message: Message) -> None:
    """Nobody reads the log yet."""


class GateBehindLog:
    """Takes what is written to the log; the real risk gate answers at once.

    Attributes:
        written: Topics with the messages written there.
        away: The log takes nothing.
        silent: The gate reads nothing.
    """

    def __init__(self, settings: Settings) -> None:
        self.take: Callable[[TopicSpec, Message], None] = _unread
        [make] = Stages(settings).named("gate")
        self._gate = make(0)
        self.written: list[tuple[TopicSpec, Message]] = []
        self.away = False
        self.silent = False

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> None:
        if self.away:
            raise InfrastructureError("the broker is away")
        self.written.append((topic, message))
        if topic in (COMMANDS, ALERTS, CONFIGS):
            self.take(topic, message)
        if topic is GATE_INPUTS and not self.silent:
            self.tell(message)

    def tell(self, message: Message) -> None:
        """Let the gate read a message, and the API what the gate says."""
        for emit in self._gate.apply(message):
            self.take(emit.topic, emit.message)


class Database:
    """Answers queries with given rows; `error` is raised instead where there is one."""

    def __init__(
        self, rows: Mapping[str, Sequence[Mapping[str, object]]], error: Exception | None = None
    ) -> None:
        self._rows = rows
        self._error = error
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    async def fetch(self, query: str, *arguments: object) -> Sequence[Mapping[str, object]]:
        self.asked.append((query, arguments))
        if self._error is not None:
            raise self._error
        return self._rows.get(query, ())


class Running:
    """One API with its parts in reach."""

    def __init__(self, **overrides: Any) -> None:
        wall = time.time_ns() // 1_000_000
        anchors = {"anchor_wall_ms": wall, "anchor_event_ms": T0 + NOW, "speed": 1.0}
        # An .env file of whoever runs the tests says nothing here.
        plain = {"source": "world", "home": Path("no-home-of-tests")}
        self.settings = Settings(_env_file=None, **{**plain, **anchors, **overrides})
        self.state = LiveState(ACCOUNT)
        self.log = GateBehindLog(self.settings)
        self.reader = LiveReader("127.0.0.1:1", "", 1, (), {}, self.state.apply)
        self.reader.caught_up.set()
        commander = Commander(self.log, ACCOUNT, self.settings.clock())
        self.context = Context(self.settings, self.state, self.reader, commander)
        self.log.take = self.read
        self._offset = 0
        self.context.find_lines = self._find_lines
        self.context.depths = Depths(self.settings, self._no_books)
        self.lines: list[LogLine] = []
        self.app = create_app(self.context, nothing)

    async def _no_books(self, shard: int) -> Checkpoint | None:
        return None

    async def _find_lines(self, wanted: Wanted) -> list[LogLine]:
        if self.log.away:
            raise InfrastructureError("the broker is away")
        return [line for line in self.lines if wanted.fits(line)][-wanted.limit :]

    def use(self, database: Database) -> None:
        """Let the database answer."""
        self.context.pool = cast(Any, database)

    def tell(self, *messages: Message) -> None:
        """What comes over the log."""
        for message in messages:
            self.context.take(message)

    def read(self, topic: TopicSpec, message: Message) -> None:
        """What comes over a topic of the log, with a place of its own."""
        self._offset += 1
        self.context.take(message)
        self.context.changes.add(topic, self._offset, 0, message)

    def fund(self, *bots: BotId) -> None:
        """Give bots capital, as the first start does."""
        for bot in bots:
            self.log.tell(
                CapitalAllocated(
                    **at(0, "capital", bot), account_id=ACCOUNT, bot_id=bot, amount=Decimal(10_000)
                )
            )

    def client(self, address: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
        """A client of this API.

        Args:
            address: Where it calls from.
            headers: Sent with every request, `_` for `-`.
        """
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(address, 50_000)
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.AsyncClient(transport=transport, base_url=URL, headers=named)


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    """Runs nothing beside the app."""
    yield


def beat(ms: int, component: str, *, lag: int = 0, status: str = "running") -> Heartbeat:
    """A component's pulse."""
    return Heartbeat(
        **at(ms, "beat", component),
        component=component,
        status=status,
        processed=1_000,
        lag=lag,
        position=7,
        pid=1,
        detail="",
    )


def beats(ms: int, *but: str) -> list[Heartbeat]:
    """A pulse of every component that screens depend on, but some."""
    names = ("connector", "book", "bots", "gate", "paper", "ledger", "sinks")
    return [beat(ms, name) for name in names if name not in but]


def dead_letter(ms: int) -> DeadLetter:
    """A message that was set aside."""
    return DeadLetter(
        **at(ms, "dead"),
        topic="any",
        partition=0,
        offset=1,
        index=-1,
        error="unreadable",
        payload="",
    )
