"""What the feeds would say of the simulated world, as messages and without HTTP: for tapes."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from connectors.feeds.feed import head
from connectors.polymarket.position_ids import condition_key
from connectors.sandbox.events import Filled
from connectors.sandbox.feed_attention import estimates_of
from connectors.sandbox.game_seat import matches_of
from connectors.sandbox.games import Match
from connectors.sandbox.identity import wallet_address
from connectors.sandbox.journal import Entry, Journal
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.mirror import mirrored
from connectors.sandbox.stories import Story
from connectors.sandbox.trades import grouped
from connectors.sandbox.world import World
from connectors.sandbox.world_market import WorldMarket
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.outside import (
    EstimateKind,
    GamePhase,
    GameState,
    NewsItem,
    Outlet,
    OutsideEstimate,
    WalletResolved,
    WalletTrade,
)
from schemas.values import MICRO, PIPS, Side
from topics.catalog import ESTIMATES, GAME_STATES, NEWS_ITEMS, WALLET_TRADES, TopicSpec

LOOK_MS = 60_000
"""How often the calendar and the estimates are looked at, and a coming match is spoken of."""
SIDES = (Side.YES, Side.NO)


class Said(NamedTuple):
    """A message and where it goes."""

    topic: TopicSpec
    message: Message


class Outside:
    """The outside of a world that somebody else lets advance.

    Args:
        world: The large one; a world without wallets has only news.
        journal: Of the world's accounts; read here.
        start_ms: When the world was started, ms UTC.
    """

    def __init__(self, world: World, journal: Journal, start_ms: int) -> None:
        self._world = world
        self._journal = journal
        self._specs: dict[str, MarketSpec] = {}
        self._matches: list[Match] = []
        self._told: dict[str, object] = {}
        self._next_look_ms = start_ms
        self._stories = 0
        self._news: list[Story] = []
        self._trades: list[Entry] = []
        self._known: set[str] = set()
        self._start_ms = start_ms

    def before(self) -> Iterator[Said]:
        """What wallets did before the start."""
        crowd = self._world.crowd
        for number, past in enumerate(crowd.past(self._start_ms) if crowd is not None else ()):
            wallet = wallet_address(past.wallet).lower()
            self._known.add(wallet)
            yield Said(
                WALLET_TRADES,
                WalletResolved(
                    **head("leaders", self._start_ms, past.resolved_ms, wallet, number),
                    wallet=wallet,
                    market_id=MarketId(past.spec.condition_id),
                    side=SIDES[past.leg],
                    price=Decimal(past.pips) / PIPS,
                    size=Decimal(past.size) / MICRO,
                    payout=Decimal(past.payout) / PIPS,
                ),
            )

    def until(self, now_ms: int) -> Iterator[Said]:
        """What was said since the last call; the world stands there or a little later."""
        if now_ms >= self._next_look_ms:
            self._next_look_ms += LOOK_MS
            listings = self._world.listings()
            self._matches = [each for each in matches_of(listings) if each.discipline.esport]
            self._specs = {each.spec.condition_id: each.spec for each in listings}
            yield from self._estimates(listings, now_ms)
        self._hear()
        while self._news and self._news[0].at_ms <= now_ms:
            yield Said(NEWS_ITEMS, _news_item(self._news.pop(0), now_ms))
        yield from self._games(now_ms)
        yield from self._trades_until(now_ms)

    def _hear(self) -> None:
        """Take over what the world did meanwhile; it may be ahead of what was asked."""
        wire = self._world.wire
        self._news = sorted([*self._news, *wire.since(self._stories)])
        self._stories = wire.count
        self._trades += [entry for entry in self._journal.read() if isinstance(entry.event, Filled)]

    def _games(self, now_ms: int) -> Iterator[Said]:
        for match in self._matches:
            state = _game_state(match, now_ms)
            moment = state.phase, state.clock_ms, (match.start_ms - now_ms) // LOOK_MS
            key = f"match {match.match_id}"
            if state.phase is not GamePhase.SCHEDULED:
                moment = state.phase, state.clock_ms, 0
            if self._told.get(key) != moment:
                self._told[key] = moment
                yield Said(GAME_STATES, state)

    def _trades_until(self, now_ms: int) -> Iterator[Said]:
        """Trades of takers with a past, as the leaderboard's wallets are followed."""
        fills: dict[tuple[int, str], list[Filled]] = {}
        for entry in self._trades:
            if entry.at_ms <= now_ms and isinstance(entry.event, Filled):
                fills.setdefault((entry.at_ms, entry.condition_id), []).append(entry.event)
        self._trades = [entry for entry in self._trades if entry.at_ms > now_ms]
        for (at_ms, condition_id), found in sorted(fills.items(), key=lambda each: each[0]):
            spec = self._specs.get(condition_id)
            for group in grouped(found) if spec is not None else ():
                wallet = wallet_address(group[0].taker.owner).lower()
                if wallet in self._known and spec is not None:
                    yield Said(WALLET_TRADES, _wallet_trade(wallet, spec, group, at_ms, now_ms))

    def _estimates(self, listings: list[WorldMarket], now_ms: int) -> Iterator[Said]:
        for market in listings if now_ms % (60 * LOOK_MS) < LOOK_MS or not self._told else ():
            for row in estimates_of(market, now_ms) if market.state.is_open else ():
                key = f"{row.market_id} {row.origin}"
                if self._told.get(key) == row:
                    continue
                self._told[key] = row
                yield Said(
                    ESTIMATES,
                    OutsideEstimate(
                        **head("estimates", now_ms, row.at_ms, key, row.at_ms),
                        market_id=MarketId(condition_key(row.market_id)),
                        origin=row.origin,
                        kind=EstimateKind(row.kind),
                        probability=row.probability,
                        withdrawn=row.withdrawn,
                        reference=row.reference,
                    ),
                )


