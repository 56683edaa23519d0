"""The passive unwind of an emergency halt, the same for every bot (STRATEGIES.md C.4).

Pairs are merged, then post-only exits work at the best ask, re-priced every 10 s. Post-only is
absolute, so closing cannot be guaranteed; what stays open is the alert's business.
"""

from decimal import Decimal

from agents.bots.base import Merge, Proposal
from agents.bots.exits import Exit, cancel_all, selling_price, work
from agents.bots.view import View
from configs.rules import TradingRules
from schemas.values import Action, IntentKind, Side

REPRICE_MS = 10_000
TTL_S = 125
MERGE_FROM = Decimal("0.10")
"""Pairs worth less than ten times the gas of a merge stay."""


def unwind(view: View, rules: TradingRules) -> list[Proposal]:
    """What the host does for a bot in EMERGENCY_HALT in one market.

    The gate has cancelled everything; an opening order that is still live is asked to go again.

    Args:
        view: The bot's view; its account says EMERGENCY_HALT.
        rules: Least rest, lot.
    """
    opening = [order for order in view.orders if order.order.kind is not IntentKind.REDUCE]
    if opening:
        return cancel_all(opening, view.now, "emergency-halt")
    pairs = view.free_pairs
    if pairs >= MERGE_FROM:
        return [Merge(pairs)]
    net = view.holding.net
    side = Side.YES if net > 0 else Side.NO
    exits = [
        order
        for order in view.orders
        if order.order.side is side and order.order.action is Action.SELL
    ]
    if len(exits) < len(view.orders):
        others = [order for order in view.orders if order not in exits]
        return cancel_all(others, view.now, "emergency-halt")
    wanted = Exit(
        side=side,
        action=Action.SELL,
        price=selling_price(view, side),
        size=abs(net),
        ttl_s=TTL_S,
        bundle_id=view.holding.bundle_id,
        reprice_ticks=1,
        rest_ms=REPRICE_MS,
    )
    return work(wanted, exits, view, rules)
