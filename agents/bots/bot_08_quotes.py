"""Bot 8's quotes in illiquid markets: a quarter of the spread around the microprice (D.8b)."""

from decimal import Decimal
from typing import NamedTuple

from agents.bots.base import OrderDraft
from agents.bots.bot_05_inventory import Targets, alone, targets
from agents.bots.view import Account, View
from configs.bots_patient import TailParameters
from schemas.values import Action
from streams.tails import AdaptiveQuote, adaptive_quote
from streams.zones import classify


class QuoteLimits(NamedTuple):
    """What both sides keep to; see `bot_05_inventory.MakerLimits`."""

    market_cap: Decimal
    ttl_s: int


class Wanted(NamedTuple):
    """The quote and the orders that should rest."""

    quote: AdaptiveQuote
    targets: Targets


def wanted_quotes(view: View, account: Account, own: TailParameters) -> Wanted | None:
    """What should rest on both sides; None where the book has no microprice.

    A side whose acquisition price has no zone is not quoted; the other then only as a REDUCE.

    Args:
        view: Now.
        account: The bot's.
        own: Sizes.
    """
    micro, spread = view.top.microprice, view.top.spread
    if micro is None or spread is None:
        return None
    most = own.mm_inventory * account.equity / micro
    quote = adaptive_quote(
        micro, spread, view.holding.net, most, view.tick, view.ask_floor, view.bid_cap
    )
    found = targets(
        view,
        account,
        quote,
        own.mm_side * account.equity,
        QuoteLimits(own.mm_inventory, own.mm_ttl_s),
        own.mm_inventory,
        is_toxic=False,
    )
    bid, ask = _in_zone(found.bid), _in_zone(found.ask)
    if (bid, ask) == (found.bid, found.ask):
        return Wanted(quote, found)
    left = Targets(
        None if bid is None else alone(bid, view),
        None if ask is None else alone(ask, view),
        found.skew,
        "side-outside-zones",
    )
    return Wanted(quote, left)


def _in_zone(draft: OrderDraft | None) -> OrderDraft | None:
    """The draft, unless it would acquire tokens at a price without a zone."""
    if draft is None or draft.action is Action.SELL or classify(draft.price) is not None:
        return draft
    return None
