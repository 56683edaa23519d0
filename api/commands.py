"""Commands to the risk gate: a record on the account's log, done when its effect is read back."""

import asyncio
import time
from typing import Protocol

from api.live import LiveState
from configs.clock import SessionClock
from schemas.control import CapitalAllocated, Command, CommandApplied, Verb
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ids import AccountId, BotId, derive_id
from topics.catalog import COMMANDS, GATE_INPUTS, TopicSpec

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
        self, verb: Verb, bot_id: BotId | None, reason: str, by: str, confirms: str = ""
    ) -> Command:
        """Write a command; returns once the broker has it.

        Args:
            verb: What to do.
            bot_id: The bot in scope; None for the whole account.
            reason: Kept with the command.
            by: Who asks.
            confirms: The command this one confirms, if it does.

        Raises:
            LogAwayError: The broker did not take it in time.
        """
        now = self._clock.now_ms()
        command = Command(
            event_id=derive_id("command", self._account, verb, bot_id or "", time.time_ns()),
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
        try:
            await asyncio.wait_for(self.write(command), WRITE_S)
        except (InfrastructureError, TimeoutError) as error:
            why = str(error) or f"it did not answer within {WRITE_S:g} s"
            raise LogAwayError(
                f"Expected the log to take the command {verb}, it did not: {why}. It may still "
                "arrive: look at the status before you send it again."
            ) from error
        return command

    async def write(self, message: Command | CapitalAllocated) -> None:
        """Write a message where the gate reads it, then the copy that is kept.

        Raises:
            InfrastructureError: The broker did not take it.
        """
        await self._log.send_now(GATE_INPUTS, self._account, message)
        await self._log.send_now(COMMANDS, message.bot_id or self._account, message)


async def applied(state: LiveState, command: Command, timeout_s: float) -> CommandApplied:
    """Wait until the gate has answered a command.

    Raises:
        GateSilentError: No answer in time; the command is on the log and will still be applied.
    """
    deadline = time.monotonic() + timeout_s
    while (answer := state.applied.get(command.event_id)) is None:
        if time.monotonic() > deadline:
            raise GateSilentError(
                f"Expected the risk gate's answer to {command.verb} within {timeout_s:g} s, "
                "received none. The command is on the log and is applied when the gate runs; "
                "check `pets status`."
            )
        await asyncio.sleep(POLL_S)
    return answer
