"""A wallet's calls as calls of the venue's contracts. Pure: equal calls are equal bytes."""

from connectors.polymarket import calldata, contracts
from connectors.polymarket.abi import arguments, blob
from connectors.polymarket.calldata import Call
from connectors.polymarket.eip712 import address_word, word
from connectors.polymarket.keccak import keccak
from schemas.errors import ConfigurationError
from schemas.wallet import CallKind, ChainCall

ROUTED = "v2"
"""Markets of Protocol V2 go through the router."""


def encode_call(call: ChainCall, wallet: str) -> Call:
    """Encode one call.

    Args:
        call: What to do.
        wallet: Who does it.

    Raises:
        ConfigurationError: The call lacks something or belongs to no contract.
    """
    match call.kind:
        case CallKind.APPROVE:
            return calldata.approve(call.token, call.to, call.amount)
        case CallKind.APPROVE_ALL:
            return calldata.set_approval_for_all(call.token, call.to, approved=True)
        case CallKind.WRAP:
            return calldata.wrap(contracts.COLLATERAL_ONRAMP, call.token, wallet, call.amount)
        case CallKind.UNWRAP:
            return calldata.unwrap(contracts.COLLATERAL_OFFRAMP, call.token, wallet, call.amount)
        case CallKind.SPLIT:
            return _split(call)
        case CallKind.MERGE:
            return _merge(call)
        case CallKind.REDEEM:
            return _redeem(call)
        case CallKind.CONVERT:
            adapter = contracts.NEG_RISK_COLLATERAL_ADAPTER
            number = _number(call)
            return calldata.convert_neg_risk(adapter, call.market_id, number, call.amount)
        case CallKind.TRANSFER:
            return calldata.transfer(call.token, call.to, call.amount)
        case CallKind.TRANSFER_POSITION:
            return _transfer_position(call, wallet)
        case CallKind.SEND:
            return Call(call.to, "0x", call.amount)
        case CallKind.VOID:
            return Call(wallet, "0x")


def _adapter(call: ChainCall) -> str:
    if call.version not in ("", "v1"):
        raise ConfigurationError(
            f"Expected a market of version v1 or v2, received {call.version!r}: which contract "
            "settles it is unknown, so nothing is sent."
        )
    if call.neg_risk:
        return contracts.NEG_RISK_COLLATERAL_ADAPTER
    return contracts.COLLATERAL_ADAPTER


def _split(call: ChainCall) -> Call:
    if call.version == ROUTED:
        return calldata.split_router(contracts.ROUTER, call.market_id, call.amount)
    adapter = _adapter(call)
    return calldata.split_ctf(adapter, contracts.COLLATERAL, call.market_id, call.amount)


def _merge(call: ChainCall) -> Call:
    if call.version == ROUTED:
        return calldata.merge_router(contracts.ROUTER, call.market_id, call.amount)
    adapter = _adapter(call)
    return calldata.merge_ctf(adapter, contracts.COLLATERAL, call.market_id, call.amount)


def _redeem(call: ChainCall) -> Call:
    if call.version == ROUTED:
        outcome = _number(call)
        return calldata.redeem_router(contracts.ROUTER, call.market_id, outcome, call.amount)
    return calldata.redeem_ctf(_adapter(call), contracts.COLLATERAL, call.market_id)


def _transfer_position(call: ChainCall, wallet: str) -> Call:
    """ERC-1155: `safeTransferFrom(address,address,uint256,uint256,bytes)`."""
    selector = keccak(b"safeTransferFrom(address,address,uint256,uint256,bytes)")[:4]
    parts = (
        address_word(wallet),
        address_word(call.to),
        word(_number(call)),
        word(call.amount),
        blob(b""),
    )
    return Call(call.token, "0x" + (selector + arguments(parts)).hex())


def _number(call: ChainCall) -> int:
    try:
        return int(call.number)
    except ValueError:
        raise ConfigurationError(
            f"Expected a number in a {call.kind.lower()} call, received {call.number!r}."
        ) from None
