"""Checks 6 to 9: the market, the view and the order's form, judged by the stamp (C.1)."""

from decimal import Decimal

from agents.stages.gate_case import Case, Denial, show
from agents.stages.gate_truth import truthful
from agents.stages.gate_venue import venue_denial
from schemas.reasons import DenialCode
from schemas.values import IntentKind, MarketStatus, Money, Price, TimeInForce
from streams.freshness import FreshnessLimits, staleness
from streams.prices import is_on_tick

CLEAR_MARGIN_MS = 60_000
"""Nothing is opened this close to a scheduled clearing of the book."""


def tradable(case: Case) -> Denial | None:
    """Check 6: the venue takes orders in the market, and its time to open is not over."""
    facts, order = case.facts, case.order
    if facts is None:
        return _closed("The gate must know the market.", "a listed market", order.market_id)
    if order.token_id != facts.token(order.side) or order.venue_event_id != facts.venue_event_id:
        return _closed("The token must be the market's.", facts.token(order.side), order.token_id)
    active, known, seen = MarketStatus.ACTIVE, facts.status, case.stamp.status
    if known is not active or seen is not active:
        return _closed("The market must accept orders.", active, seen if known is active else known)
    if case.state.venue:
        denial = venue_denial(case.state.venue, case.now, reduces=case.reduces)
        if denial is not None:
            return denial
    return None if case.reduces else truthful(case) or _opening(case)


def _opening(case: Case) -> Denial | None:
    facts, profile = case.facts, case.rules.account.profile
    if facts is None:
        return None
    if facts.clears_at is not None and case.now >= facts.clears_at - CLEAR_MARGIN_MS:
        rule = "Nothing is opened in the last 60 s before the book is cleared."
        return _closed(rule, f"before {facts.clears_at - CLEAR_MARGIN_MS} ms", f"{case.now} ms")
    if profile is None or not facts.auto_resolved:
        return None
    if profile.is_too_short(facts):
        return _closed(
            "No profile serves so short a market.", f"{profile.min_window_ms} ms", "less"
        )
    if not profile.serves(facts) or facts.resolves_at is None:
        return None
    if case.bot_id not in profile.bots:
        return _closed("Only the profile's bots open here.", ", ".join(profile.bots), case.bot_id)
    if profile.paper_only and case.rules.money.is_real:
        return _closed("The profile is for paper money only.", Money.PAPER, case.rules.money)
    if case.now >= facts.resolves_at - profile.stop_ms:
        rule = "Nothing is opened so close to the window's end."
        return _closed(rule, f"before {facts.resolves_at - profile.stop_ms} ms", f"{case.now} ms")
    return None


def fresh(case: Case) -> Denial | None:
    """Check 7: no blind orders; REDUCE needs a fresh view too (D-24)."""
    profile = case.profile
    limits = case.rules.freshness
    if profile is not None:
        limits = FreshnessLimits(profile.book_max_age_ms, profile.feed_silence_ms)
    found = staleness(case.stamp, case.now, limits)
    if found is None:
        return None
    return Denial(DenialCode.STALE_DATA, found.rule, found.limit, found.value)


def well_formed(case: Case) -> Denial | None:
    """Check 8: post-only, GTC or GTD with enough life, on tick, in range, large enough, on lot."""
    order, tick = case.order, case.stamp.tick
    if not order.post_only or order.time_in_force not in (TimeInForce.GTC, TimeInForce.GTD):
        kind = f"{order.time_in_force}, post-only {order.post_only}"
        rule = "Orders must be post-only, GTC or GTD."
        return Denial(DenialCode.POST_ONLY_REQUIRED, rule, "post-only GTC or GTD", kind)
    if not is_on_tick(order.price, tick):
        rule = "The price must be a multiple of the tick, inside the grid."
        return Denial(DenialCode.BAD_TICK, rule, show(tick), show(order.price))
    if not Price.LOWEST <= order.price <= Price.HIGHEST:
        rule = "An order price must lie between 0.01 and 0.99."
        return Denial(DenialCode.BAD_PRICE, rule, "0.01 to 0.99", show(order.price))
    return _size(case) or _life(case)


def _size(case: Case) -> Denial | None:
    order, least = case.order, case.stamp.min_size
    if order.size < least or order.size <= 0:
        rule = "A new order must have at least the market's minimum of shares."
        return Denial(DenialCode.BAD_SIZE, rule, show(least), show(order.size))
    if order.size % case.rules.lot != 0:
        rule = "A size must be a whole number of lots."
        return Denial(DenialCode.BAD_SIZE, rule, show(case.rules.lot), show(order.size))
    notional = order.size * order.price
    if notional < least and (not case.reduces or order.kind is IntentKind.ARB):
        rule = "An opening order must also be worth the minimum in dollars."
        return Denial(DenialCode.BAD_SIZE, rule, show(least), show(notional))
    return None


def _life(case: Case) -> Denial | None:
    order = case.order
    if order.time_in_force is TimeInForce.GTC:
        return None
    ahead = -1 if order.expires_at is None else order.expires_at - case.now
    if ahead >= case.rules.gtd_ahead_ms:
        return None
    rule = "A GTD order must state a time at least this far ahead."
    limit = f"{case.rules.gtd_ahead_ms} ms"
    return Denial(DenialCode.BAD_EXPIRATION, rule, limit, f"{ahead} ms")


def passive(case: Case) -> Denial | None:
    """Check 9: it would not cross the book the bot saw; the venue's check is the guarantee."""
    stamp = case.stamp
    price: Decimal = case.yes_price
    if case.bids:
        if stamp.ask is not None and price >= stamp.ask:
            rule = "A bid must be below the best ask, in YES prices."
            return Denial(DenialCode.WOULD_CROSS, rule, show(stamp.ask), show(price))
    elif stamp.bid is not None and price <= stamp.bid:
        rule = "An ask must be above the best bid, in YES prices."
        return Denial(DenialCode.WOULD_CROSS, rule, show(stamp.bid), show(price))
    return None


def _closed(rule: str, limit: str, value: str) -> Denial:
    return Denial(DenialCode.MARKET_CLOSED, rule, limit, value)
