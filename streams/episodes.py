"""Position episodes: what the loss streak counts (D-10, STRATEGIES.md C.4).

An episode runs from flat to flat in `q = n_Y − n_N`, dust counting as flat. Its value is the net
cash flow with matched pairs at 1.00. Because a pair is worth a dollar whoever made it, an order in
YES space (a bid at p for s) moves q and the value alike however it is worded: what reduces q earns
its price, what opens pays it. So a merge changes neither, and a fill that crosses zero is two.

Where fills belong:
* to their bundle, closed when its legs are filled to the same size and nothing of it rests, or when
  its last excess is flat;
* under a profile with blocks, to all markets of one series whose window ends in the same UTC block;
* tails of bot 8, to their venue event;
* else to their market.
"""

from decimal import Decimal
from enum import StrEnum

import msgspec

from schemas.ids import BotId, MarketId, OrderId, derive_id
from schemas.trading import Fill
from schemas.values import Action, Side
from streams.holdings import COST_QUANTUM
from streams.marks import ONE, ZERO


class Grouping(StrEnum):
    """What an episode spans."""

    MARKET = "market"
    BUNDLE = "bundle"
    BLOCK = "block"
    TAILS = "tails"


class Episode(msgspec.Struct):
    """A running account of one bot over the markets of one grouping.

    Attributes:
        nets: YES-equivalent inventory per market from this episode's fills.
        value: Net cash flow plus pairs at 1.00 since it was last flat, dollars.
        dust: Below this many shares an inventory is flat.
        opened_at: When it left flat, ms; None while it is flat.
        opened_by: The trade that did.
        opened: Shares that opened since then.
        risked: What they cost, dollars.
        orders: Of a bundle: its orders that still rest.
        traded: Of a bundle: shares filled so far.
        ends_at: Of a block: when its last window ends, ms.
        unresolved: Of a block: markets that were traded and are not resolved.
    """

    bot_id: BotId
    grouping: Grouping
    dust: Decimal
    nets: dict[MarketId, Decimal] = {}
    value: Decimal = ZERO
    opened_at: int | None = None
    opened_by: str = ""
    opened: Decimal = ZERO
    risked: Decimal = ZERO
    orders: list[OrderId] = []
    traded: Decimal = ZERO
    ends_at: int = 0
    unresolved: list[MarketId] = []

    @property
    def is_flat(self) -> bool:
        """Whether no market holds more than dust; for a bundle, whether its legs are even."""
        if self.grouping is Grouping.BUNDLE:
            low, high = _payoffs(self.nets)
            return high - low < self.dust
        return all(abs(net) < self.dust for net in self.nets.values())


class ClosedEpisode(msgspec.Struct, frozen=True):
    """An episode ended.

    Attributes:
        reason: "sold", "merged", "converted", "resolved" or "bundle".
        shares: That opened it.
        risked: What they cost, dollars.
        payout: Dollars per share held to the resolution of its one market; None otherwise.
    """

    episode_id: str
    bot_id: BotId
    market_id: MarketId
    pnl: Decimal
    opened_at: int
    reason: str
    shares: Decimal = ZERO
    risked: Decimal = ZERO
    payout: Decimal | None = None


class Signed(msgspec.Struct, frozen=True):
    """A fill in YES space.

    Attributes:
        bid: It adds to q.
        price: In YES space, dollars.
        fee: Dollars.
    """

    bid: bool
    price: Decimal
    size: Decimal
    fee: Decimal


def signed(fill: Fill, size: Decimal) -> Signed:
    """A fill, or `size` shares of it, in YES space."""
    bid = (fill.action is Action.BUY) is (fill.side is Side.YES)
    price = fill.price if fill.side is Side.YES else ONE - fill.price
    fee = fill.fee if size == fill.size else (fill.fee * size / fill.size).quantize(COST_QUANTUM)
    return Signed(bid, price, size, fee)


def trade(episode: Episode, fill: Fill, size: Decimal, now: int) -> tuple[ClosedEpisode, ...]:
    """Book a fill, or a part of it, into its episode.

    Args:
        episode: Changed in place.
        fill: The execution.
        size: Shares of it that belong here.
        now: Time of the fold, ms.

    Returns:
        The episode it closed, if it did; a fill that crosses zero opens the next one.
    """
    part = signed(fill, size)
    net = episode.nets.get(fill.market_id, ZERO)
    closing = min(size, max(-net if part.bid else net, ZERO))
    episode.value -= part.fee
    episode.traded += size
    closed: tuple[ClosedEpisode, ...] = ()
    if closing:
        episode.nets[fill.market_id] = net + closing if part.bid else net - closing
        episode.value += closing * (ONE - part.price if part.bid else part.price)
        if _ends_flat(episode):
            closed = (close(episode, fill.market_id, _reason(fill)),)
    opening = size - closing
    if opening:
        net = episode.nets.get(fill.market_id, ZERO)
        episode.nets[fill.market_id] = net + opening if part.bid else net - opening
        cost = opening * (part.price if part.bid else ONE - part.price)
        episode.value -= cost
        episode.opened += opening
        episode.risked += cost
    if episode.opened_at is None and _is_open(episode):
        episode.opened_at, episode.opened_by = now, fill.trade_id
    return closed


