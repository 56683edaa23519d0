"""All running episodes of an account: which fill belongs where, and when each closes (D-10)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from schemas.ids import BotId, MarketId
from schemas.pairs import PositionsConverted
from schemas.trading import Fill, Order
from schemas.values import IntentKind
from streams.breaker_state import bot_number
from streams.conversions import Converted
from streams.episodes import (
    ClosedEpisode,
    Episode,
    Grouping,
    convert,
    pay_out,
    settle_block,
    settle_bundle,
    signed,
    trade,
)
from streams.holdings import COST_QUANTUM
from streams.markets import MarketFacts, ShortHorizon
from streams.marks import ZERO

TAIL_BOT = 8


class Episodes(msgspec.Struct):
    """Running episodes by bot, grouping and what they span."""

    running: dict[str, Episode] = {}


def on_placed(
    episodes: Episodes,
    order: Order,
    kind: IntentKind,
    market: MarketFacts,
    profile: ShortHorizon | None,
) -> None:
    """A bundle's leg rests, or was refused: the bundle knows its legs from then on."""
    if _in_block(market, profile) or not _in_bundle(episodes, order.bot_id, order.bundle_id, kind):
        return
    episode = _bundle(episodes, order.bot_id, order.bundle_id, market.min_size)
    episode.nets.setdefault(order.market_id, ZERO)
    if order.order_id not in episode.orders:
        episode.orders.append(order.order_id)


def on_ended(episodes: Episodes, order: Order) -> tuple[ClosedEpisode, ...]:
    """A bundle's leg rests no more; its bundle closes when the legs are even."""
    key = _key(order.bot_id, Grouping.BUNDLE, order.bundle_id)
    episode = episodes.running.get(key)
    if not order.bundle_id or episode is None:
        return ()
    if order.order_id in episode.orders:
        episode.orders.remove(order.order_id)
    return _settle(episodes, key, order.market_id)


def on_fill(
    episodes: Episodes,
    fill: Fill,
    market: MarketFacts,
    profile: ShortHorizon | None,
    now: int,
) -> tuple[ClosedEpisode, ...]:
    """Book a fill where it belongs.

    Args:
        episodes: Changed in place.
        fill: The execution; its order's own bundle, if any, is named in it.
        market: The fill's market.
        profile: The profile, which makes blocks of its markets.
        now: Time of the fold, ms.

    Returns:
        The episodes it closed, in order.
    """
    closed: list[ClosedEpisode] = []
    for key, size in _route(episodes, fill, market, profile):
        episode = episodes.running[key]
        closed += trade(episode, fill, size, now)
        if fill.status.is_terminal and fill.order_id in episode.orders:
            episode.orders.remove(fill.order_id)
        if episode.grouping is Grouping.BUNDLE:
            closed += _settle(episodes, key, fill.market_id)
        elif _is_idle(episode):
            del episodes.running[key]
    return tuple(closed)


def on_late_fill(
    episodes: Episodes,
    fill: Fill,
    market: MarketFacts,
    profile: ShortHorizon | None,
    yes_payout: Decimal,
) -> None:
    """A fill reported after its market resolved: a block that still runs takes its result.

    Episodes that closed with the resolution stay as they were counted.
    """
    if profile is None or not profile.serves(market):
        return
    episode = episodes.running.get(_block_key(fill, market, profile))
    if episode is not None:
        part = signed(fill, fill.size)
        gain = (yes_payout - part.price) * part.size
        episode.value += (gain if part.bid else -gain) - part.fee


def on_resolved(
    episodes: Episodes, market_id: MarketId, yes_payout: Decimal, now: int
) -> tuple[ClosedEpisode, ...]:
    """A market is final: what it pays goes to the episodes that hold it."""
    closed: list[ClosedEpisode] = []
    for key in [key for key, each in episodes.running.items() if market_id in each.nets]:
        episode = episodes.running[key]
        closed += pay_out(episode, market_id, yes_payout)
        if not episode.nets and episode.grouping is not Grouping.BLOCK:
            del episodes.running[key]
    return (*closed, *on_clock(episodes, now))


