"""Checks 13 to 15: risk per trade, exposure, free balance (STRATEGIES.md C.1, C.3)."""

from collections.abc import Iterator
from decimal import Decimal

from agents.stages.gate_case import Case, Denial, show
from schemas.ids import MarketId
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Side
from streams import episode_book
from streams.exposure import EMPTY, cost_to_open, filled
from streams.orders import is_bid

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
    bid = is_bid(case.order)
    return sum(
        (
            entry.remaining * cost_to_open(entry.order) / entry.order.size
            for entry in case.own_orders()
            if entry.order.bot_id == case.bot_id
            and entry.is_bid is bid
            and entry.kind is not IntentKind.REDUCE
        ),
        ZERO,
    )


def exposure(case: Case) -> Denial | None:
    """Check 14: worst-case losses by outcome, market, event, bot, portfolio; positions; legs."""
    if case.reduces:
        return None
    for denial in _exposures(case):
        if denial is not None:
            return denial
    return None


def _exposures(case: Case) -> Iterator[Denial | None]:
    equity, rights, rules = case.equity, case.rights, case.rules
    portfolio = case.account.state.breakers.portfolio.equity
    in_market = _in_market(case, case.order.market_id)
    if rights.outcome is not None and case.facts is not None and case.facts.neg_risk:
        rule = "The bot may risk at most this much in one outcome."
        yield _over(DenialCode.EXPOSURE_OUTCOME, rule, rights.outcome * equity, in_market)
    profile = case.profile
    share = rights.market if profile is None else min(rights.market, profile.market)
    rule = "The bot may risk at most this much in one market."
    yield _over(DenialCode.EXPOSURE_MARKET, rule, share * equity, in_market)
    if profile is not None:
        rule = "The bot may risk at most this much in windows that end together."
        value = in_market + _same_end(case)
        yield _over(DenialCode.EXPOSURE_MARKET, rule, profile.same_end * equity, value)
    more = _more(case)
    book, event = case.account.exposure, case.order.venue_event_id
    rule = "All bots together may risk at most this much in one event."
    value = book.of_all_bots(event) + more
    yield _over(DenialCode.EXPOSURE_EVENT, rule, rules.event_portfolio * portfolio, value)
    rule = "The bot may risk at most this much in all events."
    value = book.of_bot(case.bot_id) + more
    yield _over(DenialCode.EXPOSURE_BOT, rule, rules.bot_gross * equity, value)
    rule = "All bots together may risk at most this much in all events."
    yield _over(
        DenialCode.EXPOSURE_PORTFOLIO, rule, rules.portfolio_gross * portfolio, book.total() + more
    )
    yield _positions(case)
    if case.kind is IntentKind.ARB:
        rule = "No new bundle while more than this is in filled legs that nothing matches."
        yield _over(DenialCode.EXPOSURE_LEG, rule, rules.unhedged * equity, _unmatched(case))


def _in_market(case: Case, market_id: MarketId) -> Decimal:
    """The bot's worst-case loss in a market with the order and what came before it."""
    stake = case.ledger.stakes.get(market_id, EMPTY)
    losses = case.account.exposure.market_losses(case.bot_id, market_id, case.without)
    for entry in case.earlier:
        if entry.order.market_id == market_id:
            losses = losses.plus_worst(filled(entry.order, entry.remaining, stake))
    if market_id == case.order.market_id:
        losses = losses.plus_worst(filled(case.order, case.order.size, stake))
    return losses.worst


def _same_end(case: Case) -> Decimal:
    """The bot's worst-case losses in other windows that end when this one does."""
    markets, facts = case.account.state.markets, case.facts
    if facts is None:
        return ZERO
    ordered = (entry.order.market_id for entry in case.account.orders.of_bot(case.bot_id))
    others = dict.fromkeys((*case.ledger.stakes, *ordered))
    return sum(
        (
            case.account.exposure.market_losses(case.bot_id, other).worst
            for other in others
            if other != case.order.market_id
            and other in markets
            and markets[other].resolves_at == facts.resolves_at
        ),
        ZERO,
    )


def _more(case: Case) -> Decimal:
    """By how much the order and what came before it raise the bot's exposure in the event."""
    book, order = case.account.exposure, case.order
    if case.facts is not None and case.facts.neg_risk:
        after = case.position.exposure([(order, order.size)])
        return after - book.of_event(case.bot_id, order.venue_event_id)
    markets = dict.fromkeys([*(entry.order.market_id for entry in case.earlier), order.market_id])
    return sum(
        (_in_market(case, m) - book.market_losses(case.bot_id, m).worst for m in markets), ZERO
    )


def _positions(case: Case) -> Denial | None:
    """Markets with more than dust, or with an opening order, count as positions."""
    open_markets = open_positions(case)
    open_markets[case.order.market_id] = None
    if len(open_markets) <= case.rights.positions:
        return None
    rule = "The bot may have at most this many positions, resting openings included."
    limit, value = str(case.rights.positions), str(len(open_markets))
    return Denial(DenialCode.EXPOSURE_COUNT, rule, limit, value)


def open_positions(case: Case) -> dict[MarketId, None]:
    """Markets in which the bot has a position or an opening order, in a fixed order."""
    markets = case.account.state.markets
    found: dict[MarketId, None] = {}
    for market_id, stake in case.ledger.stakes.items():
        facts = markets.get(market_id)
        if facts is None or abs(stake.net) >= facts.min_size:
            found[market_id] = None
    resting = (e for e in case.account.orders.of_bot(case.bot_id) if e is not case.without)
    for entry in (*resting, *case.earlier):
        if entry.kind is not IntentKind.REDUCE:
            found[entry.order.market_id] = None
    return found


def _unmatched(case: Case) -> Decimal:
    """Cost of filled legs that nothing matches: all inventory of a bot that only bundles."""
    stakes = case.ledger.stakes
    if IntentKind.DIRECTIONAL in case.rights.intents:
        excess = list(episode_book.unmatched(case.account.state.episodes, case.bot_id))
    else:
        excess = [(market_id, stake.net) for market_id, stake in stakes.items()]
    total = ZERO
    for market_id, net in excess:
        stake = stakes.get(market_id)
        holding = None if stake is None else stake.side(Side.YES if net > 0 else Side.NO)
        if holding is not None and net:
            total += holding.cost_of(min(abs(net), holding.size))
    return total


def funded(case: Case) -> Denial | None:
    """Check 15: free cash of the bot and of the wallet for a BUY, free tokens for a SELL."""
    order = case.order
    if order.action is Action.SELL:
        free = case.free_tokens(order.side)
        if order.size <= free:
            return None
        rule = "A SELL needs tokens that no other order or merge will take."
        return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(order.size))
    needed = case.cash_needed
    free = min(case.free_cash(), _wallet(case))
    if needed <= free:
        return None
    rule = "A BUY needs cash that no other order has reserved."
    return Denial(DenialCode.INSUFFICIENT_BALANCE, rule, show(free), show(needed))


def _wallet(case: Case) -> Decimal:
    """Free dollars of the account."""
    orders, known = case.account.orders, case.account.state.ledger
    reserved = sum((orders.reserved_cash(bot_id) for bot_id in known.bots), ZERO)
    reserved += sum((entry.cash for entry in case.earlier), ZERO)
    if case.without is not None:
        reserved -= case.without.cash
    return known.wallet - reserved


def _over(code: DenialCode, rule: str, limit: Decimal, value: Decimal) -> Denial | None:
    return Denial(code, rule, f"{show(limit)} dollars", show(value)) if value > limit else None
