"""`/bots`: list, get, and the commands start, stop, pause, resume."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import NAMES, Context, context_of, known_bot
from api.freshness import BOOKS, Known, known
from api.models import BotView, CommandBody, CommandView, Envelope
from api.operator import Operator
from api.views import bot_view
from schemas.control import Verb

router = APIRouter(prefix="/bots", tags=["bots"])
NEEDS = ("gate", "ledger", BOOKS)


@router.get("")
async def list_bots(
    context: Annotated[Context, Depends(context_of)],
) -> Envelope[list[BotView]]:
    """Every bot that exists."""
    return context.envelope([bot_view(context, bot_id) for bot_id in NAMES], _known(context))


@router.get("/{bot_id}")
async def get_bot(
    bot_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[BotView]:
    """One bot."""
    return context.envelope(bot_view(context, known_bot(bot_id)), _known(context))


@router.post("/{bot_id}/start")
async def start_bot(
    bot_id: str, body: CommandBody, operator: Annotated[Operator, Depends()]
) -> CommandView:
    """Let a stopped or idle bot open positions."""
    return await operator.send(Verb.START, known_bot(bot_id), body.reason)


@router.post("/{bot_id}/stop")
async def stop_bot(
    bot_id: str, body: CommandBody, operator: Annotated[Operator, Depends()]
) -> CommandView:
    """Cancel the bot's orders and end its work; positions stay."""
    return await operator.send(Verb.STOP, known_bot(bot_id), body.reason)


@router.post("/{bot_id}/pause")
async def pause_bot(
    bot_id: str, body: CommandBody, operator: Annotated[Operator, Depends()]
) -> CommandView:
    """Cancel the bot's orders; it may reduce but not open until resumed."""
    return await operator.send(Verb.PAUSE, known_bot(bot_id), body.reason)


@router.post("/{bot_id}/emergency-halt")
async def emergency_halt_bot(
    bot_id: str, body: CommandBody, operator: Annotated[Operator, Depends()]
) -> CommandView:
    """Cancel the bot's orders and let it unwind its positions passively."""
    return await operator.send(Verb.EMERGENCY_HALT, known_bot(bot_id), body.reason)


@router.post("/{bot_id}/resume")
async def resume_bot(
    bot_id: str, body: CommandBody, operator: Annotated[Operator, Depends()]
) -> CommandView:
    """Let a paused bot open positions again."""
    return await operator.send(Verb.RESUME, known_bot(bot_id), body.reason)


def _known(context: Context) -> Known:
    points = context.state.equity.values()
    return known(context.state, NEEDS, max((point.ingest_time for point in points), default=0))
