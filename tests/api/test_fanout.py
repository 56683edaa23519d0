"""Many changes; clients that are fast, slow and dead: nobody waits for anybody, nothing grows."""

import asyncio

import pytest

from api.fanout import Fanout, Mailbox

KEYS = [f"k{number}" for number in range(50)]


class Feed:
    """Ten thousand changes of fifty keys."""

    def __init__(self) -> None:
        self.fanout = Fanout()
        self.values: dict[str, int] = dict.fromkeys(KEYS, 0)
        self.rendered = 0

    def render(self, key: str) -> bytes:
        self.rendered += 1
        return f"{key}={self.values[key]}".encode()

    async def publish(self, count: int, every: int) -> None:
        for number in range(count):
            key = KEYS[number % len(KEYS)]
            self.values[key] = number
            self.fanout.changed("all", key)
            if number % every == 0:
                await asyncio.sleep(0)


def last_of(news: list[bytes]) -> dict[str, str]:
    pairs = (each.decode().partition("=") for each in news)
    return {key: value for key, _, value in pairs}


async def read(mailbox: Mailbox, seen: dict[str, str], pause_s: float) -> None:
    while True:
        seen |= last_of(await mailbox.take(1.0))
        await asyncio.sleep(pause_s)


async def test_fast_slow_and_dead_clients_end_with_the_newest_of_every_key() -> None:
    feed = Feed()
    fast: dict[str, str] = {}
    slow: dict[str, str] = {}
    follow = feed.fanout.follow
    with (
        follow("all", feed.render) as one,
        follow("all", feed.render) as two,
        follow("all", feed.render) as dead,
    ):
        readers = [
            asyncio.create_task(read(one, fast, 0)),
            asyncio.create_task(read(two, slow, 0.02)),
        ]
        await feed.publish(10_000, every=20)
        wanted = {key: str(value) for key, value in feed.values.items()}
        async with asyncio.timeout(10):
            while fast != wanted or slow != wanted:  # noqa: ASYNC110 - asks the readers
                await asyncio.sleep(0.01)
        for reader in readers:
            reader.cancel()
        assert (len(dead), dead.taken) == (len(KEYS), 0)
        assert feed.fanout.waiting == len(KEYS)
        assert dead.conflated == 10_000 - len(KEYS)
        assert one.taken > two.taken >= len(KEYS)
        assert feed.fanout.clients == 3
        assert feed.rendered <= one.taken + two.taken
    assert feed.fanout.clients == 0


async def test_a_value_is_made_once_for_all_clients() -> None:
    feed = Feed()
    follow = feed.fanout.follow
    with follow("all", feed.render) as one, follow("all", feed.render) as two:
        feed.fanout.changed("all", "k1")
        assert await one.take(1.0) == await two.take(1.0) == [b"k1=0"]
        assert feed.rendered == 1


async def test_nobody_who_follows_costs_nothing() -> None:
    feed = Feed()
    await feed.publish(100, every=10)
    assert (feed.rendered, feed.fanout.clients) == (0, 0)


async def test_no_news_in_time_is_an_empty_list() -> None:
    feed = Feed()
    with feed.fanout.follow("all", feed.render) as mailbox:
        assert await mailbox.take(0.01) == []


async def test_a_subject_is_forgotten_with_its_last_client() -> None:
    feed = Feed()
    with pytest.raises(ValueError, match="gone"), feed.fanout.follow("all", feed.render):
        raise ValueError("gone")
    assert feed.fanout.clients == 0
