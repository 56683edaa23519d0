"""`/bots`: list, get, and the commands start, stop, pause, resume."""

from typing import Annotated

from fastapi import APIRouter, Depends

from agents.registry import BOTS
from api.commands import applied
from api.context import Context, context_of
from api.models import BotView, CommandBody, CommandView, Envelope
from api.problems import ApiError
from schemas.control import Verb
from schemas.ids import BotId
from schemas.values import BotState

router = APIRouter(prefix="/bots", tags=["bots"])
ANSWER_S = 5.0
NAMES = {bot.bot_id: bot.name for bot in BOTS}


@router.get("")
async def list_bots(
    context: Annotated[Context, Depends(context_of)],
) -> Envelope[list[BotView]]:
    """Every bot that exists."""
    views = [_view(context, bot_id) for bot_id in NAMES]
    return context.envelope(views, _newest(context))


@router.get("/{bot_id}")
async def get_bot(
    bot_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[BotView]:
    """One bot."""
    return context.envelope(_view(context, _known(bot_id)), _newest(context))


@router.post("/{bot_id}/start")
async def start_bot(
    bot_id: str, body: CommandBody, context: Annotated[Context, Depends(context_of)]
) -> CommandView:
    """Let a stopped or idle bot open positions."""
    return await command(context, Verb.START, _known(bot_id), body.reason)


@router.post("/{bot_id}/stop")
async def stop_bot(
    bot_id: str, body: CommandBody, context: Annotated[Context, Depends(context_of)]
) -> CommandView:
    """Cancel the bot's orders and end its work; positions stay."""
    return await command(context, Verb.STOP, _known(bot_id), body.reason)


@router.post("/{bot_id}/pause")
async def pause_bot(
    bot_id: str, body: CommandBody, context: Annotated[Context, Depends(context_of)]
) -> CommandView:
    """Cancel the bot's orders; it may reduce but not open until resumed."""
    return await command(context, Verb.PAUSE, _known(bot_id), body.reason)


@router.post("/{bot_id}/resume")
async def resume_bot(
    bot_id: str, body: CommandBody, context: Annotated[Context, Depends(context_of)]
) -> CommandView:
    """Let a paused bot open positions again."""
    return await command(context, Verb.RESUME, _known(bot_id), body.reason)


async def command(context: Context, verb: Verb, bot_id: BotId | None, reason: str) -> CommandView:
    """Send a command and answer with what the gate made of it."""
    sent = await context.commander.send(verb, bot_id, reason, "api")
    answer = await applied(context.state, sent, ANSWER_S)
    return CommandView(
        command_id=sent.event_id,
        verb=verb,
        bot_id=bot_id,
        accepted=answer.accepted,
        detail=answer.detail,
    )


def _known(bot_id: str) -> BotId:
    if bot_id not in NAMES:
        raise ApiError(
            404,
            "unknown-bot",
            f"Expected one of {', '.join(NAMES)}, received {bot_id!r}.",
            "GET /api/v1/bots lists them.",
        )
    return BotId(bot_id)


def _newest(context: Context) -> int:
    return max((point.ingest_time for point in context.state.equity.values()), default=0)


def _view(context: Context, bot_id: BotId) -> BotView:
    state = context.state
    point = state.equity.get(bot_id)
    view = BotView(
        bot_id=bot_id,
        name=NAMES[bot_id],
        state=state.bots.get(bot_id, BotState.IDLE),
        open_positions=len(state.positions_of(bot_id)),
    )
    if point is None:
        return view
    return view.model_copy(
        update={
            "equity": point.equity,
            "pnl": point.realised_pnl + point.unrealised_pnl,
            "drawdown": point.drawdown,
            "exposure": point.exposure,
            "last_event_age_s": max(0.0, context.clock.wall_age_s(point.ingest_time)),
        }
    )
