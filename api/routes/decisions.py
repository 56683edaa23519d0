"""`/signals` and `/decisions`: what bots saw and decided, and what the risk gate made of it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from api.context import Context, answered, context_of, database, known_bot
from api.decision_models import (
    DecisionCountView,
    DecisionView,
    PageView,
    SignalCountView,
    SignalView,
)
from api.freshness import known
from api.models import Envelope
from api.periods import Cursor, Hours, Limit, last, last_year
from api.problems import ApiError
from api.tables import CSV, Form, listed, paged
from sinks.queries.bots import signals
from sinks.queries.counts import decision_counts, signal_counts
from sinks.queries.decisions import decision, decisions

router = APIRouter(tags=["decisions"])
NEEDS = ("bots", "gate", "sinks")


@router.get("/signals", response_model=Envelope[PageView[SignalView]], responses=CSV)
async def list_signals(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    market_id: str | None = None,
    decision: Annotated[str | None, Query(max_length=20, description="place, none, …")] = None,
    hours: Hours = 24.0,
    limit: Limit = 50,
    cursor: Cursor = None,
    form: Form = "json",
) -> Envelope[PageView[SignalView]] | Response:
    """What bots saw and decided, traded or not, newest first."""
    page = await answered(
        signals(
            database(context),
            **last(context, hours)._asdict(),
            bot=None if bot_id is None else known_bot(bot_id),
            market=market_id,
            decision=decision,
            limit=limit,
            cursor=cursor,
        )
    )
    newest = max((record.at for record in page.items), default=0)
    views = [SignalView.model_validate(record) for record in page.items]
    return paged(context, views, page.next_cursor, known(context.state, NEEDS, newest), form)


@router.get("/signals/counts", response_model=Envelope[list[SignalCountView]], responses=CSV)
async def count_signals(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = 1.0,
    form: Form = "json",
) -> Envelope[list[SignalCountView]] | Response:
    """How often each bot decided what and why: the first look at "why is it quiet?"."""
    wanted = None if bot_id is None else known_bot(bot_id)
    period = last(context, hours)
    found = await answered(signal_counts(database(context), **period._asdict(), bot=wanted))
    newest = max((record.last_at for record in found), default=0)
    views = [SignalCountView.model_validate(record) for record in found]
    return listed(context, views, known(context.state, NEEDS, newest), form)


@router.get("/decisions", response_model=Envelope[PageView[DecisionView]], responses=CSV)
async def list_decisions(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    verdict: Literal["APPROVED", "DENIED"] | None = None,
    code: Annotated[str | None, Query(max_length=40)] = None,
    hours: Hours = 24.0,
    limit: Limit = 50,
    cursor: Cursor = None,
    form: Form = "json",
) -> Envelope[PageView[DecisionView]] | Response:
    """The risk gate's verdicts, newest first; one record per order of a bundle."""
    page = await answered(
        decisions(
            database(context),
            **last(context, hours)._asdict(),
            bot=None if bot_id is None else known_bot(bot_id),
            verdict=verdict,
            code=code,
            limit=limit,
            cursor=cursor,
        )
    )
    newest = max((record.decided_at for record in page.items), default=0)
    views = [DecisionView.model_validate(record) for record in page.items]
    return paged(context, views, page.next_cursor, known(context.state, NEEDS, newest), form)


@router.get("/decisions/counts", response_model=Envelope[list[DecisionCountView]], responses=CSV)
async def count_decisions(
    context: Annotated[Context, Depends(context_of)],
    bot_id: str | None = None,
    hours: Hours = 1.0,
    form: Form = "json",
) -> Envelope[list[DecisionCountView]] | Response:
    """How often the gate approved and denied each bot's intents, by reason."""
    wanted = None if bot_id is None else known_bot(bot_id)
    period = last(context, hours)
    found = await answered(decision_counts(database(context), **period._asdict(), bot=wanted))
    newest = max((record.last_at for record in found), default=0)
    views = [DecisionCountView.model_validate(record) for record in found]
    return listed(context, views, known(context.state, NEEDS, newest), form)


@router.get("/decisions/{decision_id}")
async def get_decision(
    decision_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[list[DecisionView]]:
    """One verdict, a record per order of a bundle."""
    period = last_year(context)
    found = await answered(decision(database(context), decision_id, **period._asdict()))
    if not found:
        raise ApiError(
            404,
            "unknown-decision",
            f"Expected the id of a verdict, received {decision_id[:80]!r}.",
            "GET /api/v1/decisions lists them.",
        )
    views = [DecisionView.model_validate(record) for record in found]
    return context.envelope(views, known(context.state, NEEDS, found[0].decided_at))
