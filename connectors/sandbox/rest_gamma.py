"""Gamma over HTTP: markets, events and tags (PROTOCOL.md 5.1)."""

import base64
import binascii
from collections.abc import Callable

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.frames import Frame
from connectors.sandbox.gamma import gamma_event, gamma_market, tag_objects
from connectors.sandbox.replies import refuse, reply
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.source import Listing

PAGE = 20
MAX_PAGE = 500


class GammaRest:
    """The metadata side of the venue."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        return [
            Route("/markets/keyset", self.markets_keyset),
            Route("/events/keyset", self.events_keyset),
            Route("/markets", self.markets),
            Route("/events", self.events),
            Route("/tags", self.tags),
        ]

    async def markets_keyset(self, request: Request) -> Response:
        """Markets page by page, in order of listing; the cursor survives new listings."""
        rows = [[listing] for listing in self._listings(request.query_params)]
        return self._keyset(request.query_params, "markets", rows, self._market)

    async def events_keyset(self, request: Request) -> Response:
        """Events page by page."""
        rows = self._events(request.query_params)
        return self._keyset(request.query_params, "events", rows, self._event)

    async def markets(self, request: Request) -> Response:
        """Markets by limit and offset, the legacy way."""
        rows = [[listing] for listing in self._listings(request.query_params)]
        return self._slice(request.query_params, rows, self._market)

    async def events(self, request: Request) -> Response:
        """Events by limit and offset, the legacy way."""
        rows = self._events(request.query_params)
        return self._slice(request.query_params, rows, self._event)

    async def tags(self, request: Request) -> Response:
        """All tags in use."""
        return reply(tag_objects(self._sandbox.venue.listings()))

    def _market(self, rows: list[Listing]) -> Frame:
        return gamma_market(rows[0], self._sandbox.venue.now_ms)

    def _event(self, rows: list[Listing]) -> Frame:
        return gamma_event(rows, self._sandbox.venue.now_ms)

    def _listings(self, query: QueryParams) -> list[Listing]:
        listings = sorted(self._sandbox.venue.listings(), key=_place)
        return [listing for listing in listings if _wanted(listing, query)]

    def _events(self, query: QueryParams) -> list[list[Listing]]:
        """Events that pass a query; `id` names events here."""
        asked = {item for text in query.getlist("id") for item in text.split(",") if item}
        others = [(name, value) for name, value in query.multi_items() if name != "id"]
        groups = _grouped(self._listings(QueryParams(others)))
        return [row for row in groups if not asked or row[0].spec.event.event_id in asked]

    def _keyset(
        self,
        query: QueryParams,
        name: str,
        rows: list[list[Listing]],
        shown: Callable[[list[Listing]], Frame],
    ) -> Response:
        limit = _number(query, "limit", PAGE)
        after = _cursor_place(query.get("after_cursor", ""))
        if limit is None or after is None:
            return refuse("invalid limit or after_cursor")
        rest = [row for row in rows if _place(row[0]) > after]
        page = rest[: min(limit, MAX_PAGE)]
        answer: Frame = {name: [shown(row) for row in page]}
        if len(rest) > len(page) and page:
            answer["next_cursor"] = _cursor(page[-1][0])
        return reply(answer)

    def _slice(
        self,
        query: QueryParams,
        rows: list[list[Listing]],
        shown: Callable[[list[Listing]], Frame],
    ) -> Response:
        limit, offset = _number(query, "limit", PAGE), _number(query, "offset", 0)
        if limit is None or offset is None:
            return refuse("invalid limit or offset")
        return reply([shown(row) for row in rows[offset : offset + min(limit, MAX_PAGE)]])


def _place(listing: Listing) -> tuple[int, str]:
    return listing.spec.listed_ms, listing.spec.condition_id


def _cursor(listing: Listing) -> str:
    text = f"{listing.spec.listed_ms}:{listing.spec.condition_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _cursor_place(cursor: str) -> tuple[int, str] | None:
    """Where a cursor stands; before everything without one, None where it is not ours."""
    if not cursor:
        return -1, ""
    try:
        listed, _, condition = base64.urlsafe_b64decode(cursor).decode().partition(":")
        return int(listed), condition
    except (binascii.Error, ValueError):
        return None


def _number(query: QueryParams, name: str, default: int) -> int | None:
    text = query.get(name)
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _wanted(listing: Listing, query: QueryParams) -> bool:
    """Whether a listing passes the filters of a query; lists may repeat or hold commas."""
    spec, is_open = listing.spec, listing.state.is_open
    closed = query.get("closed")
    if closed is not None and (closed.lower() == "true") is is_open:
        return False
    has: dict[str, tuple[str, ...]] = {
        "condition_ids": (spec.condition_id,),
        "clob_token_ids": spec.token_ids,
        "slug": (spec.slug,),
        "id": (spec.market_id,),
        "tag_slug": spec.tags,
    }
    for name, values in has.items():
        asked = {item for text in query.getlist(name) for item in text.split(",") if item}
        if asked and asked.isdisjoint(values):
            return False
    return True


def _grouped(listings: list[Listing]) -> list[list[Listing]]:
    groups: dict[str, list[Listing]] = {}
    for listing in listings:
        groups.setdefault(listing.spec.event.event_id, []).append(listing)
    return list(groups.values())
