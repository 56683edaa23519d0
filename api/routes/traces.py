"""`/traces/{id}`: from a fill back to the book that started it."""

from typing import Annotated

from fastapi import APIRouter, Depends

from api.context import Context, answered, context_of, database
from api.freshness import known
from api.models import Envelope
from api.periods import last_year
from api.problems import ApiError
from api.trace_models import TraceView
from api.tracing import trace_view
from schemas.ids import MarketId
from sinks.queries.traces import trace

router = APIRouter(prefix="/traces", tags=["decisions"])
NEEDS = ("sinks",)


@router.get("/{any_id}")
async def get_trace(
    any_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[TraceView]:
    """The whole way of a decision: give the id of a fill, order, verdict, intent or signal."""
    found = await answered(trace(database(context), any_id, **last_year(context)._asdict()))
    if found is None:
        raise ApiError(
            404,
            "unknown-trace",
            "Expected the id of a fill, order, verdict, intent or signal, received "
            f"{any_id[:80]!r}.",
            "What happened just now may not be stored yet; GET /api/v1/orders lists orders.",
        )
    view = trace_view(any_id, found, "")
    market = context.state.market(MarketId(view.market_id))
    if market is not None:
        view = view.model_copy(update={"question": market.question})
    newest = max((step.at for step in view.steps), default=0)
    return context.envelope(view, known(context.state, NEEDS, newest))
