"""One account over one, two and four shards: what does not depend on the split."""

from collections import defaultdict, deque
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

import pytest

from agents.registry import choose_bots
from agents.stages.base import Stage
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Input, Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId, MarketId
from schemas.market import MarketListed
from schemas.portfolio import PositionState
from schemas.reasons import DenialCode
from schemas.trading import Fill, IntentDenied, PairsMerged
from topics.catalog import DECISIONS, FILLS, GATE_INPUTS, POSITIONS, TopicSpec
from topics.partition import shard_of
from topics.spec import Scope

INPUTS = 1_500
AMPLE = Decimal(1_000_000)
"""Capital with which no limit of a bot or of the account binds in this tape."""
SCARCE = Decimal(300)
"""Capital with which a limit of bot 1 binds that it keeps by itself where it sees all it holds."""
LONG = 2_200
"""Inputs until it does."""


class Seen(NamedTuple):
    """What an account came to: its fills and last positions, and what its gate refused, by id."""

    fills: dict[str, Message]
    positions: dict[str, PositionState]
    denied: dict[str, IntentDenied]


class ShardedLoop:
    """All stages of several shards and one account, joined by a queue."""

    def __init__(self, settings: Settings) -> None:
        self.fills: dict[str, Message] = {}
        self.positions: dict[str, PositionState] = {}
        self.denied: dict[str, IntentDenied] = {}
        self._shards = settings.shards
        self._readers: dict[str, list[tuple[int | None, Stage]]] = defaultdict(list)
        self._home: dict[MarketId, int] = {}
        stages = Stages(settings)
        for shard in range(settings.shards):
            for name in ("relay", "book", "bots", "paper"):
                for make in stages.named(name):
                    self._join(shard, make(shard))
        for name in ("gate", "ledger"):
            for make in stages.named(name):
                self._join(None, make(0))

    def put(self, given: Input) -> None:
        """Feed an input to the shard of its market, or to all of them."""
        message = given.message
        if isinstance(message, MarketListed):
            market = message.market
            self._home[market.market_id] = shard_of(market.venue_event_id, self._shards)
            homes = [self._home[market.market_id]]
        else:
            home = self._home.get(getattr(message, "market_id", MarketId("")))
            homes = list(range(self._shards)) if home is None else [home]
        if given.topic.scope is not Scope.SHARD:
            self.feed(given.topic, given.key, message)
            return
        for shard in homes:
            self.feed(given.topic, str(shard), message)

    def feed(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Deliver a message and everything that follows from it."""
        queue = deque([(topic, key, message)])
        while queue:
            topic, key, message = queue.popleft()
            if topic is FILLS and isinstance(message, Fill | PairsMerged):
                self.fills[message.event_id] = message
            elif topic is POSITIONS and isinstance(message, PositionState):
                self.positions[message.position_id] = message
            elif topic is DECISIONS and isinstance(message, IntentDenied):
                self.denied[message.intent_id] = message
            for shard, stage in self._readers[topic.name]:
                if shard is None or topic.scope is not Scope.SHARD or int(key) == shard:
                    queue.extend((e.topic, e.key, e.message) for e in stage.apply(message))

    def _join(self, shard: int | None, stage: Stage) -> None:
        self._readers[stage.reads.name].append((shard, stage))


def play(shards: int, capital: Decimal = AMPLE, inputs: int = INPUTS) -> Seen:
    settings = Settings(_env_file=None, shards=shards, capital=capital)
    account = AccountId(settings.account)
    loop = ShardedLoop(settings)
    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    for number, given in enumerate(islice(Tape("world", 7, 3.0, account), inputs)):
        if number == 0:
            for first in first_messages(settings, bots, given.message.ingest_time):
                loop.feed(GATE_INPUTS, account, first)
        loop.put(given)
    return Seen(loop.fills, loop.positions, loop.denied)


@pytest.fixture(scope="module")
def one_shard() -> Seen:
    return play(1)


@pytest.mark.parametrize("shards", [2, 4])
def test_where_no_limit_binds_fills_and_positions_are_the_same_whatever_the_split(
    one_shard: Seen, shards: int
) -> None:
    split = play(shards)
    assert len(one_shard.fills) > 5
    assert split.fills.keys() == one_shard.fills.keys()
    assert result(split) == result(one_shard)


def test_what_a_bot_cannot_see_on_its_shard_the_gate_refuses() -> None:
    alone, split = play(1, SCARCE, LONG), play(4, SCARCE, LONG)
    assert len(alone.fills) > 5
    assert alone.denied == {}  # the bot sees every leg that it holds, and does not ask
    refused = [denied for denied in split.denied.values() if denied.bot_id == "bot_01"]
    assert {denied.code for denied in refused} == {DenialCode.EXPOSURE_LEG}
    for denied in refused:  # what it holds over all shards, against the one limit of the bot
        assert Decimal(denied.value) > Decimal(denied.limit.removesuffix(" dollars")) > 0


def result(seen: Seen) -> dict[str, tuple[Decimal, Decimal, Decimal, Decimal]]:
    """Shares, average cost, realised P&L and fees of every position."""
    return {
        key: (one.size, one.entry_price, one.realised_pnl, one.fees)
        for key, one in seen.positions.items()
    }
