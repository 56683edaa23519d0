"""What the routes share: settings, the present, the commander, the database pool."""

from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING

from fastapi import Request

from agents.registry import BOTS
from api.alerting import Alerting
from api.changes import Changes
from api.commands import Commander
from api.depths import Depths
from api.fanout import Fanout
from api.freshness import Known
from api.gate_checks import GateChecks
from api.live import LiveState
from api.live_reader import LiveReader
from api.log_topic import FindLines, logged
from api.models import Envelope, T
from api.notifier import Notifier, channels_of
from api.order_entry import OrderEntry
from api.patience import within
from api.problems import WITHOUT_DATABASE, ApiError
from api.screens import show
from configs.clock import SessionClock
from configs.rules import load_rules
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId, BotId

if TYPE_CHECKING:
    from sinks.pool import Pool

STALE_AFTER_S = 10.0
DATABASE_ANSWER_S = 2.5
SOURCE_WORDS = {
    "live": "live",
    "world": "simulated",
    "recorded": "recorded",
    "both": "recorded + simulated",
}
NAMES = {bot.bot_id: bot.name for bot in BOTS}
"""Bots that exist, with their names for people."""


class Context:
    """One running API's parts.

    Attributes:
        pool: The database's connections; None while it does not answer.
        find_lines: Reads the log topic.
        gate_checks: Says what the risk gate would say.
        depths: Looks whole books up.
        entry: Makes operators' orders.
        alerting: Raises and resolves alerts.
        notifier: Sends them out.
        fanout: Tells those who follow over WebSockets.
        changes: What happened, for the changefeed.
    """

    def __init__(
        self, settings: Settings, state: LiveState, reader: LiveReader, commander: Commander
    ) -> None:
        """Take the parts; the pool comes when the database answers."""
        self.settings = settings
        self.clock: SessionClock = settings.clock()
        self.state = state
        self.reader = reader
        self.commander = commander
        self.pool: Pool | None = None
        self.find_lines: FindLines = partial(logged, settings)
        self.gate_checks = GateChecks(settings)
        self.depths = Depths(settings)
        self.entry = OrderEntry(
            AccountId(settings.account),
            state,
            load_rules(settings.config_dir),
            {bot.bot_id: bot.load(settings.config_dir).lambda_max for bot in BOTS},
        )
        self.fanout = Fanout()
        self.changes = Changes(reader.starts)
        self.alerting = Alerting(self, commander.log)
        self.notifier = Notifier(self, channels_of(settings))

    def take(self, message: Message) -> None:
        """Fold a message of the log in, and tell those who follow."""
        self.state.apply(message)
        show(self.fanout, message)

    @property
    def source(self) -> str:
        """The source word with its speed, e.g. `recorded 10x`."""
        word = SOURCE_WORDS[self.settings.source]
        return word if self.clock.speed == 1 else f"{word} {self.clock.speed:g}x"

    def age_s(self, at: int) -> float:
        """How long ago a session time was, wall seconds; never negative."""
        return max(0.0, self.clock.wall_age_s(at))

    def envelope(self, data: T, known: Known) -> Envelope[T]:
        """Wrap data with its age and its modes.

        Args:
            data: The answer.
            known: Up to when it holds.
        """
        age_s = self.age_s(known.as_of) if known.as_of else 0.0
        stale = known.as_of == 0 or age_s > STALE_AFTER_S
        return Envelope(
            data=data,
            as_of=known.as_of,
            age_s=age_s,
            source=self.source,
            money=self.settings.money,
            stale=stale,
            behind=known.behind if stale else "",
        )


def database(context: Context) -> "Pool":
    """The database's connections.

    Raises:
        ApiError: The database does not answer; live figures still do.
    """
    if context.pool is None:
        raise ApiError(
            503,
            "database-away",
            "Expected the database to answer, it does not.",
            WITHOUT_DATABASE,
        )
    return context.pool


async def answered(query: Coroutine[object, object, T]) -> T:
    """What the database answers, in a time in which a screen can wait.

    Raises:
        ApiError: It does not answer in time.
    """
    try:
        return await within(DATABASE_ANSWER_S, query)
    except TimeoutError:
        raise ApiError(
            503,
            "database-away",
            f"Expected the database to answer within {DATABASE_ANSWER_S:g} s, it did not.",
            WITHOUT_DATABASE,
        ) from None


def known_bot(bot_id: str) -> BotId:
    """The id of a bot that exists.

    Raises:
        ApiError: There is none of this id.
    """
    if bot_id not in NAMES:
        raise ApiError(
            404,
            "unknown-bot",
            f"Expected one of {', '.join(NAMES)}, received {bot_id[:80]!r}.",
            "GET /api/v1/bots lists them.",
        )
    return BotId(bot_id)


async def context_of(request: Request) -> Context:
    """The context of the running app, for `Depends`; async, as others would each take a thread."""
    context: Context = request.app.state.context
    return context
