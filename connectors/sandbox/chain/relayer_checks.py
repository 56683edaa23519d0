"""Reads what the sandbox' relayer is given and checks who signed it.

With eth-account and eth-abi, on purpose not with the client's own signing code: a relayer that
verified with the code that signs would agree with every mistake in it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from eth_abi.abi import decode as abi_decode
from eth_abi.exceptions import DecodingError
from eth_abi.packed import encode_packed
from eth_account import Account
from eth_account.messages import SignableMessage, encode_defunct, encode_typed_data
from eth_hash.auto import keccak

from connectors.polymarket import contracts
from connectors.polymarket.wallets import wallets_of

MULTISEND = keccak(b"multiSend(bytes)")[:4]
PROXY = keccak(b"proxy((uint8,address,uint256,bytes)[])")[:4]
BAD_SIGNATURE = "invalid signature"
_ETH_SIGN = 4
_INNER_HEAD = 1 + 20 + 32 + 32
_SAFE_TX = [
    {"name": name, "type": kind}
    for name, kind in (
        ("to", "address"), ("value", "uint256"), ("data", "bytes"), ("operation", "uint8"),
        ("safeTxGas", "uint256"), ("baseGas", "uint256"), ("gasPrice", "uint256"),
        ("gasToken", "address"), ("refundReceiver", "address"), ("nonce", "uint256"),
    )
]  # fmt: skip
_BATCH = {
    "Batch": [
        {"name": "wallet", "type": "address"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
        {"name": "calls", "type": "Call[]"},
    ],
    "Call": [
        {"name": "target", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "data", "type": "bytes"},
    ],
}


class RelayRefused(Exception):
    """The relayer does not take it; the words are its answer."""


class SignatureParams(msgspec.Struct, frozen=True, rename="camel"):
    """What a Safe's or a proxy's signature names besides."""

    operation: str = "0"
    safe_txn_gas: str = "0"
    base_gas: str = "0"
    gas_price: str = "0"
    gas_token: str = contracts.ZERO_ADDRESS
    refund_receiver: str = contracts.ZERO_ADDRESS
    gas_limit: str = "0"
    relay: str = contracts.ZERO_ADDRESS
    relay_hub: str = contracts.ZERO_ADDRESS
    relayer_fee: str = "0"


class DepositCall(msgspec.Struct, frozen=True):
    """One call of a deposit wallet."""

    target: str
    value: str
    data: str


class DepositParams(msgspec.Struct, frozen=True, rename="camel"):
    """What a deposit wallet does."""

    deposit_wallet: str
    deadline: str
    calls: tuple[DepositCall, ...]


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """The body of POST /submit."""

    kind: str = msgspec.field(name="type")
    owner: str = msgspec.field(name="from")
    to: str
    nonce: str = "0"
    signature: str = ""
    metadata: str = ""
    proxy_wallet: str = msgspec.field(name="proxyWallet", default="")
    data: str = "0x"
    value: str = "0"
    signature_params: SignatureParams = msgspec.field(
        name="signatureParams", default=SignatureParams()
    )
    deposit: DepositParams | None = msgspec.field(name="depositWalletParams", default=None)


class Work(NamedTuple):
    """What a wallet is to do.

    Attributes:
        wallet: Its address.
        nonce: Whose turn it is.
        calls: Target and data of each call.
        deadline: Seconds UTC; None where there is none.
    """

    wallet: str
    nonce: int
    calls: tuple[tuple[str, bytes], ...]
    deadline: int | None = None


def checked(given: Submission, relay: str, chain_id: int) -> Work:
    """What is to be done, once the owner's signature is known to be for exactly that.

    Args:
        given: As submitted.
        relay: The relayer's own address; a proxy's signature must name it.
        chain_id: Of the chain.

    Raises:
        RelayRefused: Wallet, form or signature are wrong.
    """
    try:
        match given.kind:
            case "SAFE":
                return _safe(given, chain_id)
            case "PROXY":
                return _proxy(given, relay)
            case "WALLET":
                return _deposit(given, chain_id)
    except (ValueError, TypeError, DecodingError) as error:
        raise RelayRefused(f"malformed transaction: {error}") from error
    raise RelayRefused(f"transaction type {given.kind} is not served here")


def _safe(given: Submission, chain_id: int) -> Work:
    wallet, params = wallets_of(given.owner).safe, given.signature_params
    message = {
        "to": given.to, "value": int(given.value), "data": _bytes(given.data),
        "operation": int(params.operation), "safeTxGas": int(params.safe_txn_gas),
        "baseGas": int(params.base_gas), "gasPrice": int(params.gas_price),
        "gasToken": params.gas_token, "refundReceiver": params.refund_receiver,
        "nonce": int(given.nonce),
    }  # fmt: skip
    domain = {"chainId": chain_id, "verifyingContract": given.proxy_wallet}
    typed = encode_typed_data(domain, {"SafeTx": _SAFE_TX}, message)
    raw = _bytes(given.signature)
    raw = raw[:-1] + bytes([raw[-1] - _ETH_SIGN])
    _must_be(given, wallet, given.proxy_wallet, encode_defunct(_digest(typed)), raw)
    calls: Sequence[tuple[str, bytes]] = ((given.to, _bytes(given.data)),)
    if int(params.operation):
        if given.to != contracts.SAFE_MULTISEND:
            raise RelayRefused("delegate call to an unknown contract")
        calls = _of_multisend(_bytes(given.data))
    return Work(wallet, int(given.nonce), tuple(calls))


def _proxy(given: Submission, relay: str) -> Work:
    wallet, params = wallets_of(given.owner).proxy, given.signature_params
    if (params.relay, params.relay_hub, given.to) != (
        relay,
        contracts.RELAY_HUB,
        contracts.PROXY_FACTORY,
    ):
        raise RelayRefused("relay, hub or factory is another")
    data = _bytes(given.data)
    packed = encode_packed(
        ["string", "address", "address", "bytes", *["uint256"] * 4, "address", "address"],
        [
            "rlx:", given.owner, given.to, data, int(params.relayer_fee), int(params.gas_price),
            int(params.gas_limit), int(given.nonce), params.relay_hub, params.relay,
        ],
    )  # fmt: skip
    message = encode_defunct(keccak(packed))
    _must_be(given, wallet, given.proxy_wallet, message, _bytes(given.signature))
    if data[:4] != PROXY:
        raise RelayRefused("no call of the proxy factory")
    ((listed,),) = (abi_decode(["(uint8,address,uint256,bytes)[]"], data[4:]),)
    return Work(wallet, int(given.nonce), tuple((to, inner) for _, to, _, inner in listed))


def _deposit(given: Submission, chain_id: int) -> Work:
    params = given.deposit
    if params is None:
        raise RelayRefused("depositWalletParams are missing")
    message = {
        "wallet": params.deposit_wallet,
        "nonce": int(given.nonce),
        "deadline": int(params.deadline),
        "calls": [
            {"target": call.target, "value": int(call.value), "data": _bytes(call.data)}
            for call in params.calls
        ],
    }
    domain = {
        "name": "DepositWallet",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": params.deposit_wallet,
    }
    typed = encode_typed_data(domain, _BATCH, message)
    wallets = wallets_of(given.owner)
    is_uups = params.deposit_wallet == wallets.deposit_uups
    wallet = wallets.deposit_uups if is_uups else wallets.deposit_beacon
    _must_be(given, wallet, params.deposit_wallet, typed, _bytes(given.signature))
    calls = tuple((call.target, _bytes(call.data)) for call in params.calls)
    return Work(wallet, int(given.nonce), calls, int(params.deadline))


def _must_be(
    given: Submission, wallet: str, named: str, message: SignableMessage, signature: bytes
) -> None:
    if named != wallet:
        raise RelayRefused(f"{named} is not the wallet of {given.owner}")
    try:
        signer = Account.recover_message(message, signature=signature)
    except Exception as error:  # eth-keys has several, none in common
        raise RelayRefused(BAD_SIGNATURE) from error
    if signer != given.owner:
        raise RelayRefused(BAD_SIGNATURE)


def _of_multisend(data: bytes) -> list[tuple[str, bytes]]:
    if data[:4] != MULTISEND:
        raise RelayRefused("no call of multisend")
    (packed,) = abi_decode(["bytes"], data[4:])
    calls, place = [], 0
    while place < len(packed):
        head = packed[place : place + _INNER_HEAD]
        length = int.from_bytes(head[-32:], "big")
        place += _INNER_HEAD
        calls.append(("0x" + head[1:21].hex(), packed[place : place + length]))
        place += length
    return calls


def _digest(message: SignableMessage) -> bytes:
    return bytes(keccak(b"\x19" + message.version + message.header + message.body))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
