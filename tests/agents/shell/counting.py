"""A stage whose state and outputs show every lost, repeated or reordered message."""

import hashlib
from collections.abc import Sequence

import msgspec

from agents.stages.base import Emit
from schemas.control import Command, Verb
from schemas.envelope import Message, header
from schemas.ids import AccountId, MarketId
from schemas.market import MarketTrade
from schemas.values import Action
from topics.catalog import COMMANDS, DECIDE_INPUTS, MARKET_TRADES, TopicSpec

POISON = 666
"""A trade of this size changes half of the state and then raises."""


class CountingState(msgspec.Struct):
    count: int = 0
    chain: str = ""


class CountingStage:
    """Chains the ids of all messages, and says count and chain after each of them."""

    name = "counting"
    reads: TopicSpec = MARKET_TRADES

    def __init__(self, partition: int = 0) -> None:
        self._partition = partition
        self.state = CountingState()

    def apply(self, message: Message) -> Sequence[Emit]:
        self.state.count += 1
        if isinstance(message, MarketTrade) and message.size == POISON:
            raise ValueError("poison")
        before = self.state.chain + message.event_id
        self.state.chain = hashlib.blake2b(before.encode(), digest_size=16).hexdigest()
        told = Command(
            **header(self.name, message, "told", now=message.ingest_time),
            account_id=AccountId("main"),
            verb=Verb.START,
            bot_id=None,
            reason=self.state.chain,
            by=str(self.state.count),
        )
        return (
            Emit(COMMANDS, "main", told),
            Emit(DECIDE_INPUTS, str(self._partition), message),
        )

    def snapshot(self) -> bytes:
        return msgspec.json.encode(self.state)

    def restore(self, snapshot: bytes) -> None:
        self.state = msgspec.json.decode(snapshot, type=CountingState)


def trade(number: int, size: int = 1) -> MarketTrade:
    """The `number`-th trade of a test's input."""
    return MarketTrade(
        event_id=f"trade-{number}",
        event_time=1_000 + number,
        ingest_time=1_000 + number,
        source="test",
        market_id=MarketId("0xabc"),
        leg=0,
        tick=100,
        ticks=50,
        size=size,
        action=Action.BUY,
    )
