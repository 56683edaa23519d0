"""Runs one feed: asks, retries, reads, drops what was seen, publishes, and says how it is."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

import httpx
import structlog
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from configs.clock import SessionClock
from connectors.feeds.breaker import Breaker
from connectors.feeds.feed import Feed, FeedFormatError, Request
from schemas.envelope import Message

log = structlog.get_logger(__name__)

ATTEMPTS = 3
FASTEST_S = 0.25
"""Least wall seconds between two rounds, however fast the session runs."""
REMEMBERED = 20_000
"""Ids of messages by which a repeat is known."""
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
NOT_MODIFIED = 304


class FeedState(StrEnum):
    """How a feed is."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    FAILING = "failing"


Publish = Callable[[Feed, Message], Awaitable[None]]


class FeedPoller:
    """One feed at work.

    Attributes:
        feed: What it runs.
        state: How it is.
        detail: One sentence on the last failure; empty while all is well.
        published: Messages so far.
    """

    def __init__(
        self,
        feed: Feed,
        http: httpx.AsyncClient,
        publish: Publish,
        clock: SessionClock,
        breaker: Breaker | None = None,
    ) -> None:
        """Wire it.

        Args:
            feed: What to ask and how to read.
            http: Shared connections.
            publish: The log.
            clock: Session time; also how fast rounds follow each other.
            breaker: One of its own by default.
        """
        self.feed = feed
        self.state = FeedState.STARTING
        self.detail = ""
        self.published = 0
        self._http = http
        self._publish = publish
        self._clock = clock
        self._breaker = breaker or Breaker()
        self._seen: dict[str, None] = {}
        self._validators: dict[str, dict[str, str]] = {}

    async def run(self) -> None:
        """Work until cancelled."""
        pause_s = max(self.feed.every_s / self._clock.speed, FASTEST_S)
        while True:
            await self.round()
            await asyncio.sleep(pause_s)

    async def round(self) -> None:
        """Ask everything once; what fails is told and ends neither the round nor the feed."""
        loop = asyncio.get_running_loop()
        if not self._breaker.allows(loop.time()):
            return
        failure = ""
        for request in self.feed.requests(self._clock.now_ms()):
            try:
                await self._ask(request)
            except (httpx.HTTPError, FeedFormatError) as error:
                failure = _sentence(self.feed.name, error)
        if failure:
            self._breaker.failed(loop.time())
            self._fail(failure)
        else:
            self._breaker.succeeded()
            self.state, self.detail = FeedState.RUNNING, ""

    async def _ask(self, request: Request) -> None:
        body = await self._get(request)
        if body is None:
            return
        now = self._clock.now_ms()
        for message in self.feed.parse(request, body, now):
            if message.event_id in self._seen:
                continue
            await self._publish(self.feed, message)
            self.published += 1
            self._remember(message.event_id)

    async def _get(self, request: Request) -> bytes | None:
        """The answer's body; None when it is the one that was read before."""
        key = f"{request.url}?{sorted(request.params.items())}"
        headers = {**request.headers, **self._validators.get(key, {})}
        retrying = AsyncRetrying(
            retry=retry_if_exception(_is_passing),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=0.25, max=4),
            reraise=True,
        )
        reply: httpx.Response = await retrying(self._send, request, headers)
        if reply.status_code == NOT_MODIFIED:
            return None
        validators = {"if-none-match": "etag", "if-modified-since": "last-modified"}
        said = reply.headers
        self._validators[key] = {
            asked: said[name] for asked, name in validators.items() if name in said
        }
        return reply.content

    async def _send(self, request: Request, headers: dict[str, str]) -> httpx.Response:
        reply = await self._http.get(request.url, params=dict(request.params), headers=headers)
        if reply.status_code != NOT_MODIFIED:
            reply.raise_for_status()
        return reply

    def _remember(self, event_id: str) -> None:
        self._seen[event_id] = None
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]

    def _fail(self, detail: str) -> None:
        if detail != self.detail:
            log.warning("feed failed", feed=self.feed.name, detail=detail)
        self.state, self.detail = FeedState.FAILING, detail


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in PASSING
    return isinstance(error, httpx.TransportError)


def _sentence(name: str, error: httpx.HTTPError | FeedFormatError) -> str:
    """What failed, without address or query: a key may be in them."""
    if isinstance(error, FeedFormatError):
        return str(error)
    if isinstance(error, httpx.HTTPStatusError):
        status = error.response.status_code
        advice = {
            401: "the key is refused: check it",
            403: "the key may not read this: check its plan",
            429: "the source's rate limit is reached: raise every_s in feeds.yaml",
        }.get(status, "it is asked again later")
        return f"{name} answered with status {status}; {advice}."
    return f"{name} did not answer ({type(error).__name__}); it is asked again later."