def has_blocks(episodes: Episodes) -> bool:
    """Whether any episode ends by the clock."""
    return any(each.grouping is Grouping.BLOCK for each in episodes.running.values())


def on_clock(episodes: Episodes, now: int) -> tuple[ClosedEpisode, ...]:
    """Close the blocks that are over."""
    closed: list[ClosedEpisode] = []
    for key, episode in list(episodes.running.items()):
        if episode.grouping is Grouping.BLOCK and (ended := settle_block(episode, now)):
            closed += ended
            del episodes.running[key]
    return tuple(closed)


def on_converted(
    episodes: Episodes,
    done: PositionsConverted,
    booked: Converted,
    dusts: Mapping[MarketId, Decimal],
    now: int,
) -> tuple[ClosedEpisode, ...]:
    """NO tokens became YES tokens of other markets, and dollars.

    The NO tokens leave the episodes that hold them, the oldest first; the YES tokens come into
    their markets' own.

    Args:
        episodes: Changed in place.
        done: The conversion.
        booked: What it did to the ledger.
        dusts: Least inventory that is no dust, by market.
        now: Time of the fold, ms.
    """
    closed: list[ClosedEpisode] = []
    for market_id, dollars in booked.proceeds.items():
        left = done.size
        for key, episode in list(episodes.running.items()):
            size = min(left, max(-episode.nets.get(market_id, ZERO), ZERO))
            if episode.bot_id != done.bot_id or not size:
                continue
            part = dollars if size == left else (dollars * size / left).quantize(COST_QUANTUM)
            closed += convert(episode, market_id, size, part, done.event_id, now)
            left, dollars = left - size, dollars - part
            if episode.grouping is Grouping.BUNDLE:
                closed += _settle(episodes, key, market_id)
            elif _is_idle(episode):
                del episodes.running[key]
    for market_id, cost in booked.carried.items():
        key = _key(done.bot_id, Grouping.MARKET, market_id)
        if key not in episodes.running:
            dust = dusts.get(market_id, ZERO)
            episodes.running[key] = Episode(done.bot_id, Grouping.MARKET, dust)
        closed += convert(episodes.running[key], market_id, done.size, -cost, done.event_id, now)
        if _is_idle(episodes.running[key]):
            del episodes.running[key]
    return tuple(closed)


def on_gas(episodes: Episodes, bot_id: BotId, market_id: MarketId, gas: Decimal) -> None:
    """Gas of what was mined: the open episode that holds the market pays it, if one does."""
    for episode in episodes.running.values():
        if episode.bot_id == bot_id and market_id in episode.nets and episode.opened_at is not None:
            episode.value -= gas
            return


def unmatched(episodes: Episodes, bot_id: BotId) -> Iterator[tuple[MarketId, Decimal]]:
    """The filled legs of a bot's open bundles that nothing matches yet, signed in YES space."""
    for episode in episodes.running.values():
        if episode.bot_id != bot_id or episode.grouping is not Grouping.BUNDLE:
            continue
        even = _even(list(episode.nets.values()))
        yield from ((market, net - even) for market, net in episode.nets.items() if net != even)


def _even(nets: list[Decimal]) -> Decimal:
    """The part of each leg's inventory that the other legs match, signed."""
    if len(nets) < 2:
        return ZERO
    return max(min(nets), ZERO) + min(max(nets), ZERO)


def _route(
    episodes: Episodes, fill: Fill, market: MarketFacts, profile: ShortHorizon | None
) -> Iterator[tuple[str, Decimal]]:
    """Episodes and the shares of the fill that belong to each; missing ones are made."""
    if profile is not None and profile.serves(market):
        yield _block(episodes, fill, market, profile), fill.size
        return
    if _in_bundle(episodes, fill.bot_id, fill.bundle_id, fill.kind):
        _bundle(episodes, fill.bot_id, fill.bundle_id, market.min_size)
        yield _key(fill.bot_id, Grouping.BUNDLE, fill.bundle_id), fill.size
        return
    rest = fill.size
    for key, size in _owed_to_bundles(episodes, fill):
        yield key, size
        rest -= size
    if rest:
        yield _own(episodes, fill, market), rest


