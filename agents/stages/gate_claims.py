"""Check 12 for bot 6: portfolio legs and hedges, from what they rest on (C.1, A.8, D.6)."""

from decimal import Decimal

from agents.stages.gate_case import Case, Denial, show
from schemas.claims import Claim, HedgeClaim, OutcomeClaim, PortfolioClaim
from schemas.errors import DomainError
from schemas.ids import MarketId
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Side
from streams.exposure import EMPTY
from streams.portfolio import MIN_CORRELATION, Leg, hedge, portfolio_fractions

ZERO = Decimal(0)
SLACK = Decimal("0.000001")
"""Dollars, or shares, that rounding in floats may cost."""


def claimed(case: Case, claim: Claim) -> Denial | None:
    """Verify what an order rests on instead of an edge of its own.

    Returns:
        Why the claim does not carry the order, or None.
    """
    if case.order.action is not Action.BUY:
        rule = "A portfolio leg or a hedge is bought."
        return Denial(DenialCode.NO_EDGE, rule, Action.BUY, case.order.action)
    match claim:
        case PortfolioClaim():
            return _portfolio(case, claim)
        case HedgeClaim():
            return _hedge(case, claim)


def _portfolio(case: Case, claim: PortfolioClaim) -> Denial | None:
    """The leg costs at most `λ_max · k · f · E_ref` of the solution for the declared vector."""
    order, outcomes = case.order, claim.outcomes
    own = next((each for each in outcomes if each.market_id == order.market_id), None)
    wrong = _mismatch(case, outcomes, own)
    if own is None or wrong:
        rule = "A leg must be declared as it is ordered, in one event of exclusive outcomes."
        return Denial(DenialCode.NO_EDGE, rule, "the order's own outcome", wrong)
    legs = [Leg(each.price, float(each.fair_value), float(each.sigma)) for each in outcomes]
    try:
        fractions = portfolio_fractions(legs, case.rights.zones)
    except DomainError as error:
        return Denial(DenialCode.NO_EDGE, "A declared vector must be solvable.", "", str(error))
    fraction = Decimal(str(fractions[outcomes.index(own)]))
    if fraction <= ZERO:
        rule = "The portfolio of the declared vector gives this outcome nothing."
        return Denial(DenialCode.NO_EDGE, rule, "a share above 0", show(fraction))
    most = case.rights.lambda_max * fraction * case.equity
    if case.cost > most + SLACK:
        rule = "The cost must be at most the leg's part in the declared portfolio."
        return Denial(DenialCode.KELLY_EXCEEDED, rule, show(most), show(case.cost))
    return None


def _mismatch(case: Case, outcomes: tuple[OutcomeClaim, ...], own: OutcomeClaim | None) -> str:
    order, markets = case.order, case.account.state.markets
    if own is None:
        return "the market is not in the vector"
    if order.side is not Side.YES or (own.price, own.fair_value) != (order.price, order.fair_value):
        return f"{order.side} at {show(order.price)}, declared {show(own.price)}"
    if len({each.market_id for each in outcomes}) != len(outcomes):
        return "an outcome is declared twice"
    for each in outcomes:
        facts = markets.get(each.market_id)
        if facts is None or not facts.neg_risk or facts.venue_event_id != order.venue_event_id:
            return f"{each.market_id} is no exclusive outcome of the event"
        if each.sigma < ZERO:
            return f"a standard error of {show(each.sigma)}"
    return ""


def _hedge(case: Case, claim: HedgeClaim) -> Denial | None:
    """The hedge with all that rests is at most what D.6c wants for what the bot holds."""
    order, correlation = case.order, float(claim.correlation)
    primary = _bought(case, claim.primary_market_id, claim.primary_side)
    wanted = hedge(
        primary, claim.primary_side, correlation, float(claim.primary_sd), float(claim.hedge_sd)
    )
    if not wanted.linked or not abs(correlation) <= 1.0:
        rule = "A hedge needs a market that moves along, or against."
        limit = f"|correlation| from {MIN_CORRELATION} to 1"
        return Denial(DenialCode.NO_EDGE, rule, limit, show(claim.correlation))
    if order.side is not wanted.side or order.market_id == claim.primary_market_id:
        rule = "A hedge buys the other token of a market that moves along, else the same one."
        return Denial(DenialCode.NO_EDGE, rule, f"{wanted.side} of another market", order.side)
    total = _bought(case, order.market_id, order.side) + order.size
    if total > wanted.shares + SLACK:
        rule = "A hedge may be at most its ratio of what is held and bid for."
        return Denial(DenialCode.KELLY_EXCEEDED, rule, show(wanted.shares), show(total))
    return None


def _bought(case: Case, market_id: MarketId, side: Side) -> Decimal:
    """Shares of a token that the bot holds unmatched or bids for with opening orders."""
    stake = case.ledger.stakes.get(market_id, EMPTY)
    net = stake.net if side is Side.YES else -stake.net
    resting = (
        entry.remaining
        for entry in case.account.orders.of_bot(case.bot_id)
        if entry is not case.without
        and entry.order.market_id == market_id
        and entry.order.side is side
        and entry.order.action is Action.BUY
        and entry.kind is not IntentKind.REDUCE
    )
    return max(net, ZERO) + sum(resting, ZERO)
