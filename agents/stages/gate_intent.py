"""Checks 10 to 12: own orders, intent and zone, edge and Kelly size (STRATEGIES.md B.3, B.4)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from agents.stages.gate_case import Case, Denial, show
from agents.stages.gate_claims import claimed
from agents.stages.gate_complements import are_complements
from agents.stages.gate_rules import GateRules
from schemas.ids import MarketId
from schemas.reasons import DenialCode
from schemas.trading import Order
from schemas.values import Action, IntentKind, Side
from streams import zones
from streams.advice import in_force
from streams.exposure import Losses, states
from streams.markets import MarketFacts
from streams.orders import OpenOrder, is_bid

ZERO = Decimal(0)
HALF = Decimal("0.5")

_RULES = {
    DenialCode.OUT_OF_ZONE: "Nothing may be opened at a price without a zone.",
    DenialCode.ARB_NOT_LOCKED: "A bundle must come whole and lock a profit whatever happens.",
    DenialCode.MM_NOT_TWO_SIDED: "A market maker's quote needs its other side.",
    DenialCode.DIRECTIONAL_Z4_Z5: "Directional orders are forbidden in zones 4 and 5.",
    DenialCode.NOT_WHITELISTED: "The bot may not open directional orders in this zone.",
    DenialCode.Z3_EDGE: "A directional order in zone 3 needs this net edge.",
}


def no_self_cross(case: Case) -> Denial | None:
    """Check 10: it cannot match any own open order, of any bot, on either token."""
    blockers = crossing(case)
    if not blockers:
        return None
    rule = "An order must not be matchable with our own orders, in YES prices."
    price, other = case.yes_price, blockers[0].yes_price
    side = "below" if case.bids else "above"
    return Denial(DenialCode.SELF_CROSS, rule, f"{side} {show(other)}", show(price))


def crossing(case: Case) -> list[OpenOrder]:
    """Own open orders that the order could match with."""
    price, found = case.yes_price, case.own_orders
    if case.bids:
        return [entry for entry in found if not entry.is_bid and price >= entry.yes_price]
    return [entry for entry in found if entry.is_bid and price <= entry.yes_price]


def zone_and_intent(case: Case) -> Denial | None:
    """Check 11: the declared intent is verified, and the zone allows it (B.4)."""
    if case.reduces:
        return None
    code = zones.denial(
        case.kind,
        case.zone,
        opens=True,
        verified=_verified(case),
        whitelist=case.rights.zones,
        edge=case.order.edge,
        allow_arb_out_of_zone=case.rules.allow_arb_out_of_zone,
    )
    if code is None:
        return None
    rule = _RULES[code]
    if case.order.kind is IntentKind.REDUCE:
        rule = f"Declared REDUCE, but filling it could raise the worst-case loss. {rule}"
    price = zones.effective_price(case.order.action, case.order.price)
    value = f"{case.order.kind} at {show(price)} in {case.zone or 'no zone'}"
    return Denial(code, rule, _allowed(case, code), value)


def _allowed(case: Case, code: DenialCode) -> str:
    if code is DenialCode.Z3_EDGE:
        return f"{show(zones.Z3_MIN_EDGE)}, declared {case.order.edge}"
    if code is DenialCode.NOT_WHITELISTED:
        return ", ".join(case.rights.zones) or "no zone"
    return ", ".join(case.rights.intents) or "no opening order"


def _verified(case: Case) -> bool:
    declared = case.order.kind
    if declared not in case.rights.intents:
        return False
    if declared is IntentKind.ARB:
        return case.batch.locked
    return declared is IntentKind.MM and _two_sided(case)


def _two_sided(case: Case) -> bool:
    """Whether the other side of the market is quoted, comes along, or went just now (B.3)."""
    order, bid = case.order, case.bids
    for other in case.batch.orders:
        if other.market_id == order.market_id and is_bid(other) is not bid:
            return True
    for entry in case.own_orders:
        if entry.is_bid is not bid and entry.order.bot_id == order.bot_id:
            return True
    gone = case.state.sides_gone.get(side_key(order, bid=not bid))
    return gone is not None and case.now - gone < case.rules.mm_grace_ms


def side_key(order: Order, *, bid: bool) -> str:
    """Key of one quote side of a bot in a market."""
    return f"{order.bot_id}/{order.market_id}/{'bid' if bid else 'ask'}"


def kelly(case: Case) -> Denial | None:
    """Check 12: a directional order has edge, and costs at most `λ_max · f* · E_ref`."""
    if case.reduces or case.kind is not IntentKind.DIRECTIONAL:
        return None
    denial = _multiplier(case)
    if denial is not None:
        return denial
    if case.batch.claim is not None and case.rights.claims:
        return claimed(case, case.batch.claim)
    order, most = case.order, case.rights.lambda_max
    price = zones.effective_price(order.action, order.price)
    fair = order.fair_value
    if fair is None or fair - price <= 0:
        rule = "A directional order must declare a win probability above its price."
        return Denial(
            DenialCode.NO_EDGE, rule, f"above {show(price)}", "none" if fair is None else show(fair)
        )
    if case.cost * (1 - price) > most * (fair - price) * case.equity:
        limit = most * (fair - price) / (1 - price) * case.equity
        rule = "The cost must be at most the greatest Kelly stake for the declared probability."
        return Denial(DenialCode.KELLY_EXCEEDED, rule, show(limit), show(case.cost))
    return None


def _multiplier(case: Case) -> Denial | None:
    """The declared λ is within the bot's, and bot 9 did not advise against every new bet (D.9)."""
    most, declared = min(case.rights.lambda_max, HALF), case.stamp.sizing_lambda
    if not ZERO < declared <= most:
        rule = "The Kelly multiplier must be above 0 and at most the bot's."
        return Denial(DenialCode.KELLY_EXCEEDED, rule, show(most), show(declared))
    advised = case.state.advice.get(case.bot_id)
    if advised is not None and in_force(advised, most, case.now) == ZERO:
        rule = "The sizing advice for this bot is 0: no new directional orders."
        return Denial(DenialCode.KELLY_EXCEEDED, rule, "0", show(declared))
    return None


