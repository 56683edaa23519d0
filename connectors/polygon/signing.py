"""EIP-1559 transactions (EIP-2718 type 2), signed here. Pure: equal fields are equal bytes."""

from typing import NamedTuple

import rlp

from connectors.polymarket.keccak import keccak
from connectors.polymarket.signer import RECOVERY_BASE, Signer

TYPE = b"\x02"
_NO_ACCESS_LIST: tuple[bytes, ...] = ()


class Fields(NamedTuple):
    """What is signed.

    Attributes:
        max_tip: Wei a unit.
        max_fee: Wei a unit.
        value: Wei.
        data: 0x and hex.
    """

    chain_id: int
    nonce: int
    max_tip: int
    max_fee: int
    gas_limit: int
    to: str
    value: int
    data: str


class SignedTransaction(NamedTuple):
    """Ready to be sent.

    Attributes:
        raw: The bytes that a node takes.
        hash: 0x and hex; what the chain calls it.
    """

    raw: bytes
    hash: str


def sign_fields(signer: Signer, fields: Fields) -> SignedTransaction:
    """Sign a transaction."""
    body: list[object] = [
        fields.chain_id,
        fields.nonce,
        fields.max_tip,
        fields.max_fee,
        fields.gas_limit,
        bytes.fromhex(fields.to[2:]),
        fields.value,
        bytes.fromhex(fields.data[2:]),
        _NO_ACCESS_LIST,
    ]
    signature = signer.sign(keccak(TYPE + _encoded(body)))
    r, s = signature[:32], signature[32:64]
    parity = signature[64] - RECOVERY_BASE
    raw = TYPE + _encoded([*body, parity, int.from_bytes(r, "big"), int.from_bytes(s, "big")])
    return SignedTransaction(raw, "0x" + keccak(raw).hex())


def _encoded(body: list[object]) -> bytes:
    return bytes(rlp.encode(body))
