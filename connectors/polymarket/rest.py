"""The venue's public REST: markets from Gamma, books and the clock from CLOB."""

from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from connectors.polymarket.wire import BookWire
from schemas.errors import InfrastructureError

PAGE = 100
BOOKS_PER_CALL = 100
TOO_MANY = 429
RETRY_STATUS = frozenset({425, 429, 500, 502, 503, 504})


class VenueUnavailableError(InfrastructureError):
    """The venue did not answer a read, after retries."""


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in RETRY_STATUS
    return isinstance(error, httpx.TransportError)


class PublicRest:
    """Reads of public data; every call is retried with backoff, then fails in one sentence.

    Attributes:
        refused: Calls that the venue refused because there were too many.
    """

    def __init__(self, gamma_url: str, clob_url: str, timeout_s: float = 5.0) -> None:
        """Name the hosts.

        Args:
            gamma_url: Market metadata.
            clob_url: Books, clock.
            timeout_s: Of one attempt.
        """
        self._gamma = gamma_url.rstrip("/")
        self._clob = clob_url.rstrip("/")
        self._http = httpx.AsyncClient(timeout=timeout_s)
        self.refused = 0

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
        await self._http.aclose()

    async def markets(self) -> AsyncIterator[dict[str, Any]]:
        """Every open market's Gamma document, page by page."""
        cursor = ""
        while True:
            parameters: dict[str, str | int] = {
                "limit": PAGE,
                "closed": "false",
                "order": "volume24hr",
                "ascending": "false",
            }
            if cursor:
                parameters["after_cursor"] = cursor
            page = await self._get(f"{self._gamma}/markets/keyset", parameters)
            for document in page.get("markets") or page.get("data") or []:
                yield document
            cursor = page.get("next_cursor") or ""
            if not cursor:
                return

    async def books(self, token_ids: list[str]) -> list[tuple[BookWire, bytes]]:
        """Books of the given tokens with their bytes, for a resynchronisation."""
        books: list[tuple[BookWire, bytes]] = []
        for start in range(0, len(token_ids), BOOKS_PER_CALL):
            body = [{"token_id": token} for token in token_ids[start : start + BOOKS_PER_CALL]]
            reply = await self._call(
                "POST", f"{self._clob}/books", content=msgspec.json.encode(body)
            )
            for raw in msgspec.json.decode(reply, type=list[msgspec.Raw]):
                document = msgspec.json.decode(raw, type=dict[str, Any])
                document["event_type"] = "book"
                books.append((msgspec.convert(document, BookWire), bytes(raw)))
        return books

    async def server_seconds(self) -> int:
        """The venue's clock, seconds UTC."""
        return int(await self._call("GET", f"{self._clob}/time"))

    async def _get(self, url: str, parameters: dict[str, str | int]) -> dict[str, Any]:
        reply = await self._call("GET", url, params=parameters)
        return msgspec.json.decode(reply, type=dict[str, Any])

    async def _call(
        self,
        method: str,
        url: str,
        params: dict[str, str | int] | None = None,
        content: bytes | None = None,
    ) -> bytes:
        retrying = AsyncRetrying(
            retry=retry_if_exception(_is_passing),
            stop=stop_after_attempt(4),
            wait=wait_exponential(multiplier=0.25, max=5),
            reraise=True,
        )
        headers = {"content-type": "application/json"} if content is not None else None
        try:
            async for attempt in retrying:
                with attempt:
                    reply = await self._http.request(
                        method, url, params=params, content=content, headers=headers
                    )
                    self.refused += reply.status_code == TOO_MANY
                    reply.raise_for_status()
                    return reply.content
        except httpx.HTTPError as error:
            raise VenueUnavailableError(
                f"Expected an answer of {method} {url}, received {error!r} after four attempts. "
                "Check the venue's address and status; the read is tried again later."
            ) from error
        raise AssertionError("tenacity either returns or raises")
