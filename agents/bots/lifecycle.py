"""The life of an order that every bot keeps to (STRATEGIES.md D.0), as pure functions."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from agents.bots.view import OwnOrder, Phase
from configs.rules import TradingRules
from schemas.values import Action, IntentKind

REPRICE_TICKS = 1
"""Distance from which an entry or a maker's quote is replaced."""
REPRICE_TICKS_EXIT = 2
"""The same for an exit."""
CANCEL_RETRY_MS = 5_000
"""A cancel without an answer is asked for again after this."""


class RemainderRule(StrEnum):
    """What becomes of an order when a replace is due."""

    REPLACE = "replace"
    CANCEL = "cancel"
    STAY = "stay"


def expiration(now: int, ttl_s: int, rules: TradingRules) -> int:
    """The stated GTD time in ms: `⌈now⌉_s + 60 + max(ttl, 125)` (D-27).

    The venue drops an order 60 s before its stated time and refuses one stated less than 3 minutes
    ahead; 5 s are kept for clock error. A ttl of 20 s gives now + 185 s, one of 900 s now + 960 s.
    """
    whole_s = -(-now // 1000)
    return (whole_s + rules.gtd_early_s + max(ttl_s, rules.gtd_life_s)) * 1000


def may_reprice(order: OwnOrder, now: int, rules: TradingRules) -> bool:
    """Whether an order rests, has rested long enough and is not being cancelled."""
    return (
        order.phase is Phase.RESTING
        and order.cancel_asked_at is None
        and order.age_ms(now) >= rules.min_rest_s * 1000
    )


def is_off_target(live: Decimal, target: Decimal, tick: Decimal, reprice_ticks: int) -> bool:
    """Whether a live price is `reprice_ticks` or more away from where it should be."""
    return abs(target - live) >= reprice_ticks * tick


def has_lost_edge(edge: Decimal, min_edge: Decimal) -> bool:
    """Whether the edge at the live price is below half the least: cancel, do not replace."""
    return edge < min_edge / 2


def keeps_queue(
    action: Action, live: Decimal, target: Decimal, edge_at_live: Decimal, min_edge: Decimal
) -> bool:
    """Whether a directional order stays although the target moved away from the market.

    A less aggressive target and full edge at the live price: queue position has value. Asked before
    the re-price rule.
    """
    away = target < live if action is Action.BUY else target > live
    return away and edge_at_live >= min_edge


def is_expired(order: OwnOrder, now: int, ttl_s: int) -> bool:
    """Whether a resting order has reached the bot's own time to live."""
    return order.phase is Phase.RESTING and order.age_ms(now) >= ttl_s * 1000


def may_cancel(order: OwnOrder, now: int) -> bool:
    """Whether a cancel makes sense: the order rests and no cancel of it is under way.

    An order on its way is not cancelled, since the cancel might arrive before it.
    """
    if order.phase is not Phase.RESTING:
        return False
    asked = order.cancel_asked_at
    return asked is None or now - asked >= CANCEL_RETRY_MS


def remainder_rule(order: OwnOrder, min_size: Decimal) -> RemainderRule:
    """What to do with an order whose replace is due.

    The rest of a partly filled order works on under its id also below the minimum size. Such a rest
    cannot be placed anew: an opening one is cancelled, a REDUCE stays.
    """
    if order.remaining >= min_size:
        return RemainderRule.REPLACE
    return RemainderRule.STAY if order.order.kind is IntentKind.REDUCE else RemainderRule.CANCEL


def recent(times: Sequence[int], now: int, window_s: int) -> list[int]:
    """The times within the last `window_s` seconds."""
    return [at for at in times if now - at < window_s * 1000]


def may_retry(crossings: Sequence[int], now: int, rules: TradingRules) -> bool:
    """Whether an order refused with WOULD_CROSS may be tried again: at most 3 times in 2 s.

    Args:
        crossings: When orders were refused so, ms.
        now: The fold's `now`, ms.
        rules: Tries and window.
    """
    window = recent(crossings, now, rules.would_cross_window_s)
    return len(window) <= rules.would_cross_retries
