"""Plays a tape through every stage of ours: TAPE noop|maker|bot5.

The stages, the gate, the paper exchange and the configuration are those of a live run on paper.
Prints one JSON line: processor and wall seconds, orders, fills. The messages are made before.
"""

import json
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from agents.bots.base import Running, RunningBot
from agents.registry import make_bots
from agents.replay.loop import ClosedLoop
from agents.stages.base import Stage
from agents.stages.bots import BotsStage
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Input
from configs.bots import MarketMakerParameters, load_bot
from configs.profiles import load_profiles
from configs.risk import load_risk
from configs.rules import load_rules
from configs.settings import Settings
from schemas.envelope import Header, Message
from schemas.ids import AccountId, BotId, MarketId, TokenId, VenueEventId
from schemas.market import (
    BookDelta,
    BookSnapshot,
    FeedStatus,
    Level,
    LevelChange,
    Market,
    MarketListed,
    MarketTrade,
)
from schemas.ops import ClockTick
from schemas.trading import Fill, OrderPlaced
from schemas.values import Action, DataLabel, Trust
from tests.benchmarks.peers.tape import ASK, BID, GRID, LEVELS, NS, TRADE, Tick
from tests.benchmarks.peers.touch_maker import TouchMaker
from topics.catalog import BOOK_EVENTS, DECIDE_INPUTS, GATE_INPUTS, LIFECYCLE, TopicSpec

MARKET, FEED, PIPS_A_TICK, MICRO_A_LOT = MarketId("peers"), "tape", 10, 10_000
BOT = BotId("bot_05")
CAPITAL = Decimal(10_000_000)
"""The peers' account, so that no limit binds."""


def inputs(ticks: list[Tick], account: str) -> Iterator[Input]:
    """The tape as what the connector would have published, with the clock's seconds."""
    now = ticks[0].at // NS
    yield Input(LIFECYCLE, "0", _listed(now))
    yield from _second(now, account)
    yield from _snapshots(ticks[: 2 * LEVELS], now)
    second = now
    changes: list[LevelChange] = []
    for index, tick in enumerate(ticks[2 * LEVELS :]):
        now = tick.at // NS
        while second + 1_000 <= now:
            second += 1_000
            yield from _second(second, account)
        size = tick.size * MICRO_A_LOT
        if tick.kind == TRADE:
            yield Input(BOOK_EVENTS, "0", _trade(tick, size, index, now))
            continue
        changes.append((0, tick.side, tick.ticks, size))
        changes.append((1, 1 - tick.side, GRID - tick.ticks, size))
        if tick.last:
            delta = BookDelta(
                **_head(f"delta-{index}", now),
                market_id=MARKET,
                tick=PIPS_A_TICK,
                changes=tuple(changes),
                feed=FEED,
                trust=Trust.CONSISTENT,
            )
            changes = []
            yield Input(BOOK_EVENTS, "0", delta)


def _head(event_id: str, now: int) -> Header:
    return Header(event_id=event_id, event_time=now, ingest_time=now, source=FEED, causation_id="")


def _listed(now: int) -> MarketListed:
    market = Market(
        market_id=MARKET,
        venue_event_id=VenueEventId("peers"),
        question="Will it?",
        slug="will-it",
        yes_token_id=TokenId("1"),
        no_token_id=TokenId("2"),
        tick=PIPS_A_TICK,
        min_size=Decimal(5),
        label=DataLabel.SIMULATED,
        volume_24h=Decimal(1_000_000),
        liquidity=Decimal(1_000_000),
    )
    return MarketListed(**_head("listed", now), market=market)


def _second(now: int, account: str) -> Iterator[Input]:
    status = FeedStatus(**_head(f"status-{now}", now), feed=FEED, connected=True, heard_at=now)
    yield Input(BOOK_EVENTS, "0", status)
    clock = ClockTick(**_head(f"tick-{now}", now))
    yield Input(DECIDE_INPUTS, "0", clock)
    yield Input(GATE_INPUTS, account, clock)


def _snapshots(start: list[Tick], now: int) -> Iterator[Input]:
    sides: dict[int, list[Level]] = {
        side: [(t.ticks, t.size * MICRO_A_LOT) for t in start if t.side == side]
        for side in (BID, ASK)
    }
    mirror = {1 - side: [(GRID - at, size) for at, size in sides[side]] for side in sides}
    for leg, book in ((0, sides), (1, mirror)):
        snapshot = BookSnapshot(
            **_head(f"book-{leg}", now),
            market_id=MARKET,
            leg=leg,
            tick=PIPS_A_TICK,
            bids=tuple(book[BID]),
            asks=tuple(book[ASK]),
            feed=FEED,
            trust=Trust.CONSISTENT,
        )
        yield Input(BOOK_EVENTS, "0", snapshot)


def _trade(tick: Tick, size: int, index: int, now: int) -> MarketTrade:
    return MarketTrade(
        **_head(f"trade-{index}", now),
        market_id=MARKET,
        leg=0,
        tick=PIPS_A_TICK,
        ticks=tick.ticks,
        size=size,
        action=Action.SELL if tick.side == BID else Action.BUY,
        transaction=str(index),
    )


def _bots(strategy: str, settings: Settings) -> tuple[RunningBot, ...]:
    if strategy == "noop":
        return ()
    if strategy == "bot5":
        return tuple(make_bots("5", load_rules(settings.config_dir), settings.config_dir))
    return (Running(TouchMaker(load_bot(MarketMakerParameters, "bot_05_market_maker.yaml"))),)


def _stages(strategy: str, settings: Settings) -> list[Stage]:
    rules, risk = load_rules(settings.config_dir), load_risk(settings.config_dir)
    profiles = load_profiles(settings.config_dir, rules, risk.standard_limits())
    bots = _bots(strategy, settings)
    hosted = BotsStage(0, AccountId(settings.account), bots, profiles, rules, settings.money)
    return [
        hosted if stage.name == hosted.name else stage for stage in Stages(settings).closed_loop()
    ]


def main() -> None:
    """Play the tape."""
    ticks = [Tick(*row) for row in json.loads(Path(sys.argv[1]).read_text())]
    settings = Settings(bots="5", capital=CAPITAL)
    counted = {OrderPlaced: 0, Fill: 0}

    def count(topic: TopicSpec, _: str, message: Message) -> None:
        kind = type(message)
        if kind in counted and topic is DECIDE_INPUTS:
            counted[kind] += 1

    loop = ClosedLoop(_stages(sys.argv[2], settings), [count])
    played = list(inputs(ticks, settings.account))
    if sys.argv[2] != "noop":
        for start in first_messages(settings, (BOT,), played[0].message.ingest_time):
            loop.feed(GATE_INPUTS, settings.account, start)
    cpu, wall = time.process_time(), time.perf_counter()
    for topic, key, message in played:
        loop.feed(topic, key, message)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    result = {"events": len(ticks), "cpu": cpu, "wall": wall}
    print(json.dumps({**result, "orders": counted[OrderPlaced], "fills": counted[Fill]}))


if __name__ == "__main__":
    main()
