"""`/markets`: questions, their best prices, books and past prices."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.books import book_view, market_view
from api.context import Context, answered, context_of, database
from api.freshness import BOOKS, known
from api.market_models import BookView, MarketView, PriceBarView
from api.models import Envelope
from api.periods import Hours, last
from api.problems import ApiError
from api.tables import CSV, Form, listed
from schemas.ids import MarketId
from schemas.market import Market
from schemas.values import DataLabel
from sinks.queries.markets import prices

router = APIRouter(prefix="/markets", tags=["markets"])
NEEDS = ("connector", BOOKS)


@router.get("", response_model=Envelope[list[MarketView]], responses=CSV)
async def list_markets(
    context: Annotated[Context, Depends(context_of)],
    label: DataLabel | None = None,
    category: Annotated[str | None, Query(max_length=80)] = None,
    search: Annotated[str | None, Query(max_length=80, description="In the question.")] = None,
    form: Form = "json",
) -> Envelope[list[MarketView]] | Response:
    """Markets that are followed, the busiest first."""
    state = context.state
    found = [
        market
        for market in state.markets.values()
        if label in (None, market.label)
        and category in (None, market.category)
        and (search is None or search.lower() in market.question.lower())
    ]
    found.sort(key=lambda market: _volume(context, market), reverse=True)
    views = [market_view(state, market) for market in found]
    return listed(context, views, known(state, NEEDS, state.market_data_at), form)


@router.get("/{market_id}")
async def get_market(
    market_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[MarketView]:
    """One market with its best prices."""
    market = known_market(context, market_id)
    return context.envelope(
        market_view(context.state, market), known(context.state, NEEDS, _at(context, market))
    )


@router.get("/{market_id}/book")
async def get_book(
    market_id: str, context: Annotated[Context, Depends(context_of)]
) -> Envelope[BookView]:
    """A market's book in YES space with all its levels, and our own orders in it."""
    market = known_market(context, market_id)
    depth = await context.depths.of(market)
    at = _at(context, market) if depth is None else depth.as_of
    return context.envelope(
        book_view(context.state, market, None if depth is None else depth.book),
        known(context.state, NEEDS, at),
    )


@router.get("/{market_id}/prices", response_model=Envelope[list[PriceBarView]], responses=CSV)
async def list_prices(
    market_id: str,
    context: Annotated[Context, Depends(context_of)],
    hours: Hours = 24.0,
    form: Form = "json",
) -> Envelope[list[PriceBarView]] | Response:
    """Open, high, low and close of the mid per five minutes, oldest first."""
    period = last(context, min(hours, 24.0 * 31))
    found = await answered(prices(database(context), market_id, **period._asdict()))
    newest = max((bar.bucket for bar in found), default=0)
    views = [PriceBarView.model_validate(bar) for bar in found]
    return listed(context, views, known(context.state, ("sinks", BOOKS), newest), form)


def known_market(context: Context, market_id: str) -> Market:
    """A market that is followed, or was resolved lately.

    Raises:
        ApiError: There is none of this id.
    """
    market = context.state.market(MarketId(market_id))
    if market is None:
        raise ApiError(
            404,
            "unknown-market",
            f"Expected the id of a market that is followed, received {market_id[:80]!r}.",
            "GET /api/v1/markets lists them.",
        )
    return market


def _at(context: Context, market: Market) -> int:
    top = context.state.tops.get(market.market_id)
    return 0 if top is None else top.ingest_time


def _volume(context: Context, market: Market) -> Decimal:
    top = context.state.tops.get(market.market_id)
    return max(market.volume_24h, Decimal(0) if top is None else top.volume_24h)
