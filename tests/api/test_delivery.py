"""Alerts over a channel: in order, tried again, and no channel holds up or ends anything."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from api.delivery import MOST_WAITING, TEST_ATTEMPTS, Delivery
from connectors.notify.channel import ChannelError, Notice
from tests.connectors.notify.listening import NOTICE


class Failing:
    name = "failing"
    target = "nowhere"

    def __init__(self, failures: list[Exception]) -> None:
        self.failures = failures
        self.asked = 0
        self.taken: list[str] = []

    async def send(self, notice: Notice) -> None:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(notice.alert_id)


def notice(name: str) -> Notice:
    return msgspec.structs.replace(NOTICE, alert_id=name)


def wanted(alert_id: str) -> bool:
    return True


def delivery(channel: Failing, is_wanted: Callable[[str], bool] = wanted) -> Delivery:
    return Delivery(channel, lambda: 7, is_wanted, wait_s=0.001)


@asynccontextmanager
async def running(of: Delivery) -> AsyncIterator[None]:
    task = asyncio.create_task(of.run())
    try:
        yield
    finally:
        task.cancel()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a channel tells no one
            await asyncio.sleep(0.001)


async def test_what_is_not_taken_is_tried_again_for_as_long_as_it_is_wanted() -> None:
    channel = Failing([ChannelError("busy")] * 7)
    out = delivery(channel)
    async with running(out):
        out.put(notice("a"))
        out.put(notice("b"))
        await until(lambda: not out.waiting)
    assert (channel.taken, channel.asked) == (["a", "b"], 9)
    assert (out.sent_at, out.error) == (7, "")


async def test_what_waits_and_why_is_seen_meanwhile() -> None:
    channel = Failing([ChannelError("busy")] * 1000)
    out = delivery(channel)
    async with running(out):
        out.put(notice("a"))
        out.put(notice("b"))
        await until(lambda: channel.asked > 2)
        assert (out.waiting, out.error, out.sent_at) == (2, "busy", None)


async def test_an_alert_that_is_over_gives_way_to_the_next() -> None:
    channel = Failing([ChannelError("busy")] * 3)
    over: set[str] = set()
    out = delivery(channel, lambda alert_id: alert_id not in over)
    async with running(out):
        out.put(notice("a"))
        await until(lambda: channel.asked == 1)
        over.add("a")
        out.put(notice("b"))
        await until(lambda: not out.waiting)
    assert channel.taken == ["b"]


async def test_the_oldest_gives_way_when_too_many_wait() -> None:
    channel = Failing([])
    out = delivery(channel)
    for number in range(MOST_WAITING + 2):
        out.put(notice(str(number)))
    assert out.waiting == MOST_WAITING
    async with running(out):
        await until(lambda: not out.waiting)
    assert channel.taken == [str(number) for number in range(2, MOST_WAITING + 2)]


async def test_a_test_is_sent_at_once_and_its_failures_are_told() -> None:
    channel = Failing([ChannelError("busy")] * TEST_ATTEMPTS)
    out = delivery(channel)
    assert await out.test(NOTICE) == "busy"
    assert (channel.asked, out.error, out.sent_at) == (TEST_ATTEMPTS, "busy", None)
    assert await out.test(NOTICE) == ""
    assert (out.error, out.sent_at) == ("", 7)


async def test_a_defect_of_a_channel_is_shown_and_ends_nothing() -> None:
    channel = Failing([ValueError("a defect")])
    out = delivery(channel)
    async with running(out):
        out.put(notice("a"))
        await until(lambda: not out.waiting)
        assert "ValueError" in out.error
        out.put(notice("b"))
        await until(lambda: not out.waiting)
    assert channel.taken == ["b"]
