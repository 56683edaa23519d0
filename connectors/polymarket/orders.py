"""The signed order of exchanges V2 and V3 (PROTOCOL.md sections 3.1 and 3.4). Pure.

An order's digest is known before it is sent and is its id at the venue, so sending the same bytes
twice is sending one order.
"""

from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

from connectors.polymarket.contracts import CHAIN_ID, ZERO_BYTES32
from connectors.polymarket.eip712 import (
    address_word,
    bytes32,
    digest,
    domain_separator,
    word,
)
from connectors.polymarket.keccak import keccak
from connectors.polymarket.signer import Signer
from schemas.errors import InvalidOrderError
from schemas.values import Action

EXCHANGE_NAME = "Polymarket CTF Exchange"
ORDER_TYPE = (
    b"Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,"
    b"uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,"
    b"bytes32 builder)"
)
_ORDER_HASH = keccak(ORDER_TYPE)
_NESTED_HASH = keccak(
    b"TypedDataSign(Order contents,string name,string version,uint256 chainId,"
    b"address verifyingContract,bytes32 salt)" + ORDER_TYPE
)
_WALLET_NAME = keccak(b"DepositWallet") + keccak(b"1")
_NO_SALT = bytes(32)
_TRAILER = ORDER_TYPE + len(ORDER_TYPE).to_bytes(2, "big")
LARGEST_SALT = 2**53 - 1
"""A salt travels as a JSON number, exact in 53 bits."""


class SignatureType(IntEnum):
    """Whose signature it is: the key's own or that of a wallet it commands."""

    EOA = 0
    PROXY = 1
    SAFE = 2
    DEPOSIT_WALLET = 3


class Order(NamedTuple):
    """The signed fields, in the venue's order.

    Attributes:
        maker: The wallet that holds the funds.
        signer: The key's address; of a deposit wallet the wallet itself.
        maker_amount: What is given, base units.
        taker_amount: What is wanted, base units.
        timestamp: Creation, ms; gives uniqueness.
        builder: Builder code or zero.
    """

    salt: int
    maker: str
    signer: str
    token_id: int
    maker_amount: int
    taker_amount: int
    action: Action
    signature_type: int
    timestamp: int
    metadata: str = ZERO_BYTES32
    builder: str = ZERO_BYTES32


class Signed(NamedTuple):
    """An order ready to send.

    Attributes:
        digest: The order's id, 0x and 64 hex digits.
        signature: 0x and hex; 65 bytes, of a deposit wallet 317.
    """

    order: Order
    digest: str
    signature: str


def salt_of(intent: bytes) -> int:
    """The salt of an intent: the same intent is the same order, however often it is sent."""
    return int.from_bytes(sha256(intent).digest()[:8], "big") & LARGEST_SALT


_BUY = Action.BUY
_BUY_WORD, _SELL_WORD = word(0), word(1)


class OrderSigner:
    """Signs orders of one account for one exchange.

    Attributes:
        separator: The exchange's domain separator.
    """

    __slots__ = (
        "_chain",
        "_deposit",
        "_kind",
        "_maker",
        "_parties",
        "_prefix",
        "_signer",
        "_type",
        "separator",
        "signer_field",
    )

    def __init__(
        self,
        signer: Signer,
        version: str,
        exchange: str,
        signature_type: int = SignatureType.EOA,
        maker: str = "",
        chain_id: int = CHAIN_ID,
    ) -> None:
        """Name the account and the exchange.

        Args:
            signer: The key.
            version: The exchange's domain version.
            exchange: The exchange's address.
            signature_type: Of the account's wallet.
            maker: The wallet with the funds; the key's own address when empty.
            chain_id: The chain.

        Raises:
            InvalidOrderError: The signature type is unknown, or an EOA names another maker.
        """
        if signature_type not in list(SignatureType):
            raise InvalidOrderError(
                f"Expected a signature type of 0, 1, 2 or 3, received {signature_type}."
            )
        self._signer = signer
        self._chain = word(chain_id)
        self._type = int(signature_type)
        self._deposit = signature_type == SignatureType.DEPOSIT_WALLET
        self._maker = maker or signer.address
        self.signer_field = self._maker if self._deposit else signer.address
        if self._type == SignatureType.EOA and self._maker != signer.address:
            raise InvalidOrderError(
                f"Expected an EOA's orders to be made by {signer.address}, received {maker}. "
                "Name the wallet's signature type."
            )
        self._kind = word(self._type)
        self._parties = address_word(self._maker) + address_word(self.signer_field)
        self.separator = domain_separator(EXCHANGE_NAME, version, chain_id, exchange)
        self._prefix = b"\x19\x01" + self.separator

    def sign(
        self,
        action: Action,
        token_id: int,
        maker_amount: int,
        taker_amount: int,
        salt: int,
        timestamp: int,
        metadata: str = ZERO_BYTES32,
        builder: str = ZERO_BYTES32,
    ) -> Signed:
        """Sign an order of these amounts.

        Args:
            action: What is done with the token.
            token_id: The token.
            maker_amount: Given, base units.
            taker_amount: Wanted, base units.
            salt: At most 53 bits.
            timestamp: Creation, ms.
            metadata: Free bytes32.
            builder: Builder code.
        """
        order = Order(
            salt,
            self._maker,
            self.signer_field,
            token_id,
            maker_amount,
            taker_amount,
            action,
            self._type,
            timestamp,
            metadata,
            builder,
        )
        contents = self._struct_hash(order)
        own = keccak(self._prefix + contents)
        signature = self._nested(contents) if self._deposit else self._signer.sign(own)
        return Signed(order, "0x" + own.hex(), "0x" + signature.hex())

    def _struct_hash(self, order: Order) -> bytes:
        """The hash of the order's fields."""
        return keccak(
            b"".join(
                (
                    _ORDER_HASH,
                    order.salt.to_bytes(32, "big"),
                    self._parties,
                    order.token_id.to_bytes(32, "big"),
                    order.maker_amount.to_bytes(32, "big"),
                    order.taker_amount.to_bytes(32, "big"),
                    _BUY_WORD if order.action is _BUY else _SELL_WORD,
                    self._kind,
                    order.timestamp.to_bytes(32, "big"),
                    bytes32(order.metadata),
                    bytes32(order.builder),
                )
            )
        )

    def _nested(self, contents: bytes) -> bytes:
        """A deposit wallet's signature: over a wrapper that names the wallet (ERC-7739)."""
        wrapper = keccak(
            b"".join(
                (
                    _NESTED_HASH,
                    contents,
                    _WALLET_NAME,
                    self._chain,
                    address_word(self._maker),
                    _NO_SALT,
                )
            )
        )
        inner = self._signer.sign(digest(self.separator, wrapper))
        return inner + self.separator + contents + _TRAILER
