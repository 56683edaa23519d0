"""What the venue lets us do, as the gate folds it from its reporters (STRATEGIES.md C.1)."""

from collections.abc import Iterable, Mapping

from agents.stages.gate_case import Denial
from agents.stages.gate_state import GateState
from schemas.reasons import DenialCode
from schemas.venue_status import VenueMode, VenueStatus
from streams.rate_budget import TIERS
from streams.rate_limit import MILLI, RateLimits, told

_MODES = tuple(VenueMode)


def hear(state: GateState, limits: RateLimits, status: VenueStatus, now: int) -> None:
    """Take over what a reporter knows of the venue.

    Args:
        state: Changed in place.
        limits: As configured.
        status: All that the reporter knows.
        now: The gate's `now`, ms.
    """
    state.venue[status.reporter] = status
    if status.orders_left is not None:
        left = int(status.orders_left * MILLI)
        state.rates = told(state.rates, rate_limits(limits, state.venue), now, left)


def venue_mode(reports: Iterable[VenueStatus], now: int) -> VenueMode:
    """The strictest mode that is reported and not over."""
    modes = [each.mode for each in reports if each.until is None or now < each.until]
    return max(modes, key=_MODES.index, default=VenueMode.OPEN)


def venue_denial(reports: Mapping[str, VenueStatus], now: int, *, reduces: bool) -> Denial | None:
    """Why the venue does not take an order now; None when it does.

    Args:
        reports: The last of each reporter.
        now: The gate's `now`, ms.
        reduces: The order only reduces: it needs an engine that takes orders and no more.
    """
    mode = venue_mode(reports.values(), now)
    if not mode.takes_orders:
        until = max((each.until or 0 for each in reports.values()), default=0)
        value = f"{mode} until {until} ms" if until > now else str(mode)
        return _closed("The venue must take orders.", "OPEN or POST_ONLY", value)
    return None if reduces else _opening(reports.values())


def may_open(reports: Mapping[str, VenueStatus], now: int) -> bool:
    """Whether an opening order has a chance with the venue."""
    return venue_denial(reports, now, reduces=False) is None


def obstacle(reports: Mapping[str, VenueStatus], now: int) -> str:
    """Why nothing may be opened, a sentence; empty when it may."""
    denial = venue_denial(reports, now, reduces=False)
    return "" if denial is None else f"{denial.rule} Found: {denial.value}."


def rate_limits(limits: RateLimits, reports: Mapping[str, VenueStatus]) -> RateLimits:
    """The smaller of the configured limits and the signer's bucket at the venue (D-21).

    Args:
        limits: As configured, the standard tier; what is kept and shared stays in proportion.
        reports: The last of each reporter; a tier that none names leaves the limits.
    """
    tiers = [TIERS[each.tier.lower()] for each in reports.values() if each.tier.lower() in TIERS]
    if not tiers:
        return limits
    per_s = min(limits.ceiling_per_s, *(tier.orders_per_s for tier in tiers))
    burst = min(limits.ceiling_burst, *(tier.orders_burst for tier in tiers))
    return RateLimits(
        per_s=per_s,
        burst=burst,
        reserve=limits.reserve * burst // limits.burst,
        maker_per_s=max(limits.maker_per_s * per_s // limits.per_s, 1),
        maker_burst=max(limits.maker_burst * burst // limits.burst, 1),
        ceiling_per_s=limits.ceiling_per_s,
        ceiling_burst=limits.ceiling_burst,
    )


def _opening(reports: Iterable[VenueStatus]) -> Denial | None:
    for each in reports:
        if each.geoblocked:
            rule = "Nothing is opened from a place that the venue does not serve."
            return _closed(rule, "a place it serves", each.geoblocked)
        if each.closed_only:
            return _closed("Nothing is opened while the account may only close.", "open", "closed")
        if each.doubts:
            rule = "Nothing is opened while the venue may mean something else than it did."
            return _closed(rule, "no doubt", each.doubts[0])
    return None


def _closed(rule: str, limit: str, value: str) -> Denial:
    return Denial(DenialCode.MARKET_CLOSED, rule, limit, value)
