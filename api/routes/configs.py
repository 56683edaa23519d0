"""`/bots/{bot_id}/config`: a bot's parameters with their form."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from agents.registry import BOTS
from api.bot_configs import form_of, tag_of, values_of
from api.context import Context, context_of, known_bot
from api.freshness import Known
from api.models import BotConfigView, Envelope

router = APIRouter(prefix="/bots", tags=["bots"])
ENTRIES = {bot.bot_id: bot for bot in BOTS}


@router.get("/{bot_id}/config")
async def get_bot_config(
    bot_id: str, context: Annotated[Context, Depends(context_of)], response: Response
) -> Envelope[BotConfigView]:
    """A bot's parameters, their form with bounds and meanings, and the tag to change them with."""
    entry = ENTRIES[known_bot(bot_id)]
    parameters = entry.load(context.settings.config_dir)
    values = values_of(parameters)
    tag = response.headers["ETag"] = tag_of(values)
    view = BotConfigView(
        bot_id=entry.bot_id,
        name=entry.name,
        parameters=values,
        form=form_of(type(parameters)),
        tag=tag,
        origin=f"bots/{entry.file}",
    )
    return context.envelope(view, Known(context.clock.now_ms(), ""))
