"""A bot whose own exceptions stop it and nobody else (MISSION.md, state ERROR).

A fold that raises may have changed half of its state. So the bot starts anew and is asked nothing
more until an operator starts it; the gate learns the reason, shows ERROR and cancels its orders.
The same log raises the same exception, so a replay stops the bot at the same message.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import msgspec

from agents.bots.base import BotError, BotIdentity, Proposal, Reply, RunningBot
from agents.bots.view import Markets, View
from schemas.envelope import Message
from schemas.ids import BotId, MarketId
from schemas.market import Market
from schemas.ops import ClockTick
from schemas.values import BotState

R = TypeVar("R")


class Failure(msgspec.Struct):
    """Why a bot stands still.

    Attributes:
        at: When, ms.
        told: The gate has answered with a state that says so; another state ends it.
    """

    reason: str
    at: int
    told: bool = False


class Failures:
    """The bots that raised.

    Attributes:
        known: All that stand still, part of the stage's snapshot.
        fresh: Those that the message being applied stopped, with the reasons.
    """

    def __init__(self) -> None:
        """Nobody failed."""
        self.now = 0
        self.known: dict[BotId, Failure] = {}
        self.fresh: dict[BotId, str] = {}

    def add(self, bot_id: BotId, reason: str) -> None:
        """A bot raised."""
        self.known[bot_id] = Failure(reason, self.now)
        self.fresh[bot_id] = reason

    def hear(self, bot_id: BotId, state: BotState) -> None:
        """The gate told a bot's state: one that runs again after ERROR has been started."""
        failure = self.known.get(bot_id)
        if failure is None:
            return
        if state in (BotState.ERROR, BotState.EMERGENCY_HALT):
            failure.told = True
        elif failure.told:
            del self.known[bot_id]


class GuardedBot:
    """A running bot that stands still after it raised."""

    def __init__(self, running: RunningBot, failures: Failures) -> None:
        """Guard a bot.

        Args:
            running: The bot.
            failures: Where a failure is noted.
        """
        self.bot: BotIdentity = running.bot
        self._running = running
        self._failures = failures

    def on_event(self, event: Message, view: View) -> list[Proposal]:
        """See `Bot.on_event`; nothing after a failure."""
        if self.bot.bot_id in self._failures.known:
            return []
        try:
            return self._running.on_event(event, view)
        except BotError as error:
            self._fail(error, event)
            return []

    def forget(self, market_id: MarketId) -> None:
        """See `Bot.forget`."""
        self._ask(lambda: self._running.forget(market_id), None, None)

    def watches(self, market: Market) -> bool:
        """See `Bot.watches`; asked also of a bot that stands still, for when it is started."""
        try:
            return self._running.watches(market)
        except BotError as error:
            if self.bot.bot_id not in self._failures.known:
                self._fail(error, None)
            return False

    def on_outside(self, event: Message, markets: Markets) -> Sequence[Reply]:
        """See `Bot.on_outside`; nothing after a failure."""
        nothing: Sequence[Reply] = ()
        return self._ask(lambda: self._running.on_outside(event, markets), nothing, event)

    def on_day(self, tick: ClockTick, markets: Markets) -> Sequence[Reply]:
        """See `Bot.on_day`; nothing after a failure."""
        nothing: Sequence[Reply] = ()
        return self._ask(lambda: self._running.on_day(tick, markets), nothing, tick)

    def passed(self) -> Mapping[str, int]:
        """See `Bot.passed`."""
        return self._running.passed()

    def reset(self) -> None:
        """See `RunningBot.reset`."""
        self._running.reset()

    def snapshot(self) -> bytes:
        """The bot's state as JSON."""
        return self._running.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot of the same bot."""
        self._running.restore(snapshot)

    def _ask(self, what: Callable[[], R], nothing: R, event: Message | None) -> R:
        if self.bot.bot_id in self._failures.known:
            return nothing
        try:
            return what()
        except BotError as error:
            self._fail(error, event)
            return nothing

    def _fail(self, error: BotError, event: Message | None) -> None:
        self._running.reset()
        where = "" if event is None else f" at {type(event).__name__} {event.event_id}"
        self._failures.add(self.bot.bot_id, f"{error}{where}")