def is_locked(
    orders: Sequence[Order], markets: Mapping[MarketId, MarketFacts], rules: GateRules
) -> bool:
    """Whether a bundle, all filled at its limits, gains its threshold in every state (B.3).

    Args:
        orders: The legs; at least two, of one size, all ARB.
        markets: Metadata; legs in several markets must be of one neg-risk event, or a listed pair.
        rules: The thresholds per set, the listed pairs.
    """
    sizes = {order.size for order in orders}
    facts = [markets.get(order.market_id) for order in orders]
    known = [each for each in facts if each is not None]
    if len(orders) < 2 or len(sizes) != 1 or len(known) != len(orders):
        return False
    if any(order.kind is not IntentKind.ARB for order in orders):
        return False
    losses: dict[MarketId, Losses] = {}
    for order in orders:
        before = losses.get(order.market_id, Losses(ZERO, ZERO))
        losses[order.market_id] = before.plus(_net(order))
    exclusive = known[0].neg_risk and len({each.venue_event_id for each in known}) == 1
    paired = are_complements(orders, rules.complements)
    if len(losses) > 1 and not exclusive and not paired:
        return False
    if paired:
        worst = sum((order.price * order.size for order in orders), ZERO) - orders[0].size
    elif len(losses) == 1:
        worst = max(*next(iter(losses.values())))
    else:
        complete = len(losses) == known[0].event_markets
        worst = max(states(list(losses.values()), exclusive=True, complete=complete))
    needed = max(rules.arb_threshold, rules.arb_per_leg * len(orders))
    return -worst >= needed * orders[0].size


def _net(order: Order) -> Losses:
    """What a filled leg loses in each state, proceeds of a SELL included."""
    win, lose = order.price - 1, order.price
    if order.action is Action.SELL:
        win, lose = -win, -lose
    win, lose = win * order.size, lose * order.size
    return Losses(win, lose) if order.side is Side.YES else Losses(lose, win)
