"""One simulated market, played once: what everybody did, and what the public saw of it.

Every request is published as a batch of its own, as the venue does. The sandbox's own feed joins
what one participant does in one moment, so that a maker who takes an order out and puts another at
the same price shows as one small change: no follower of the public book could see that the queue
has moved.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from api.tape import FEED, WORLD_START_MS
from connectors.polymarket.book_feed import BookFeed, Publication
from connectors.polymarket.metadata import parse_market
from connectors.polymarket.parse import envelope
from connectors.sandbox.accounts import Accounts
from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.flow import Command, Flow
from connectors.sandbox.frames import Frame, encode
from connectors.sandbox.gamma import gamma_market
from connectors.sandbox.journal import Journal
from connectors.sandbox.market import MarketSpec, MarketState
from connectors.sandbox.mirror import LEGS
from connectors.sandbox.publisher import Publisher
from connectors.sandbox.questions import SLOTS
from connectors.sandbox.stories import Wire
from connectors.sandbox.tenure import DAY_MS, SlotSeat
from connectors.sandbox.world_market import Surroundings, WorldMarket
from schemas.envelope import Message
from schemas.market import Market, MarketListed
from schemas.ops import ClockTick
from topics.catalog import MARKET_TRADES

SECOND_MS = 1_000
BY_KEY = {slot.key: slot for slot in SLOTS}
"""The lively markets of the world by name."""


class Played(NamedTuple):
    """A market's session without any order of ours.

    Attributes:
        spec: Its metadata at the venue.
        market: The same as the connector reads them.
        commands: All that its participants told the engine, the opening book first.
        messages: What the connector published, with a tick of the clock every second; a message
            is received `feed_ms` after it happened.
        start_ms: Venue time of the first message.
        end_ms: Venue time of the end.
    """

    spec: MarketSpec
    market: Market
    commands: list[Command]
    messages: list[Message]
    start_ms: int
    end_ms: int

    def engine(self) -> MatchingEngine:
        """The market's engine before anybody came."""
        return MatchingEngine(self.spec.tick, self.spec.min_size, self.spec.fee)


def play_market(seed: int, key: str, minutes: int, feed_ms: int) -> Played:
    """Play a market of the small world alone.

    Args:
        seed: Of the world.
        key: The market's place, one of `BY_KEY`.
        minutes: How long, venue time.
        feed_ms: From the venue to the log.
    """
    flow = Flow()
    world, start_ms = world_market(seed, key, flow)
    end_ms = start_ms + minutes * 60_000
    market = parse_market(gamma_market(world, start_ms))
    world.advance(end_ms)
    played = Played(world.spec, market, flow.commands, [], start_ms, end_ms)
    played.messages.extend(_published(played, feed_ms))
    return played


def world_market(seed: int, key: str, journal: Journal) -> tuple[WorldMarket, int]:
    """A market of the world a day after its listing, far from its end; and the time then.

    Args:
        seed: Of the world.
        key: The market's place.
        journal: Told what its engine does, the opening book first.
    """
    tenure = SlotSeat(BY_KEY[key]).tenancy(seed, WORLD_START_MS)
    start_ms = tenure.start_ms + DAY_MS
    around = Surroundings(seed, 1.0, Accounts(journal), None, Wire())
    return WorldMarket(tenure, start_ms, around), start_ms


def frames(played: Played) -> Iterator[tuple[int, Sequence[Frame]]]:
    """What the venue says on the market channel: time and frames of each request."""
    engine = played.engine()
    publisher = Publisher(played.spec, MarketState(changed_ms=played.start_ms), engine)
    opening = True
    for command in played.commands:
        if opening and command.at_ms > played.start_ms:
            opening = False
            yield played.start_ms, [publisher.book(leg) for leg in LEGS]
        sent = publisher.publish(command.tell(engine), command.at_ms)
        if not opening:
            yield command.at_ms, [each.frame for each in sent]


def _published(played: Played, feed_ms: int) -> Iterator[Message]:
    feed = BookFeed(FEED)
    feed.watch(played.market)
    now = second = played.start_ms + feed_ms
    yield MarketListed(**envelope(b"listed", played.start_ms, now), market=played.market)
    for at_ms, sent in frames(played):
        if at_ms + feed_ms != now:
            yield from _told(feed.on_batch_end(now))
            now = at_ms + feed_ms
            while second + SECOND_MS < now:
                second += SECOND_MS
                yield _tick(second)
        for frame in sent:
            yield from _told(feed.on_frame(encode(frame), now))
    yield from _told(feed.on_batch_end(now))
    while second < played.end_ms + feed_ms:
        second += SECOND_MS
        yield _tick(second)


def _told(publications: Iterable[Publication]) -> Iterator[Message]:
    """What reaches the log of decisions; the trades are published a second time for others."""
    return (each.message for each in publications if each.topic is not MARKET_TRADES)


def _tick(now: int) -> ClockTick:
    return ClockTick(**envelope(f"tick|{now}".encode(), now, now))
