"""A feed at work against a made-up host: retries, repeats, breaker, and what it says of itself."""

import asyncio
from collections.abc import Callable, Sequence

import httpx
import pytest

from configs.clock import SessionClock
from connectors.feeds.breaker import Breaker
from connectors.feeds.feed import Feed, FeedFormatError, Request, decode, head
from connectors.feeds.poller import FeedPoller, FeedState
from schemas.envelope import Message
from schemas.outside import NewsItem, Outlet
from topics.catalog import NEWS_ITEMS

SECRET = "the-key-of-the-source"  # pragma: allowlist secret
URL = "http://feed.test/items"

Answer = Callable[[httpx.Request], httpx.Response]


class Numbers(Feed):
    """Items named by numbers."""

    name = "numbers"
    topic = NEWS_ITEMS
    every_s = 1.0

    def __init__(self, urls: Sequence[str] = (URL,)) -> None:
        self.urls = urls

    def requests(self, now: int) -> Sequence[Request]:
        return tuple(Request(url, {"key": SECRET}, {"X-Api-Key": SECRET}) for url in self.urls)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        return [
            NewsItem(
                **head(self.name, now, now, number),
                item_id=str(number),
                outlet="test",
                kind=Outlet.WIRE,
                headline=f"item {number}",
            )
            for number in decode(body, list[int], self.name)
        ]


class Desk:
    """A poller on a host that answers as told."""

    def __init__(
        self, answer: Answer, feed: Feed | None = None, breaker: Breaker | None = None
    ) -> None:
        self.asked: list[httpx.Request] = []
        self.messages: list[str] = []
        self._answer = answer
        http = httpx.AsyncClient(transport=httpx.MockTransport(self._reply))
        self.poller = FeedPoller(feed or Numbers(), http, self._take, SessionClock(), breaker)

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._answer(request)

    async def _take(self, feed: Feed, message: Message) -> None:
        assert isinstance(message, NewsItem)
        self.messages.append(message.item_id)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None:
        del seconds

    monkeypatch.setattr("tenacity.asyncio._portable_async_sleep", at_once)


async def test_what_was_published_is_not_published_again() -> None:
    rounds = iter(["[1, 2]", "[2, 3]", "[3]"])
    desk = Desk(lambda _: httpx.Response(200, text=next(rounds)))
    for _ in range(3):
        await desk.poller.round()
    assert desk.messages == ["1", "2", "3"]
    assert (desk.poller.state, desk.poller.published) == (FeedState.RUNNING, 3)


async def test_an_unchanged_answer_is_not_read_again() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers.get("if-none-match") == '"v1"':
            return httpx.Response(304)
        return httpx.Response(200, text="[1]", headers={"etag": '"v1"'})

    desk = Desk(answer)
    await desk.poller.round()
    await desk.poller.round()
    assert [request.headers.get("if-none-match") for request in desk.asked] == [None, '"v1"']
    assert (desk.messages, desk.poller.state) == (["1"], FeedState.RUNNING)


async def test_a_passing_error_is_tried_again() -> None:
    answers = iter([httpx.Response(503), httpx.Response(429), httpx.Response(200, text="[7]")])
    desk = Desk(lambda _: next(answers))
    await desk.poller.round()
    assert (desk.messages, len(desk.asked)) == (["7"], 3)


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "the key is refused"), (403, "may not read this"), (404, "asked again later")],
)
async def test_a_refusal_is_told_and_not_repeated(status: int, advice: str) -> None:
    desk = Desk(lambda _: httpx.Response(status))
    await desk.poller.round()
    assert len(desk.asked) == 1
    assert desk.poller.state is FeedState.FAILING
    assert advice in desk.poller.detail


async def test_neither_key_nor_address_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"refused by {request.url}", request=request)

    desk = Desk(refuse)
    with caplog.at_level("WARNING"):
        await desk.poller.round()
    assert desk.poller.detail == "numbers did not answer (ConnectError); it is asked again later."
    assert SECRET not in caplog.text


async def test_one_bad_answer_does_not_hide_the_others() -> None:
    feed = Numbers((URL, "http://feed.test/broken", "http://feed.test/more"))
    texts = {"/items": "[1]", "/broken": "<html>", "/more": "[2]"}
    desk = Desk(lambda request: httpx.Response(200, text=texts[request.url.path]), feed)
    await desk.poller.round()
    assert desk.messages == ["1", "2"]
    assert "documented answer" in desk.poller.detail


async def test_a_source_that_keeps_failing_is_left_alone_for_a_while() -> None:
    desk = Desk(lambda _: httpx.Response(404), breaker=Breaker(failures=2, cool_down_s=0.05))
    for _ in range(5):
        await desk.poller.round()
    assert len(desk.asked) == 2
    await asyncio.sleep(0.06)
    await desk.poller.round()
    await desk.poller.round()
    assert len(desk.asked) == 3, "one trial, and closed again"


def test_a_breaker_closes_with_a_success() -> None:
    breaker = Breaker(failures=2, cool_down_s=10)
    breaker.failed(0.0)
    assert breaker.allows(0.0)
    breaker.failed(1.0)
    assert not breaker.allows(10.9)
    assert breaker.allows(11.0)
    breaker.succeeded()
    breaker.failed(12.0)
    assert breaker.allows(12.0)


def test_an_answer_of_another_form_is_a_sentence() -> None:
    with pytest.raises(FeedFormatError, match=r"numbers's documented answer, received b'\{\}'"):
        decode(b"{}", list[int], "numbers")
