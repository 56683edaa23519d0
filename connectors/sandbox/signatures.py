"""Checks signatures with eth-account, on purpose not with the client's own signing code.

A venue that verified with the code that signs would agree with every mistake in it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from coincurve import PublicKey
from eth_account.messages import SignableMessage, encode_typed_data
from eth_hash.auto import keccak

from connectors.polymarket.contracts import CHAIN_ID, exchange_of
from connectors.polymarket.orders import SignatureType
from connectors.polymarket.wallets import signature_type_of, wallets_of
from connectors.sandbox.identity import checksummed
from connectors.sandbox.intake import PostOrder, WireOrder
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.register import Caller
from connectors.sandbox.signed import Refused
from schemas.values import Action

WRONG_SIGNER = "the order signer address has to be the address of the API KEY"
BAD_SIGNATURE = "invalid signature"
DEPOSIT_WALLET = 3
_ATTEST = "This message attests that I control the given wallet"
_INNER, _WORD = 65, 32
_RECOVERY = {27: 0, 28: 1}
_ZERO32 = "0x" + "0" * 64

_CLOB_AUTH = [
    {"name": "address", "type": "address"},
    {"name": "timestamp", "type": "string"},
    {"name": "nonce", "type": "uint256"},
    {"name": "message", "type": "string"},
]
_ORDER = [
    {"name": name, "type": kind}
    for name, kind in (
        ("salt", "uint256"), ("maker", "address"), ("signer", "address"),
        ("tokenId", "uint256"), ("makerAmount", "uint256"), ("takerAmount", "uint256"),
        ("side", "uint8"), ("signatureType", "uint8"), ("timestamp", "uint256"),
        ("metadata", "bytes32"), ("builder", "bytes32"),
    )
]  # fmt: skip
_WRAPPED = [
    {"name": "contents", "type": "Order"},
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
    {"name": "salt", "type": "bytes32"},
]
_MEMBERS = ",".join(field["type"] + " " + field["name"] for field in _ORDER)
_ORDER_TYPE = f"Order({_MEMBERS})".encode()


class SigningCheck:
    """The cryptography behind authentication."""

    def l1_signer(self, address: str, timestamp: str, nonce: str, signature: str) -> str | None:
        """The address that signed a `ClobAuth`, lower case; None for a malformed one."""
        domain = {"name": "ClobAuthDomain", "version": "1", "chainId": CHAIN_ID}
        message = {
            "address": address, "timestamp": timestamp, "nonce": int(nonce), "message": _ATTEST,
        }  # fmt: skip
        try:
            signed = encode_typed_data(domain, {"ClobAuth": _CLOB_AUTH}, message)
        except ValueError:
            return None
        return _recovered(signed, signature)

    def l2_signature(self, secret: str, timestamp: str, method: str, path: str, body: bytes) -> str:
        """The HMAC that the secret's owner would send."""
        message = f"{timestamp}{method}{path}".encode() + body
        key = base64.urlsafe_b64decode(secret)
        return base64.urlsafe_b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


class SignedIdentity:
    """Order ids are EIP-712 digests, and the digest must be signed by the credential's owner.

    A smart wallet belongs to the owner from whose address its own is derived; the chain would know
    that, and there is none here.
    """

    def __init__(self) -> None:
        self._deposit_wallets: dict[str, str] = {}

    def order_id(self, post: PostOrder, spec: MarketSpec, caller: Caller) -> str | Refused:
        """The digest, or why the signature does not do."""
        order, domain = post.order, _domain(spec)
        fields = _fields(order)
        try:
            message = encode_typed_data(domain, {"Order": _ORDER}, fields)
        except (ValueError, TypeError, OverflowError):
            return Refused(BAD_SIGNATURE)
        nested = order.signature_type == DEPOSIT_WALLET
        signer = (
            _nested_signer(message, domain, fields, order)
            if nested
            else _recovered(message, order.signature)
        )
        if signer is None or (not nested and signer != order.signer.lower()):
            return Refused(BAD_SIGNATURE)
        if nested and order.signer.lower() != order.maker.lower():
            return Refused(BAD_SIGNATURE)
        if signer != caller.address.lower():
            return Refused(WRONG_SIGNER)
        if not self._owns(order, signer):
            return Refused(BAD_SIGNATURE)
        return "0x" + _digest(message).hex()

    def wallet(self, caller: Caller, signature_type: int) -> str:
        """The address that holds a caller's funds with a signature type."""
        wallets = wallets_of(caller.address)
        deposit = self._deposit_wallets.get(caller.address.lower(), wallets.deposit_beacon)
        by_type = (caller.address, wallets.proxy, wallets.safe, deposit)
        return checksummed(by_type[signature_type]) or by_type[signature_type]

    def _owns(self, order: WireOrder, signer: str) -> bool:
        kind = signature_type_of(signer, order.maker)
        if kind is SignatureType.DEPOSIT_WALLET:
            self._deposit_wallets[signer] = order.maker
        return kind is not None and kind == order.signature_type


def _domain(spec: MarketSpec) -> dict[str, object]:
    version, exchange = exchange_of(spec.version, spec.neg_risk)
    return {
        "name": "Polymarket CTF Exchange",
        "version": version,
        "chainId": CHAIN_ID,
        "verifyingContract": exchange,
    }


def _fields(order: WireOrder) -> dict[str, object]:
    return {
        "salt": order.salt,
        "maker": order.maker,
        "signer": order.signer,
        "tokenId": int(order.token_id),
        "makerAmount": int(order.maker_amount),
        "takerAmount": int(order.taker_amount),
        "side": 0 if order.side is Action.BUY else 1,
        "signatureType": order.signature_type,
        "timestamp": int(order.timestamp),
        "metadata": order.metadata,
        "builder": order.builder,
    }


def _digest(message: SignableMessage) -> bytes:
    return keccak(b"\x19" + message.version + message.header + message.body)


def _recovered(message: SignableMessage, signature: str) -> str | None:
    """The address whose key made a signature, lower case."""
    try:
        raw = bytes.fromhex(signature.removeprefix("0x"))
        if len(raw) != _INNER or raw[-1] not in _RECOVERY:
            return None
        compact = raw[:-1] + bytes([_RECOVERY[raw[-1]]])
        key = PublicKey.from_signature_and_message(compact, _digest(message), hasher=None)
    except ValueError:
        return None
    return "0x" + keccak(key.format(compressed=False)[1:])[-20:].hex()


def _nested_signer(
    order: SignableMessage,
    domain: Mapping[str, object],
    fields: Mapping[str, object],
    wire: WireOrder,
) -> str | None:
    """Who signed for a deposit wallet (ERC-7739): the key behind the inner signature.

    The signature is the inner ECDSA over `TypedDataSign`, then the exchange's domain separator, the
    order's struct hash, the order's type and the length of that text.
    """
    length = len(_ORDER_TYPE).to_bytes(2, "big")
    expected = order.header + order.body + _ORDER_TYPE + length
    try:
        raw = bytes.fromhex(wire.signature.removeprefix("0x"))
        wrapped = encode_typed_data(
            dict(domain),
            {"TypedDataSign": _WRAPPED, "Order": _ORDER},
            {
                "contents": dict(fields),
                "name": "DepositWallet",
                "version": "1",
                "chainId": CHAIN_ID,
                "verifyingContract": wire.maker,
                "salt": _ZERO32,
            },
        )
    except (ValueError, TypeError, OverflowError):
        return None
    if raw[_INNER:] != expected:
        return None
    return _recovered(wrapped, "0x" + raw[:_INNER].hex())
