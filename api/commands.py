"""Commands to the risk gate: a record on the account's log, done when its effect is read back."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Protocol

from api.live import LiveState
from configs.clock import SessionClock
from schemas.control import CapitalAllocated, Command, CommandApplied, Configuration, Verb
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ids import AccountId, BotId, derive_id
from schemas.trading import CancelOrder, IntentApproved, IntentDenied, PlaceIntent
from topics.catalog import COMMANDS, CONFIGS, DECIDE_INPUTS, GATE_INPUTS, INTENTS, TopicSpec

POLL_S = 0.02
WRITE_S = 5.0


class LogAwayError(InfrastructureError):
    """The log did not take a command."""


class GateSilentError(InfrastructureError):
    """A command is on the log, and the risk gate has not answered it."""


class CommandLog(Protocol):
    """Where commands are written; `FrameProducer` is one."""

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> object:
        """Write one message and wait until the broker has it."""


class Commander:
    """Writes commands where the gate reads them, and a copy where they are kept."""

    def __init__(self, command_log: CommandLog, account: AccountId, clock: SessionClock) -> None:
        """Take the parts.

        Args:
            command_log: Connected to the broker.
            account: Whose gate is addressed.
            clock: Stamps the commands.
        """
        self._log = command_log
        self._account = account
        self._clock = clock

    async def send(
        self,
        verb: Verb,
        bot_id: BotId | None,
        reason: str,
        by: str,
        confirms: str = "",
        key: str = "",
    ) -> Command:
        """Write a command; returns once the broker has it.

        Args:
            verb: What to do.
            bot_id: The bot in scope; None for the whole account.
            reason: Kept with the command.
            by: Who asks.
            confirms: The command this one confirms, if it does.
            key: Sent twice with the same key it is the same command; empty makes a new one.

        Raises:
            LogAwayError: The broker did not take it in time.
        """
        now = self._clock.now_ms()
        what = (verb, bot_id or "", key or time.time_ns())
        command = Command(
            event_id=derive_id("command", self._account, *what),
            event_time=now,
            ingest_time=now,
            source=by,
            account_id=self._account,
            verb=verb,
            bot_id=bot_id,
            reason=reason,
            by=by,
            confirms=confirms,
        )
        await _taken(f"the command {verb}", self.write(command))
        return command

    @property
    def log(self) -> CommandLog:
        """Where it writes."""
        return self._log

    async def intend(self, intent: PlaceIntent, shard: int) -> None:
        """Write an operator's intent where the gate reads it, then the copy that is kept.

        Args:
            intent: What is wanted.
            shard: The shard of its market.

        Raises:
            LogAwayError: The broker did not take it in time.
        """

        async def write() -> None:
            await self._log.send_now(GATE_INPUTS, self._account, intent)
            await self._log.send_now(INTENTS, str(shard), intent)

        await _taken("the order", write())

    async def cancel(self, cancel: CancelOrder, shard: int) -> None:
        """Write an operator's cancel where execution reads it, then the copy that is kept.

        Args:
            cancel: Of which order.
            shard: The shard of its market.

        Raises:
            LogAwayError: The broker did not take it in time.
        """

        async def write() -> None:
            await self._log.send_now(DECIDE_INPUTS, str(shard), cancel)
            await self._log.send_now(INTENTS, str(shard), cancel)

        await _taken("the cancel", write())

    async def configure(self, configuration: Configuration) -> None:
        """Write a configuration where stages look it up, then where the gate reads it.

        Raises:
            LogAwayError: The broker did not take it in time.
        """

        async def write() -> None:
            await self._log.send_now(CONFIGS, configuration.fingerprint, configuration)
            await self._log.send_now(GATE_INPUTS, self._account, configuration)

        await _taken("the configuration", write())

    async def write(self, message: Command | CapitalAllocated) -> None:
        """Write a message where the gate reads it, then the copy that is kept.

        Raises:
            InfrastructureError: The broker did not take it.
        """
        await self._log.send_now(GATE_INPUTS, self._account, message)
        await self._log.send_now(COMMANDS, message.bot_id or self._account, message)


async def _taken(what: str, writing: Coroutine[object, object, None]) -> None:
    """Wait until the broker has what is being written.

    Raises:
        LogAwayError: It did not take it in time.
    """
    try:
        await asyncio.wait_for(writing, WRITE_S)
    except (InfrastructureError, TimeoutError) as error:
        why = str(error) or f"it did not answer within {WRITE_S:g} s"
        raise LogAwayError(
            f"Expected the log to take {what}, it did not: {why}. It may still "
            "arrive: look at the status before you send it again."
        ) from error


async def judged(
    state: LiveState, intent: PlaceIntent, timeout_s: float
) -> IntentApproved | IntentDenied:
    """Wait until the gate has judged an intent.

    Raises:
        GateSilentError: No verdict in time; the intent is on the log and will still be judged.
    """
    deadline = time.monotonic() + timeout_s
    while (verdict := state.orders.verdicts.get(intent.event_id)) is None:
        if time.monotonic() > deadline:
            raise GateSilentError(
                f"Expected the risk gate's verdict on order {intent.order.order_id} within "
                f"{timeout_s:g} s, received none. The order is on the log and is judged when the "
                "gate runs; check `pets status`."
            )
        await asyncio.sleep(POLL_S)
    return verdict


async def applied(
    state: LiveState, command: Command | Configuration, timeout_s: float
) -> CommandApplied:
    """Wait until the gate has answered a command, or taken a configuration over.

    Raises:
        GateSilentError: No answer in time; the command is on the log and will still be applied.
    """
    what = command.verb if isinstance(command, Command) else "a configuration"
    deadline = time.monotonic() + timeout_s
    while (answer := state.applied.get(command.event_id)) is None:
        if time.monotonic() > deadline:
            raise GateSilentError(
                f"Expected the risk gate's answer to {what} within {timeout_s:g} s, "
                "received none. The command is on the log and is applied when the gate runs; "
                "check `pets status`."
            )
        await asyncio.sleep(POLL_S)
    return answer
