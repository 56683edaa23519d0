"""Calls of the venue's contracts, ABI-encoded (PROTOCOL.md section 10). Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from connectors.polymarket.abi import arguments, blob, fixed_bytes, tuples, uints
from connectors.polymarket.eip712 import address_bytes, address_word, word
from connectors.polymarket.keccak import keccak
from schemas.errors import InvalidOrderError

MAX_UINT256 = 2**256 - 1
_ROOT = bytes(32)
_BOTH = uints((1, 2))
"""The index sets of YES and NO."""


class Call(NamedTuple):
    """One call of a contract.

    Attributes:
        to: The contract.
        data: 0x and hex.
        value: Wei.
    """

    to: str
    data: str
    value: int = 0


def approve(token: str, spender: str, amount: int) -> Call:
    """Let a contract take an ERC-20 token, base units."""
    return _call(token, "approve(address,uint256)", (address_word(spender), _uint(amount)))


def transfer(token: str, recipient: str, amount: int) -> Call:
    """Send an ERC-20 token, base units."""
    return _call(token, "transfer(address,uint256)", (address_word(recipient), _uint(amount)))


def set_approval_for_all(token: str, operator: str, approved: bool) -> Call:
    """Let a contract move all ERC-1155 tokens, or no longer."""
    return _call(token, "setApprovalForAll(address,bool)", (address_word(operator), word(approved)))


def wrap(onramp: str, asset: str, to: str, amount: int) -> Call:
    """Turn USDC.e into pUSD."""
    return _call(
        onramp,
        "wrap(address,address,uint256)",
        (address_word(asset), address_word(to), _uint(amount)),
    )


def unwrap(offramp: str, asset: str, to: str, amount: int) -> Call:
    """Turn pUSD into USDC.e."""
    return _call(
        offramp,
        "unwrap(address,address,uint256)",
        (address_word(asset), address_word(to), _uint(amount)),
    )


def split_ctf(adapter: str, collateral: str, condition_id: str, amount: int) -> Call:
    """Turn dollars into pairs of YES and NO."""
    return _call(
        adapter,
        "splitPosition(address,bytes32,bytes32,uint256[],uint256)",
        (address_word(collateral), _ROOT, _condition(condition_id), _BOTH, _uint(amount)),
    )


def merge_ctf(adapter: str, collateral: str, condition_id: str, amount: int) -> Call:
    """Turn pairs of YES and NO into dollars."""
    return _call(
        adapter,
        "mergePositions(address,bytes32,bytes32,uint256[],uint256)",
        (address_word(collateral), _ROOT, _condition(condition_id), _BOTH, _uint(amount)),
    )


def redeem_ctf(adapter: str, collateral: str, condition_id: str) -> Call:
    """Turn a resolved market's whole balance into dollars."""
    return _call(
        adapter,
        "redeemPositions(address,bytes32,bytes32,uint256[])",
        (address_word(collateral), _ROOT, _condition(condition_id), _BOTH),
    )


def convert_neg_risk(adapter: str, market_id: str, index_set: int, amount: int) -> Call:
    """Turn NO tokens of a neg-risk event into YES of the others and dollars.

    From the documentation; no official client has the call, so it is unproven.
    """
    return _call(
        adapter,
        "convertPositions(bytes32,uint256,uint256)",
        (_condition(market_id), _uint(index_set), _uint(amount)),
    )


def split_router(router: str, condition_id: str, amount: int) -> Call:
    """Protocol V2's split."""
    return _call(router, "split(bytes31,uint256)", (_short(condition_id), _uint(amount)))


def merge_router(router: str, condition_id: str, amount: int) -> Call:
    """Protocol V2's merge."""
    return _call(router, "merge(bytes31,uint256)", (_short(condition_id), _uint(amount)))


def redeem_router(router: str, condition_id: str, outcome: int, amount: int) -> Call:
    """Protocol V2's redemption of one outcome."""
    if outcome not in (0, 1):
        raise InvalidOrderError(f"Expected an outcome of 0 or 1, received {outcome}.")
    parts = (_short(condition_id), word(outcome), _uint(amount))
    return _call(router, "redeem(bytes31,uint256,uint256)", parts)


def multisend(calls: Sequence[Call]) -> str:
    """Several calls as one of a Safe's multisend contract: 0x and hex."""
    packed = b"".join(
        b"\0"
        + address_bytes(call.to)
        + call.value.to_bytes(32, "big")
        + len(data := bytes.fromhex(call.data[2:])).to_bytes(32, "big")
        + data
        for call in _some(calls)
    )
    return "0x" + (_selector("multiSend(bytes)") + arguments([blob(packed)])).hex()


def proxy_calls(calls: Sequence[Call]) -> str:
    """Several calls as one of the proxy factory: 0x and hex."""
    listed = [
        (word(1), address_word(call.to), word(call.value), blob(bytes.fromhex(call.data[2:])))
        for call in _some(calls)
    ]
    selector = _selector("proxy((uint8,address,uint256,bytes)[])")
    return "0x" + (selector + arguments([tuples(listed)])).hex()


def _call(to: str, signature: str, parts: Sequence[bytes]) -> Call:
    return Call(to, "0x" + (_selector(signature) + arguments(parts)).hex())


def _selector(signature: str) -> bytes:
    return keccak(signature.encode())[:4]


def _some(calls: Sequence[Call]) -> Sequence[Call]:
    if not calls:
        raise InvalidOrderError("Expected at least one call, received none.")
    return calls


def _uint(amount: int) -> bytes:
    if not 0 <= amount <= MAX_UINT256:
        raise InvalidOrderError(f"Expected an amount of 0 to 2^256-1, received {amount}.")
    return word(amount)


def _condition(condition_id: str) -> bytes:
    return _hex(condition_id, {64})


def _short(condition_id: str) -> bytes:
    """Protocol V2's 31 bytes; an outcome byte behind them is dropped."""
    raw = _hex(condition_id, {62, 64})
    if len(raw) == 32 and raw[-1] not in (0, 1):
        raise InvalidOrderError(
            f"Expected 31 bytes, or 32 that end in an outcome of 0 or 1, received {condition_id}."
        )
    return fixed_bytes(raw[:31])


def _hex(value: str, digits: set[int]) -> bytes:
    text = value.lower().removeprefix("0x")
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) * 2 not in digits or len(text) not in digits:
        allowed = " or ".join(map(str, sorted(digits)))
        raise InvalidOrderError(f"Expected {allowed} hex digits, received {value!r}.")
    return raw
