"""Bot 5 and the venue's liquidity rewards: an estimate on a line of its own (E.4, D.5, D-2).

Rewards never enter an edge, a price or a size. The tie-breaker of D.5 has nothing to decide: among
quotes within a tick of the model that do not tighten it, the model's own scores highest, because it
is nearest to the mid of a book that contains it (tests/properties/test_reward_properties.py).
"""

from collections.abc import Iterator
from decimal import Decimal

from agents.bots.base import Note
from agents.bots.view import Phase, View
from schemas.values import Action, Side
from streams.book import ASK, BID, YES
from streams.prices import to_shares
from streams.rewards import quotes_score, reward_estimate
from streams.top import net_levels

MINUTE_MS = 60_000
SAMPLES_A_DAY = 1_440
CENTS = 100

Quoted = tuple[Side, Action, Decimal, Decimal]
"""Side, action, price in dollars, shares."""


def sample(view: View) -> Note | None:
    """What the bot's resting quotes would earn of this minute's pool; an estimate, biased upwards.

    The visible book without us counts as one maker.

    Args:
        view: Now.

    Returns:
        The line for the record; None where nothing is paid or nothing of ours rests.
    """
    market, mid = view.market, _mid(view)
    width, least = market.rewards_max_spread, market.rewards_min_size
    resting = [own for own in view.orders if own.phase is Phase.RESTING]
    if width <= 0 or mid is None or not resting:
        return None
    quotes = [(o.order.side, o.order.action, o.order.price, o.remaining) for o in resting]
    ours = quotes_score(quotes, mid, width, least)
    book = quotes_score(_others(view, mid, width), mid, width, least)
    pool = market.rewards_daily / SAMPLES_A_DAY
    return Note(
        decision="sample",
        reason="reward-estimate",
        mid=float(mid),
        features={
            "estimate": float(reward_estimate(pool, ours, book)),
            "pool": float(pool),
            "score": float(ours),
            "book_score": float(book),
        },
    )


def _mid(view: View) -> Decimal | None:
    """The mid of the book with our quotes in it, as the venue sees it."""
    bids = [own.yes_price for own in view.orders if own.is_bid]
    asks = [own.yes_price for own in view.orders if not own.is_bid]
    if view.top.bid is not None:
        bids.append(view.top.bid)
    if view.top.ask is not None:
        asks.append(view.top.ask)
    return (max(bids) + min(asks)) / 2 if bids and asks else None


def _others(view: View, mid: Decimal, width: Decimal) -> Iterator[Quoted]:
    """Other people's levels that are near enough to count."""
    for shown, action in ((BID, Action.BUY), (ASK, Action.SELL)):
        for ticks, size in net_levels(view.book, view.own, YES, shown):
            price = ticks * view.tick
            if abs(price - mid) * CENTS >= width:
                break
            yield Side.YES, action, price, to_shares(size)
