"""What the gate does while venue, Data API and chain disagree about what we have."""

from collections.abc import Iterator

from agents.stages.gate_case import Case, Denial, show
from agents.stages.gate_state import GateState
from schemas.reasons import DenialCode
from schemas.values import IntentKind
from schemas.wallet_truths import EVERY_MARKET, TruthDoubted
from streams.account import Account
from streams.orders import OpenOrder
from streams.truths import scale_of


def truthful(case: Case) -> Denial | None:
    """Of check 6: nothing is opened in a market whose tokens or dollars are in doubt."""
    if not case.state.doubts:
        return None
    scale = scale_of(case.state.doubts, case.order.market_id)
    if scale > 0:
        return None
    reasons = [each.reason for each in case.state.doubts.values() if each.reason]
    rule = "Nothing is opened while venue, Data API and chain disagree about what we have."
    return Denial(
        DenialCode.TRUTH_IN_DOUBT, rule, "no doubt", reasons[0] if reasons else show(scale)
    )


def hear_doubt(state: GateState, account: Account, doubted: TruthDoubted) -> Iterator[OpenOrder]:
    """Take over what is in doubt.

    Returns:
        Resting orders that open something where nothing may be opened any more.
    """
    state.doubts[doubted.wallet] = doubted
    closed = {market for market, scale in doubted.scales.items() if scale == 0}
    for entry in list(account.orders.all()):
        concerned = entry.order.market_id in closed or EVERY_MARKET in closed
        if concerned and entry.kind is not IntentKind.REDUCE:
            yield entry
