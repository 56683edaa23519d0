"""Checks 13 to 15: risk per trade, exposure, free balance (STRATEGIES.md C.1, C.3)."""

from decimal import Decimal

from agents.stages.gate_case import Case, Denial, show
from agents.stages.gate_complements import matched
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Side
from streams import episode_book
from streams.exposure import cost_to_open, risked_price

ZERO = Decimal(0)


def trade_risk(case: Case) -> Denial | None:
    """Check 13: at most this share of E_ref in one order, one bundle or one quote side."""
    if case.reduces:
        return None
    profile, rights = case.profile, case.rights
    if case.kind is IntentKind.ARB:
        share = rights.bundle if profile is None else min(rights.bundle, profile.bundle)
        value = sum((cost_to_open(order) for order in case.batch.orders), ZERO)
        rule = "A bundle may cost at most this much."
    elif case.kind is IntentKind.MM:
        share = rights.mm_side if profile is None else min(rights.mm_side, profile.mm_side)
        value = case.cost + _same_side(case)
        rule = "A quote side may risk at most this much."
    else:
        share, value = rights.directional, case.cost
        rule = "One order may risk at most this much."
    return _over(DenialCode.TRADE_RISK, rule, share * case.equity, value)


def _same_side(case: Case) -> Decimal:
    """Dollars at risk in the bot's other opening orders on the same quote side."""
    bid, bot_id, total = case.bids, case.bot_id, ZERO
    for entry in case.own_orders:
        order = entry.order
        if entry.is_bid is bid and order.bot_id == bot_id and entry.kind is not IntentKind.REDUCE:
            total += entry.remaining * risked_price(order)
    return total


def exposure(case: Case) -> Denial | None:
    """Check 14: worst-case losses by outcome, market, event, bot, portfolio; positions; legs."""
    if case.reduces:
        return None
    return _market_limits(case) or _wider_limits(case) or _positions(case) or _legs(case)


def _market_limits(case: Case) -> Denial | None:
    """The limits of an outcome, a market, and markets that end together."""
    equity, rights, value, facts = case.equity, case.rights, case.in_market, case.facts
    if rights.outcome is not None and facts is not None and facts.neg_risk:
        limit = rights.outcome * equity
        if value > limit:
            rule = "The bot may risk at most this much in one outcome."
            return _over(DenialCode.EXPOSURE_OUTCOME, rule, limit, value)
    profile = case.profile
    share = rights.market if profile is None else min(rights.market, profile.market)
    if value > share * equity:
        rule = "The bot may risk at most this much in one market."
        return _over(DenialCode.EXPOSURE_MARKET, rule, share * equity, value)
    if profile is None or facts is None:
        return None
    book, order = case.account.exposure, case.order
    value += book.ending_at(case.bot_id, facts.resolves_at, order.market_id)
    rule = "The bot may risk at most this much in windows that end together."
    return _over(DenialCode.EXPOSURE_MARKET, rule, profile.same_end * equity, value)


def _wider_limits(case: Case) -> Denial | None:
    """The limits of the event, the bot and the portfolio."""
    book, rules, event = case.account.exposure, case.rules, case.order.venue_event_id
    portfolio = case.account.state.breakers.portfolio.equity
    more = _more(case)
    value, limit = book.of_all_bots(event) + more, rules.event_portfolio * portfolio
    if value > limit:
        rule = "All bots together may risk at most this much in one event."
        return _over(DenialCode.EXPOSURE_EVENT, rule, limit, value)
    value, limit = book.of_bot(case.bot_id) + more, rules.bot_gross * case.equity
    if value > limit:
        rule = "The bot may risk at most this much in all events."
        return _over(DenialCode.EXPOSURE_BOT, rule, limit, value)
    value, limit = book.total() + more, rules.portfolio_gross * portfolio
    rule = "All bots together may risk at most this much in all events."
    return _over(DenialCode.EXPOSURE_PORTFOLIO, rule, limit, value)


def _more(case: Case) -> Decimal:
    """By how much the order and what came before it raise the bot's exposure in the event."""
    book, order, bot_id = case.account.exposure, case.order, case.bot_id
    if case.facts is not None and case.facts.neg_risk:
        after = case.position.exposure([(order, order.size)])
        return after - book.of_event(bot_id, order.venue_event_id)
    if not case.earlier and case.without is None:
        return case.in_market - case.before.worst
    more = case.in_market - book.market_losses(bot_id, order.market_id).worst
    others = dict.fromkeys(entry.order.market_id for entry in case.earlier)
    for market_id in others:
        if market_id != order.market_id:
            before = book.market_losses(bot_id, market_id).worst
            more += case.losses_before(market_id).worst - before
    return more


def _positions(case: Case) -> Denial | None:
    """Markets with more than dust, or with an opening order, count as positions."""
    known, own = case.account.exposure.open_markets(case.bot_id), case.order.market_id
    if not case.earlier and own in known and len(known) <= case.rights.positions:
        return None
    new = {entry.order.market_id for entry in case.earlier if entry.kind is not IntentKind.REDUCE}
    new.add(own)
    count = len(known) + sum(1 for market_id in new if market_id not in known)
    if count <= case.rights.positions:
        return None
    rule = "The bot may have at most this many positions, resting openings included."
    return Denial(DenialCode.EXPOSURE_COUNT, rule, str(case.rights.positions), str(count))


def _legs(case: Case) -> Denial | None:
    """No new bundle while too much of the old ones is unmatched."""
    if case.kind is not IntentKind.ARB:
        return None
    rule = "No new bundle while more than this is in filled legs that nothing matches."
    limit = case.rules.unhedged * case.equity
    return _over(DenialCode.EXPOSURE_LEG, rule, limit, _unmatched(case))


def _unmatched(case: Case) -> Decimal:
    """Cost of filled legs that nothing matches: all inventory of a bot that only bundles."""
    stakes = case.ledger.stakes
    if IntentKind.DIRECTIONAL in case.rights.intents:
        excess = list(episode_book.unmatched(case.account.state.episodes, case.bot_id))
    else:
        excess = [(market_id, stake.net) for market_id, stake in stakes.items()]
    listed = case.rules.complements
    total = ZERO
    for market_id, net in excess:
        stake = stakes.get(market_id)
        holding = None if stake is None else stake.side(Side.YES if net > 0 else Side.NO)
        if holding is not None and net:
            alone = abs(net) - matched(market_id, net, listed, stakes)
            total += holding.cost_of(min(alone, holding.size))
    return total


def funded(case: Case) -> Denial | None:
    """Check 15: free cash of the bot and of the wallet for a BUY, free tokens for a SELL."""
    order = case.order
    if order.action is Action.SELL:
        free = case.free_tokens(order.side)
        if order.size <= free:
            return None
        rule = "A SELL needs mined tokens that no other order or merge will take."
        return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(order.size))
    needed = case.cash_needed
    free = min(case.free_cash(), case.free_wallet())
    if needed <= free:
        return None
    rule = "A BUY needs cash that no other order has reserved."
    return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(needed))


def _over(code: DenialCode, rule: str, limit: Decimal, value: Decimal) -> Denial | None:
    return Denial(code, rule, f"{show(limit)} dollars", show(value)) if value > limit else None