def _owed_to_bundles(episodes: Episodes, fill: Fill) -> Iterator[tuple[str, Decimal]]:
    """A REDUCE that names no bundle unwinds the oldest broken ones first."""
    rest, bid = fill.size, signed(fill, fill.size).bid
    for key, episode in list(episodes.running.items()):
        if episode.bot_id != fill.bot_id or episode.grouping is not Grouping.BUNDLE:
            continue
        net = episode.nets.get(fill.market_id, ZERO)
        size = min(rest, max(-net if bid else net, ZERO))
        if size and fill.kind is IntentKind.REDUCE:
            yield key, size
            rest -= size


def _own(episodes: Episodes, fill: Fill, market: MarketFacts) -> str:
    """The episode of the market, or of the event's tails, that takes a fill."""
    tails = _key(fill.bot_id, Grouping.TAILS, market.venue_event_id)
    if bot_number(fill.bot_id) == TAIL_BOT:
        known = episodes.running.get(tails)
        unwinds = known is not None and known.nets.get(fill.market_id, ZERO) != 0
        if fill.kind is IntentKind.DIRECTIONAL or (fill.kind is IntentKind.REDUCE and unwinds):
            if known is None:
                episodes.running[tails] = Episode(fill.bot_id, Grouping.TAILS, market.min_size)
            return tails
    key = _key(fill.bot_id, Grouping.MARKET, fill.market_id)
    if key not in episodes.running:
        episodes.running[key] = Episode(fill.bot_id, Grouping.MARKET, market.min_size)
    return key


def _block(episodes: Episodes, fill: Fill, market: MarketFacts, profile: ShortHorizon) -> str:
    key = _block_key(fill, market, profile)
    episode = episodes.running.get(key)
    if episode is None:
        ends_at = ((market.resolves_at or 0) // profile.block_ms + 1) * profile.block_ms
        episode = Episode(fill.bot_id, Grouping.BLOCK, market.min_size, ends_at=ends_at)
        episodes.running[key] = episode
    if fill.market_id not in episode.nets:
        episode.nets[fill.market_id] = ZERO
        episode.unresolved.append(fill.market_id)
    return key


def _block_key(fill: Fill, market: MarketFacts, profile: ShortHorizon) -> str:
    number = (market.resolves_at or 0) // profile.block_ms
    return _key(fill.bot_id, Grouping.BLOCK, f"{market.series or fill.market_id}/{number}")


def _bundle(episodes: Episodes, bot_id: BotId, bundle_id: str, dust: Decimal) -> Episode:
    key = _key(bot_id, Grouping.BUNDLE, bundle_id)
    if key not in episodes.running:
        episodes.running[key] = Episode(bot_id, Grouping.BUNDLE, dust)
    return episodes.running[key]


def _settle(episodes: Episodes, key: str, market_id: MarketId) -> tuple[ClosedEpisode, ...]:
    """Close a bundle that is done; forget one of which nothing worth counting was filled."""
    episode = episodes.running[key]
    closed = settle_bundle(episode, market_id)
    if closed or (not episode.orders and episode.is_flat):
        del episodes.running[key]
    return closed


def _is_idle(episode: Episode) -> bool:
    """Whether nothing is left to remember of an episode that ends by itself."""
    if episode.grouping is Grouping.BLOCK:
        return False
    return episode.value == 0 and not any(episode.nets.values())


def _in_bundle(episodes: Episodes, bot_id: BotId, bundle_id: str, kind: IntentKind) -> bool:
    """Whether an order is a leg of an ARB bundle, or completes or unwinds one that still runs."""
    if not bundle_id or kind is IntentKind.ARB:
        return bool(bundle_id)
    running = _key(bot_id, Grouping.BUNDLE, bundle_id) in episodes.running
    return kind is IntentKind.REDUCE and running


def _in_block(market: MarketFacts, profile: ShortHorizon | None) -> bool:
    return profile is not None and profile.serves(market)


def _key(bot_id: BotId, grouping: Grouping, span: str) -> str:
    return f"{bot_id}/{grouping}/{span}"
