"""Commands to the risk gate: a record on the account's log, done when its effect is read back."""

import asyncio
import time

from api.live import LiveState
from configs.clock import SessionClock
from schemas.control import CapitalAllocated, Command, CommandApplied, Verb
from schemas.errors import InfrastructureError
from schemas.ids import AccountId, BotId, derive_id
from topics.catalog import COMMANDS, GATE_INPUTS
from topics.producer import FrameProducer

POLL_S = 0.02


class Commander:
    """Writes commands where the gate reads them, and a copy where they are kept."""

    def __init__(self, producer: FrameProducer, account: AccountId, clock: SessionClock) -> None:
        """Take the parts.

        Args:
            producer: Connected to the log.
            account: Whose gate is addressed.
            clock: Stamps the commands.
        """
        self._producer = producer
        self._account = account
        self._clock = clock

    async def send(self, verb: Verb, bot_id: BotId | None, reason: str, by: str) -> Command:
        """Write a command; returns once the broker has it.

        Raises:
            InfrastructureError: The broker did not take it.
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
        )
        await self.write(command)
        return command

    async def write(self, message: Command | CapitalAllocated) -> None:
        """Write a message where the gate reads it, then the copy that is kept.

        Raises:
            InfrastructureError: The broker did not take it.
        """
        await self._producer.send_now(GATE_INPUTS, self._account, message)
        await self._producer.send_now(COMMANDS, message.bot_id or self._account, message)


async def applied(state: LiveState, command: Command, timeout_s: float) -> CommandApplied:
    """Wait until the gate has answered a command.

    Raises:
        InfrastructureError: No answer in time; the command is on the log and will still be applied.
    """
    deadline = time.monotonic() + timeout_s
    while (answer := state.applied.get(command.event_id)) is None:
        if time.monotonic() > deadline:
            raise InfrastructureError(
                f"Expected the risk gate's answer to {command.verb} within {timeout_s:g} s, "
                "received none. The command is on the log and is applied when the gate runs; "
                "check `pets status`."
            )
        await asyncio.sleep(POLL_S)
    return answer
