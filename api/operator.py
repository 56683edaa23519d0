"""Commands for whoever asks, answered with what the risk gate made of them."""

from typing import Annotated

import structlog
from fastapi import Depends, Request

from api.callers import asked_by
from api.commands import applied
from api.context import Context, context_of
from api.models import CommandView
from schemas.control import Verb
from schemas.ids import BotId

log = structlog.get_logger(__name__)

ANSWER_S = 5.0


class Operator:
    """Sends commands for whoever asks, and answers with what the gate made of them."""

    def __init__(self, request: Request, context: Annotated[Context, Depends(context_of)]) -> None:
        """Take the request's caller and the app's parts."""
        self._by = asked_by(request)
        self._context = context

    async def send(
        self, verb: Verb, bot_id: BotId | None, reason: str, confirms: str = ""
    ) -> CommandView:
        """Send a command and wait for the gate's answer.

        Raises:
            LogAwayError: It could not be written.
            GateSilentError: It is written, and not answered yet.
        """
        sent = await self._context.commander.send(verb, bot_id, reason, self._by, confirms)
        log.info("command-sent", command_id=sent.event_id, verb=verb, bot_id=bot_id, by=self._by)
        answer = await applied(self._context.state, sent, ANSWER_S)
        return CommandView(
            command_id=sent.event_id,
            verb=verb,
            bot_id=bot_id,
            accepted=answer.accepted,
            detail=answer.detail,
        )
