"""Records as a log would carry them."""

from collections.abc import Sequence

from schemas.ids import MarketId
from schemas.market import MarketTrade
from schemas.values import Action
from sinks.archive.segment import Stored, stored
from topics.codec import encode_frame

START_MS = 1_790_586_000_000
TOPIC = "pets.market.market-trades.v1"


def trade(number: int) -> MarketTrade:
    return MarketTrade(
        event_id=f"t{number}",
        event_time=START_MS + number * 1000,
        ingest_time=START_MS + number * 1000 + 5,
        source="test",
        market_id=MarketId("0x1"),
        leg=0,
        tick=100,
        ticks=1 + number % 99,
        size=1_000_000,
        action=Action.BUY,
    )


def rows(first: int, count: int, messages: int = 2) -> Sequence[Stored]:
    """Frames at consecutive offsets."""
    return [
        stored(
            offset,
            START_MS + offset,
            b"0",
            encode_frame("w#1", offset, [trade(offset * messages + n) for n in range(messages)]),
        )
        for offset in range(first, first + count)
    ]
