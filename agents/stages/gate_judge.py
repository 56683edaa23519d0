"""The checks in their normative order; the first failure wins (STRATEGIES.md C.1)."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from agents.stages.gate_case import Batch, Case, Denial
from agents.stages.gate_halts import (
    bot_active,
    bot_drawdown,
    consecutive_losses,
    daily_loss,
    halted,
    unhalted,
)
from agents.stages.gate_intent import crossing, is_locked, kelly, no_self_cross, zone_and_intent
from agents.stages.gate_limits import exposure, funded, trade_risk
from agents.stages.gate_market import fresh, passive, tradable, well_formed
from agents.stages.gate_rules import GateRules
from agents.stages.gate_state import GateState
from agents.stages.gate_venue import rate_limits
from schemas.claims import Claim
from schemas.reasons import DenialCode
from schemas.trading import Order, Stamp
from schemas.values import IntentKind
from streams.account import Account
from streams.orders import OpenOrder
from streams.rate_limit import take

Check = Callable[[Case], Denial | None]

CHECKS: tuple[Check, ...] = (
    halted,
    daily_loss,
    bot_drawdown,
    consecutive_losses,
    bot_active,
    tradable,
    fresh,
    well_formed,
    passive,
    no_self_cross,
    zone_and_intent,
    kelly,
    trade_risk,
    exposure,
    funded,
)
"""Checks 1 to 15; 0 is idempotency and 16 the rate limit, both of the whole intent."""
AFTER_HALTS = CHECKS[5:]


class Judgement(NamedTuple):
    """What the checks found.

    Attributes:
        accepted: The orders with verified kind and zone; empty when denied.
        denial: Why not.
        failed: Position of the denied order.
        blockers: Opening orders of our own that keep a REDUCE from being placed.
    """

    accepted: tuple[OpenOrder, ...] = ()
    denial: Denial | None = None
    failed: int = 0
    blockers: tuple[OpenOrder, ...] = ()


def judge(
    orders: Sequence[Order],
    stamps: Sequence[Stamp],
    account: Account,
    state: GateState,
    rules: GateRules,
    *,
    is_bundle: bool = False,
    without: OpenOrder | None = None,
    claim: Claim | None = None,
) -> Judgement:
    """Run checks 1 to 15 on every order of an intent, all or none; changes nothing.

    Each order is judged with those before it counted as accepted.

    Args:
        orders: Of the intent.
        stamps: One per order.
        account: As it is now.
        state: The gate's.
        rules: The gate's.
        is_bundle: The intent is a batch; only then can ARB be verified.
        without: An open order left out of every sum.
        claim: What the order rests on instead of an edge of its own.
    """
    locked = is_bundle and is_locked(orders, account.state.markets, rules)
    batch = Batch(tuple(orders), locked, claim)
    accepted: list[OpenOrder] = []
    for index, (order, stamp) in enumerate(zip(orders, stamps, strict=True)):
        case = Case(order, stamp, batch, account, state, rules, accepted, without)
        for check in AFTER_HALTS if unhalted(case) else CHECKS:
            denial = check(case)
            if denial is not None:
                return Judgement(denial=denial, failed=index, blockers=_blockers(case, denial))
        accepted.append(OpenOrder(order, case.kind, case.zone))
    return Judgement(tuple(accepted))


def take_tokens(judgement: Judgement, state: GateState, rules: GateRules, now: int) -> Judgement:
    """Check 16: one token per order, all or nothing; takes them when they are there."""
    entries = judgement.accepted
    if not entries:
        return judgement
    rights = rules.rights.get(entries[0].order.bot_id)
    reduces = all(entry.kind is IntentKind.REDUCE for entry in entries)
    maker = rights is not None and rights.maker
    limits = rate_limits(rules.rates, state.venue)
    bot = entries[0].order.bot_id
    state.rates, passed = take(
        state.rates, limits, now, len(entries), reduces=reduces, maker=maker, bot=bot
    )
    if passed:
        return judgement
    rule = "Orders must stay within the venue's rate and the bot's part; some is kept for REDUCE."
    limit = f"{limits.per_s} a second, burst {limits.burst}"
    denial = Denial(DenialCode.RATE_LIMIT, rule, limit, f"{len(entries)} more")
    return Judgement(denial=denial)


def _blockers(case: Case, denial: Denial) -> tuple[OpenOrder, ...]:
    if denial.code is not DenialCode.SELF_CROSS or not case.reduces:
        return ()
    return tuple(entry for entry in crossing(case) if entry.kind is not IntentKind.REDUCE)