def convert(
    episode: Episode, market_id: MarketId, size: Decimal, dollars: Decimal, by: str, now: int
) -> tuple[ClosedEpisode, ...]:
    """Book the part of a conversion that concerns one market: its YES inventory rises.

    NO tokens that go close at what the ledger says they went for, YES tokens that come open at what
    they take over, and those that meet NO tokens here become pairs at 1.00.

    Args:
        episode: Changed in place.
        market_id: The market.
        size: NO tokens that go, or YES tokens that come.
        dollars: For the NO tokens, positive; the cost of the YES tokens, negative.
        by: The conversion's event id.
        now: Time of the fold, ms.

    Returns:
        The episode it closed, if it did.
    """
    net = episode.nets.get(market_id, ZERO)
    closing = min(size, max(-net, ZERO))
    opening = size - closing
    episode.nets[market_id] = net + size
    episode.value += dollars + closing if dollars <= 0 else dollars - opening
    episode.opened += opening
    episode.risked += max(-dollars, ZERO) if opening else ZERO
    if episode.opened_at is None and _is_open(episode):
        episode.opened_at, episode.opened_by = now, by
    return (close(episode, market_id, "converted"),) if _ends_flat(episode) else ()


def pay_out(
    episode: Episode, market_id: MarketId, yes_payout: Decimal
) -> tuple[ClosedEpisode, ...]:
    """A market of the episode resolved: its excess is paid; closes what is flat then.

    Args:
        episode: Changed in place.
        market_id: The market; it leaves the episode.
        yes_payout: 0, 0.5 or 1 dollars for a YES token.
    """
    net = episode.nets.pop(market_id, ZERO)
    payout = yes_payout if net > 0 else ONE - yes_payout
    episode.value += abs(net) * payout
    if market_id in episode.unresolved:
        episode.unresolved.remove(market_id)
    if episode.grouping is Grouping.BLOCK or episode.opened_at is None:
        return ()
    done = not episode.nets if episode.grouping is Grouping.BUNDLE else episode.is_flat
    if not done:
        return ()
    is_bet = episode.grouping is Grouping.MARKET and abs(net) >= episode.dust
    return (close(episode, market_id, "resolved", payout if is_bet else None),)


def settle_bundle(episode: Episode, market_id: MarketId) -> tuple[ClosedEpisode, ...]:
    """Close a bundle whose legs are even and of which nothing rests.

    Its P&L is the cash flow plus what an even set pays in every state, the locked floor.
    """
    if episode.orders or not episode.is_flat or not _is_open(episode):
        return ()
    episode.value += _payoffs(episode.nets)[0]
    return (close(episode, market_id, "bundle"),)


def settle_block(episode: Episode, now: int) -> tuple[ClosedEpisode, ...]:
    """Close a block that is over and of which every traded market has resolved."""
    if now < episode.ends_at or episode.unresolved or episode.opened_at is None:
        return ()
    return (close(episode, MarketId(""), "resolved"),)


def close(
    episode: Episode, market_id: MarketId, reason: str, payout: Decimal | None = None
) -> ClosedEpisode:
    """End the episode with its value; it is flat at zero from here."""
    opened_at = 0 if episode.opened_at is None else episode.opened_at
    episode_id = derive_id("episode", episode.bot_id, episode.grouping, episode.opened_by)
    ended = ClosedEpisode(
        episode_id,
        episode.bot_id,
        market_id,
        episode.value,
        opened_at,
        reason,
        episode.opened,
        episode.risked,
        payout,
    )
    episode.value = episode.opened = episode.risked = ZERO
    episode.traded = ZERO
    episode.opened_at = None
    return ended


def _ends_flat(episode: Episode) -> bool:
    ends_itself = episode.grouping in (Grouping.MARKET, Grouping.TAILS)
    return ends_itself and episode.opened_at is not None and episode.is_flat


def _is_open(episode: Episode) -> bool:
    if episode.grouping is Grouping.BLOCK:
        return True
    if episode.grouping is Grouping.BUNDLE:
        return episode.traded >= episode.dust
    return not episode.is_flat


def _payoffs(nets: dict[MarketId, Decimal]) -> tuple[Decimal, Decimal]:
    """Least and greatest payoff of the inventories over the states of their markets.

    With one market the states are YES and NO; with several, exactly one YES wins.
    """
    if len(nets) < 2:
        net = next(iter(nets.values()), ZERO)
        return ZERO, abs(net)
    losers = sum((-net for net in nets.values() if net < 0), ZERO)
    payoffs = [losers + net for net in nets.values()]
    return min(payoffs), max(payoffs)


def _reason(fill: Fill) -> str:
    return "sold" if fill.action is Action.SELL else "merged"