def _news_item(story: Story, now_ms: int) -> NewsItem:
    return NewsItem(
        **head(story.outlet.name, now_ms, story.at_ms, story.story_id),
        item_id=story.story_id,
        outlet=story.outlet.name,
        kind=Outlet(story.outlet.kind),
        headline=story.headline,
        body=story.body,
        url=story.url,
    )


def _game_state(match: Match, now_ms: int) -> GameState:
    state, is_cs2 = match.state(now_ms), match.discipline.game == "cs2"
    phase = GamePhase.SCHEDULED if now_ms < match.start_ms else GamePhase.LIVE
    at_ms = now_ms
    if now_ms >= match.finish_ms:
        phase, at_ms = GamePhase.ENDED, match.finish_ms
    elif phase is GamePhase.LIVE:
        at_ms = match.start_ms + state.clock_s * 1000
    return GameState(
        **head("pandascore", now_ms, at_ms, match.match_id, phase, at_ms),
        game=match.discipline.game,
        match_id=f"pandascore/{match.match_id}",
        phase=phase,
        starts_at=match.start_ms,
        map_number=0 if phase is GamePhase.SCHEDULED else 1,
        clock_ms=state.clock_s * 1000,
        kills=(0, 0) if is_cs2 else state.scores,
        rounds=state.scores if is_cs2 else (0, 0),
        towers=state.towers,
        gold=state.gold,
        ratings=match.ratings,
    )


def _wallet_trade(
    wallet: str, spec: MarketSpec, group: list[Filled], at_ms: int, now_ms: int
) -> WalletTrade:
    first = group[0]
    return WalletTrade(
        **head("wallets", now_ms, at_ms, spec.condition_id, first.trade_no),
        wallet=wallet,
        market_id=MarketId(spec.condition_id),
        side=SIDES[first.taker.leg],
        action=first.taker.action,
        price=Decimal(mirrored(first.taker.leg, first.yes_pips)) / PIPS,
        size=Decimal(sum(fill.size for fill in group)) / MICRO,
        is_maker=False,
    )
