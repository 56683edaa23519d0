"""`/logs`: what the components logged, from the log topic."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from api.context import Context, context_of
from api.freshness import Known
from api.models import Envelope, LogView
from topics.log_lines import Wanted

router = APIRouter(prefix="/logs", tags=["status"])
MOST_LINES = 1_000

Level = Literal["debug", "info", "warning", "error", "critical"]


@router.get("")
async def list_logs(
    context: Annotated[Context, Depends(context_of)],
    component: Annotated[str, Query(max_length=80, description="e.g. gate, api.")] = "",
    level: Annotated[Level, Query(description="The least level.")] = "info",
    since_s: Annotated[
        float, Query(gt=0, le=7 * 86_400, description="How far back, wall seconds.")
    ] = 3_600.0,
    correlation: Annotated[
        str,
        Query(
            max_length=128,
            description="An id: of an API request, of a command, of the message that a stage was "
            "applying, or of what led to it.",
        ),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = 200,
) -> Envelope[list[LogView]]:
    """The newest lines that fit, the oldest of them first; without secrets."""
    since_ms = int((time.time() - since_s) * 1000)
    lines = await context.find_lines(Wanted(component, level, since_ms, correlation, limit))
    views = [
        LogView(
            at=line.at,
            component=line.source,
            level=line.level,
            logger=line.logger,
            event=line.event,
            correlation_id=line.correlation_id,
            causation_id=line.causation_id,
            fields=line.fields,
        )
        for line in lines
    ]
    return context.envelope(views, Known(context.clock.now_ms(), ""))
