"""The venue's public REST: markets from Gamma, books and the clock from CLOB."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import msgspec

from connectors.polymarket.venue_http import (
    VenueHttp,
    VenueRefusedError,
    VenueUnavailableError,
)
from connectors.polymarket.wire import BookWire

PAGE = 100
EVENTS_PER_CALL = 20
BOOKS_PER_CALL = 100


class _Point(msgspec.Struct):
    t: int
    p: float


class _History(msgspec.Struct):
    history: list[_Point] = []


class PublicRest:
    """Reads of public data; every call is retried with backoff, then fails in one sentence."""

    def __init__(self, gamma_url: str, clob_url: str, timeout_s: float = 5.0) -> None:
        """Name the hosts.

        Args:
            gamma_url: Market metadata.
            clob_url: Books, clock.
            timeout_s: Of one attempt.
        """
        self._gamma = VenueHttp(gamma_url, timeout_s=timeout_s)
        self._clob = VenueHttp(clob_url, timeout_s=timeout_s)

    @property
    def refused(self) -> int:
        """Calls that the venue refused because there were too many."""
        return self._gamma.refused + self._clob.refused

    async def __aenter__(self) -> Self:
        """Use as a context to close the connections."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._gamma.__aexit__(kind, error, trace)
        await self._clob.__aexit__(kind, error, trace)

    async def markets(self) -> AsyncIterator[dict[str, Any]]:
        """Every open market's Gamma document, page by page."""
        cursor = ""
        while True:
            parameters = {
                "limit": str(PAGE),
                "closed": "false",
                "order": "volume24hr",
                "ascending": "false",
            }
            if cursor:
                parameters["after_cursor"] = cursor
            reply = await _read(self._gamma, "/markets/keyset", parameters)
            page = msgspec.json.decode(reply, type=dict[str, Any])
            for document in page.get("markets") or page.get("data") or []:
                yield document
            cursor = page.get("next_cursor") or ""
            if not cursor:
                return

    async def closed_markets(self, market_ids: list[str]) -> AsyncIterator[dict[str, Any]]:
        """Gamma's documents of those of the given markets that are closed."""
        for start in range(0, len(market_ids), EVENTS_PER_CALL):
            asked = market_ids[start : start + EVENTS_PER_CALL]
            query = urlencode([("condition_ids", market_id) for market_id in asked])
            reply = await _read(self._gamma, f"/markets/keyset?{query}&closed=true&limit={PAGE}")
            page = msgspec.json.decode(reply, type=dict[str, Any])
            for document in page.get("markets") or page.get("data") or []:
                yield document

    async def events(self, event_ids: list[str]) -> AsyncIterator[dict[str, Any]]:
        """Gamma's documents of the given events, with all their markets."""
        for start in range(0, len(event_ids), EVENTS_PER_CALL):
            asked = event_ids[start : start + EVENTS_PER_CALL]
            query = urlencode([("id", event_id) for event_id in asked])
            reply = await _read(self._gamma, f"/events?{query}&limit={EVENTS_PER_CALL}")
            for document in msgspec.json.decode(reply, type=list[dict[str, Any]]):
                yield document

    async def books(self, token_ids: list[str]) -> list[tuple[BookWire, bytes]]:
        """Books of the given tokens with their bytes, for a resynchronisation."""
        books: list[tuple[BookWire, bytes]] = []
        for start in range(0, len(token_ids), BOOKS_PER_CALL):
            body = [{"token_id": token} for token in token_ids[start : start + BOOKS_PER_CALL]]
            reply = await _read(self._clob, "/books", method="POST", body=msgspec.json.encode(body))
            for raw in msgspec.json.decode(reply, type=list[msgspec.Raw]):
                document = msgspec.json.decode(raw, type=dict[str, Any])
                document["event_type"] = "book"
                books.append((msgspec.convert(document, BookWire), bytes(raw)))
        return books

    async def prices_history(
        self, token_id: str, since_ms: int, until_ms: int, minutes: int
    ) -> tuple[tuple[int, float], ...]:
        """Past prices of a token: ms and dollars, oldest first.

        Args:
            token_id: Of which token.
            since_ms: From when.
            until_ms: To when; at most 15 days.
            minutes: Between two prices.
        """
        asked = {
            "market": token_id,
            "startTs": str(since_ms // 1000),
            "endTs": str(until_ms // 1000),
            "fidelity": str(minutes),
        }
        reply = await _read(self._clob, "/prices-history", asked)
        found = msgspec.json.decode(reply, type=_History).history
        return tuple((point.t * 1000, point.p) for point in found)

    async def server_seconds(self) -> int:
        """The venue's clock, seconds UTC."""
        return int(await _read(self._clob, "/time"))


async def _read(
    host: VenueHttp,
    path: str,
    parameters: dict[str, str] | None = None,
    method: str = "GET",
    body: bytes = b"",
) -> bytes:
    """Read; a refusal of public data is as good as no answer."""
    try:
        return await host.read(path, parameters, method=method, body=body)
    except VenueRefusedError as error:
        raise VenueUnavailableError(f"{error} The read is tried again later.") from error
