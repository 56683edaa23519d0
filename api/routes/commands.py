"""`/commands`: what operators asked for, and how far it has come."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.command_models import CommandProgressView
from api.command_progress import progress_of
from api.context import Context, context_of
from api.freshness import known
from api.models import Envelope
from api.problems import ApiError

router = APIRouter(prefix="/commands", tags=["commands"])
NEEDS = ("gate",)


@router.get("")
async def list_commands(
    context: Annotated[Context, Depends(context_of)],
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Envelope[list[CommandProgressView]]:
    """The last commands, newest first."""
    state = context.state
    newest = list(state.commands.records.items())[-limit:]
    views = [progress_of(state, command_id, record) for command_id, record in reversed(newest)]
    return context.envelope(views, known(state, NEEDS))


@router.get("/{command_id}")
async def get_command(
    command_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[CommandProgressView]:
    """One command: accepted, applied or denied, confirmed."""
    record = context.state.commands.records.get(command_id)
    if record is None:
        raise ApiError(
            404,
            "unknown-command",
            f"Expected the id of one of the last commands, received {command_id[:80]!r}.",
            "GET /api/v1/commands lists them. One that was sent just now may not be read yet.",
        )
    view = progress_of(context.state, command_id, record)
    return context.envelope(view, known(context.state, NEEDS))
