"""The first block: the venue's contracts at the venue's addresses, and a few accounts with POL."""

from collections.abc import Mapping, Sequence

from eth.typing import AccountDetails
from eth_typing import Address

from connectors.polygon.addresses import POL_FEED
from connectors.polymarket import contracts
from connectors.sandbox.chain.compiled import code_of, conditional_tokens
from connectors.sandbox.chain.known import OPERATOR, RELAYER

WEI = 10**18
_RICH = 1_000_000 * WEI

PLACES: Mapping[str, str] = {
    contracts.USDC_E: "dollar",
    contracts.COLLATERAL: "collateral",
    contracts.COLLATERAL_ONRAMP: "onramp",
    contracts.COLLATERAL_OFFRAMP: "offramp",
    contracts.COLLATERAL_ADAPTER: "adapter",
    contracts.NEG_RISK_COLLATERAL_ADAPTER: "adapter",
    contracts.EXCHANGE_V2: "exchange",
    POL_FEED: "price_feed",
}


def first_state(
    funded: Sequence[str] = (), wallets: Sequence[str] = ()
) -> dict[Address, AccountDetails]:
    """Accounts and contracts at the beginning.

    Args:
        funded: Addresses that begin with POL for gas.
        wallets: Addresses of proxy, Safe and deposit wallets, which a relayer moves.
    """
    state = {address_of(place): _contract(code_of(name)) for place, name in PLACES.items()}
    state[address_of(contracts.CONDITIONAL_TOKENS)] = _contract(conditional_tokens())
    for wallet in wallets:
        state[address_of(wallet)] = _contract(code_of("smart_wallet"))
    for address in (OPERATOR, RELAYER, *funded):
        state[address_of(address)] = _account(
            _RICH if address in (OPERATOR, RELAYER) else 100 * WEI
        )
    return state


def address_of(text: str) -> Address:
    """Twenty bytes of a written address."""
    return Address(bytes.fromhex(text.removeprefix("0x")))


def _contract(code: bytes) -> AccountDetails:
    return {"balance": 0, "nonce": 1, "code": code, "storage": {}}


def _account(balance: int) -> AccountDetails:
    return {"balance": balance, "nonce": 0, "code": b"", "storage": {}}
