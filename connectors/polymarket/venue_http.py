"""One way to call the venue: send, classify, answer with bytes or with one of three errors.

Reads are tried again; what changes something is sent once, because only its caller knows whether
sending it twice is the same.
"""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import NamedTuple, Self

import httpx
import structlog
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from connectors.polymarket.failures import Failure, RateState, Reaction, classify, rate_state
from schemas.errors import InfrastructureError

log = structlog.get_logger(__name__)

ATTEMPTS = 4
LONGEST_WAIT_S = 5.0
Headers = Callable[[str, str, bytes], Mapping[str, str]]
"""Makes the headers of method, path and body."""


class VenueUnavailableError(InfrastructureError):
    """The venue did not answer a read, after retries, or was never reached."""


class OutcomeUnknownError(InfrastructureError):
    """Sent, but not answered: it may have happened. Ask by the order's hash."""


class VenueRefusedError(InfrastructureError):
    """The venue answered that it does not do it.

    Attributes:
        failure: The classified reply.
    """

    def __init__(self, message: str, failure: Failure) -> None:
        """Keep the classification beside the sentence."""
        super().__init__(message)
        self.failure = failure


class Reply(NamedTuple):
    """A success: its bytes, and the signer's bucket where the venue tells it."""

    body: bytes
    rate: RateState | None


class VenueHttp:
    """Calls of one host.

    Attributes:
        rate: The signer's bucket as last told.
        refused: Calls that the venue refused because there were too many.
    """

    def __init__(
        self,
        url: str,
        headers: Headers | None = None,
        timeout_s: float = 5.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Name the host.

        Args:
            url: Its address.
            headers: Of private calls.
            timeout_s: Of one attempt.
            transport: Another way than the network.
        """
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"), timeout=timeout_s, transport=transport
        )
        self._url = url.rstrip("/")
        self._headers = headers
        self.rate: RateState | None = None
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

    async def read(
        self,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        private: bool = False,
        method: str = "GET",
        body: bytes = b"",
    ) -> bytes:
        """Read, with retries.

        Args:
            path: Without host and query.
            parameters: The query; never part of the signature.
            private: With L2 headers.
            method: GET, or POST for reads that carry a list.
            body: Of a POST.

        Raises:
            VenueUnavailableError: No answer after four attempts.
            VenueRefusedError: An answer that says no.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(_passes),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=0.25, max=LONGEST_WAIT_S),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return (await self._send(method, path, parameters, body, private)).body
        except (httpx.HTTPError, OutcomeUnknownError) as error:
            raise VenueUnavailableError(
                f"Expected an answer of {method} {self._url}{path}, received {error!r} after four "
                "attempts. Check the venue's address and status; the read is tried again later."
            ) from error
        raise AssertionError("tenacity either returns or raises")

    async def change(
        self, method: str, path: str, body: bytes = b"", parameters: Mapping[str, str] | None = None
    ) -> Reply:
        """Send what changes something, once and with L2 headers.

        Raises:
            OutcomeUnknownError: It was or may have been sent and no usable answer came.
            VenueUnavailableError: It was never sent: no connection.
            VenueRefusedError: An answer that says no.
        """
        try:
            return await self._send(method, path, parameters, body, private=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise VenueUnavailableError(
                f"Expected a connection for {method} {self._url}{path}, received {error!r}. "
                "Nothing was sent."
            ) from error
        except httpx.HTTPError as error:
            raise OutcomeUnknownError(
                f"Expected an answer of {method} {path}, received {error!r} after sending. "
                "It may have happened: ask by the order's hash before sending it again."
            ) from error

    async def authenticate(self, headers: Mapping[str, str]) -> bytes:
        """Derive an API key with L1 headers; make it where there is none yet.

        Raises:
            VenueRefusedError: The venue gives none.
        """
        try:
            return (await self._send("GET", "/auth/derive-api-key", None, b"", headers)).body
        except VenueRefusedError as error:
            if error.failure.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                raise
            return (await self._send("POST", "/auth/api-key", None, b"", headers)).body

    async def _send(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None,
        body: bytes,
        private: bool | Mapping[str, str],
    ) -> Reply:
        headers = {"content-type": "application/json"} if body else {}
        if isinstance(private, Mapping):
            headers.update(private)
        elif private and self._headers is not None:
            headers.update(self._headers(method, path, body))
        reply = await self._http.request(
            method, path, params=parameters, content=body or None, headers=headers
        )
        self.rate = rate_state(reply.headers) or self.rate
        self.refused += reply.status_code == HTTPStatus.TOO_MANY_REQUESTS
        failure = classify(reply.status_code, reply.headers, reply.content, path, time.time())
        if failure is None:
            return Reply(reply.content, self.rate)
        sentence = f"{method} {path}: {failure.status} {failure.text or 'without a reason'}"
        if failure.reaction is Reaction.UNKNOWN_OUTCOME and failure.status >= 500:
            raise OutcomeUnknownError(
                f"Expected an answer of {sentence}. It may have happened: ask by the order's hash."
            )
        raise VenueRefusedError(
            f"Expected the venue to accept {sentence}. Reaction: {failure.reaction}.", failure
        )


def _passes(error: BaseException) -> bool:
    if isinstance(error, VenueRefusedError):
        return error.failure.reaction is Reaction.WAIT
    return isinstance(error, httpx.TransportError | OutcomeUnknownError)
