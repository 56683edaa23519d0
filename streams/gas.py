"""What a transaction offers for gas, and what it cost (MISSION.md, Wallet; EIP-1559). Pure.

Amounts are wei per unit of gas unless a name says gwei.
"""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from schemas.wallet import CallKind, ChainCall, GasObserved

GWEI = 10**9
WEI_PER_POL = 10**18
BASE_FEE_ROOM = 2
"""Six full blocks raise the base fee by 12.5 % each: it doubles, and the offer still holds."""
BUMP = Fraction(11, 10)
"""Nodes take a replacement from 10 % on, in both fees."""


class GasBand(StrEnum):
    """How urgent a transaction may be at a price."""

    RAPID = "rapid"
    FAST = "fast"
    STANDARD = "standard"
    QUEUE = "queue"


class GasRules(NamedTuple):
    """Limits, gwei.

    Attributes:
        rapid_below: Below it, gas is cheap enough to be in a hurry.
        fast_to: Up to it, inclusive.
        standard_to: Up to it, inclusive; above it transactions wait.
        most: No attempt offers more, however long it waits.
    """

    rapid_below: int = 30
    fast_to: int = 50
    standard_to: int = 100
    most: int = 500


class Fees(NamedTuple):
    """The two fees of an EIP-1559 transaction."""

    max_fee: int
    max_tip: int


GAS_LIMITS: dict[CallKind, int] = {
    CallKind.APPROVE: 100_000,
    CallKind.APPROVE_ALL: 100_000,
    CallKind.WRAP: 300_000,
    CallKind.UNWRAP: 300_000,
    CallKind.SPLIT: 600_000,
    CallKind.MERGE: 600_000,
    CallKind.REDEEM: 600_000,
    CallKind.CONVERT: 2_500_000,
    CallKind.TRANSFER: 120_000,
    CallKind.TRANSFER_POSITION: 200_000,
    CallKind.SEND: 21_000,
    CallKind.VOID: 21_000,
}
"""Units allowed per call. Generous, because what is not used is not paid; fixed, because a limit
that a node estimates would make two sendings of one transaction two transactions."""


def gas_limit(calls: tuple[ChainCall, ...]) -> int:
    """Units allowed for some calls in one transaction."""
    return sum(GAS_LIMITS[call.kind] for call in calls)


def price_of(gas: GasObserved) -> int:
    """What an ordinary transaction pays now."""
    return gas.base_fee + gas.tip_standard


def band_of(gas: GasObserved, rules: GasRules) -> GasBand:
    """The band of the present price."""
    price = price_of(gas)
    if price < rules.rapid_below * GWEI:
        return GasBand.RAPID
    if price <= rules.fast_to * GWEI:
        return GasBand.FAST
    if price <= rules.standard_to * GWEI:
        return GasBand.STANDARD
    return GasBand.QUEUE


def fees_of(gas: GasObserved, rules: GasRules) -> Fees:
    """What a new transaction offers now.

    Cheap gas buys speed: a quarter more than the fast tip below the first limit, the fast tip up
    to the second, the standard one above. The tip comes from the gas station or the node, never
    from us, since nodes refuse one below their minimum.
    """
    tips = {
        GasBand.RAPID: -(-gas.tip_fast * 5 // 4),
        GasBand.FAST: gas.tip_fast,
        GasBand.STANDARD: gas.tip_standard,
        GasBand.QUEUE: gas.tip_standard,
    }
    tip = tips[band_of(gas, rules)]
    return _capped(Fees(BASE_FEE_ROOM * gas.base_fee + tip, tip), rules)


def raised(old: Fees, gas: GasObserved | None, rules: GasRules) -> Fees | None:
    """What a replacement offers: a tenth more, or today's price where that is higher.

    Args:
        old: What the last attempt offered.
        gas: The present price, when known.
        rules: Limits.

    Returns:
        None when a tenth more would exceed the most that is ever offered.
    """
    more = Fees(_tenth_more(old.max_fee), _tenth_more(old.max_tip))
    if more.max_fee > rules.most * GWEI:
        return None
    if gas is None:
        return more
    today = fees_of(gas, rules)
    return Fees(max(more.max_fee, today.max_fee), max(more.max_tip, today.max_tip))


def cost_pol(gas_used: int, gas_price: int) -> Decimal:
    """What a transaction cost, in POL; exact."""
    return Decimal(gas_used * gas_price) / WEI_PER_POL


def cost_usd(gas_used: int, gas_price: int, pol_usd: Decimal | None) -> Decimal | None:
    """What a transaction cost, in dollars; None when POL has no known price."""
    return None if pol_usd is None else cost_pol(gas_used, gas_price) * pol_usd


def in_gwei(wei: int) -> Decimal:
    """A price for people, gwei."""
    return Decimal(wei) / GWEI


def _tenth_more(wei: int) -> int:
    return -(-wei * BUMP.numerator // BUMP.denominator)


def _capped(fees: Fees, rules: GasRules) -> Fees:
    most = rules.most * GWEI
    return Fees(min(fees.max_fee, most), min(fees.max_tip, most))
