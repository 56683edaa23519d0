"""A market's whole book, out of the book stage's own checkpoint; the best prices without one."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from agents.stages.book import BookStage
from api import depths as module
from api.depths import Depths
from schemas.errors import InfrastructureError
from schemas.market import BookSnapshot, Level
from schemas.ops import Checkpoint
from schemas.values import Trust
from streams.book import NO, YES
from tests.api.running import NOW, Running, beats
from tests.sinks.messages import ACCOUNT, MARKET, T0, approved, at, listed, order, placed, top

BOOK = f"/api/v1/markets/{MARKET}/book"
SHARE = 1_000_000


def snapshot(leg: int, bids: tuple[Level, ...], asks: tuple[Level, ...]) -> BookSnapshot:
    return BookSnapshot(
        **at(NOW, "book", leg),
        market_id=MARKET,
        leg=leg,
        tick=100,
        bids=bids,
        asks=asks,
        feed="f",
        trust=Trust.VERIFIED,
    )


def checkpoint(state: bytes) -> Checkpoint:
    raw = msgspec.Raw(state)
    return Checkpoint(stage="book", partition=0, offset=1, applied={}, state=raw, now=T0 + NOW)


@pytest.fixture
def checkpoints() -> list[Checkpoint | Exception | None]:
    """What the log says, one reading after the other; the last one stays."""
    stage = BookStage(ACCOUNT)
    yes = ((49, 100 * SHARE), (48, 30 * SHARE), (40, SHARE // 2))
    stage.apply(snapshot(YES, yes, ((51, 80 * SHARE), (60, SHARE))))
    stage.apply(snapshot(NO, ((49, 80 * SHARE),), ((51, 100 * SHARE),)))
    return [checkpoint(stage.snapshot())]


@pytest.fixture
def asked(running: Running, checkpoints: list[Checkpoint | Exception | None]) -> list[int]:
    """The shards that were read."""
    shards: list[int] = []

    async def load(shard: int) -> Checkpoint | None:
        shards.append(shard)
        said = checkpoints.pop(0) if len(checkpoints) > 1 else checkpoints[0]
        if isinstance(said, Exception):
            raise said
        return said

    running.context.depths = Depths(running.settings, load)
    running.tell(listed(0), top(NOW), *beats(NOW))
    return shards


async def read(client: httpx.AsyncClient) -> Any:
    reply = await client.get(BOOK)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_every_level_is_there_best_first_with_our_own(
    running: Running, client: httpx.AsyncClient, asked: list[int]
) -> None:
    ours = order("mine", price="0.48")
    running.tell(approved(ours), placed(ours))
    answer = await read(client)
    book = answer["data"]
    assert book["depth"] == "full"
    assert [(each["price"], each["size"], each["own_size"]) for each in book["bids"]] == [
        ("0.49", "100", "0"),
        ("0.48", "30", "10"),
        ("0.4", "0.5", "0"),
    ]
    assert [(each["price"], each["size"]) for each in book["asks"]] == [
        ("0.51", "80"),
        ("0.6", "1"),
    ]
    assert answer["as_of"] == T0 + NOW


async def test_however_many_look_the_log_is_read_once(
    client: httpx.AsyncClient, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.gather(*(read(client) for _ in range(5)))
    assert asked == [0]
    monkeypatch.setattr(module, "KEPT_S", 0.0)
    await read(client)
    assert asked == [0, 0]


@pytest.mark.parametrize(
    "said", [None, InfrastructureError("the broker is away"), checkpoint(b'{"books": 5}')]
)
async def test_without_a_checkpoint_the_best_prices_are_all_that_is_said(
    client: httpx.AsyncClient,
    asked: list[int],
    checkpoints: list[Checkpoint | Exception | None],
    said: Checkpoint | Exception | None,
) -> None:
    checkpoints[:] = [said]
    book = (await read(client))["data"]
    assert (book["depth"], len(book["bids"]), len(book["asks"])) == ("best", 1, 1)


async def test_a_log_that_hangs_holds_nobody_up(
    running: Running, client: httpx.AsyncClient, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(shard: int) -> Checkpoint | None:
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(module, "ANSWER_S", 0.05)
    running.context.depths = Depths(running.settings, hang)
    assert (await read(client))["data"]["depth"] == "best"
