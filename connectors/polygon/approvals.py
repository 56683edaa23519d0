"""Contracts that a trading wallet has to approve (PROTOCOL.md section 10): only what it needs."""

from typing import NamedTuple

from connectors.polymarket import contracts
from connectors.polymarket.calldata import MAX_UINT256
from schemas.wallet import CallKind, ChainCall

ENOUGH = 10**15
"""Base units, a thousand million dollars: an allowance below it is given anew."""


class Approval(NamedTuple):
    """One permission.

    Attributes:
        token: What may be moved.
        spender: By whom.
        whole: ERC-1155's permission for everything, not ERC-20's amount.
    """

    token: str
    spender: str
    whole: bool

    def call(self) -> ChainCall:
        """What gives it."""
        if self.whole:
            return ChainCall(kind=CallKind.APPROVE_ALL, token=self.token, to=self.spender)
        return ChainCall(
            kind=CallKind.APPROVE, token=self.token, to=self.spender, amount=MAX_UINT256
        )


_EXCHANGES = (contracts.EXCHANGE_V2, contracts.NEG_RISK_EXCHANGE_V2)
_ADAPTERS = (contracts.COLLATERAL_ADAPTER, contracts.NEG_RISK_COLLATERAL_ADAPTER)

NEEDED: tuple[Approval, ...] = (
    Approval(contracts.USDC_E, contracts.COLLATERAL_ONRAMP, whole=False),
    Approval(contracts.COLLATERAL, contracts.COLLATERAL_OFFRAMP, whole=False),
    *(Approval(contracts.COLLATERAL, spender, whole=False) for spender in _EXCHANGES + _ADAPTERS),
    *(
        Approval(contracts.CONDITIONAL_TOKENS, operator, whole=True)
        for operator in _EXCHANGES + _ADAPTERS
    ),
)
"""For markets of the older position layer."""

NEEDED_V2: tuple[Approval, ...] = (
    Approval(contracts.COLLATERAL, contracts.ROUTER, whole=False),
    Approval(contracts.COLLATERAL, contracts.EXCHANGE_V3, whole=False),
    Approval(contracts.POSITION_MANAGER, contracts.ROUTER, whole=True),
    Approval(contracts.POSITION_MANAGER, contracts.EXCHANGE_V3, whole=True),
)
"""For markets of Protocol V2, besides."""
