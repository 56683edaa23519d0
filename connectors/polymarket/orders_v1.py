"""The order struct before 2026-04-28. The venue refuses it; it is here to prove that it does."""

from typing import NamedTuple

from connectors.polymarket.contracts import CHAIN_ID, ZERO_ADDRESS
from connectors.polymarket.eip712 import address_word, digest, domain_separator, word
from connectors.polymarket.keccak import keccak
from connectors.polymarket.orders import EXCHANGE_NAME
from connectors.polymarket.signer import Signer
from schemas.values import Action

_ORDER_HASH = keccak(
    b"Order(uint256 salt,address maker,address signer,address taker,uint256 tokenId,"
    b"uint256 makerAmount,uint256 takerAmount,uint256 expiration,uint256 nonce,"
    b"uint256 feeRateBps,uint8 side,uint8 signatureType)"
)


class OrderV1(NamedTuple):
    """The signed fields; amounts in base units."""

    salt: int
    maker: str
    signer: str
    token_id: int
    maker_amount: int
    taker_amount: int
    action: Action
    signature_type: int
    expiration: int = 0
    nonce: int = 0
    fee_rate_bps: int = 0
    taker: str = ZERO_ADDRESS


def sign_v1(
    signer: Signer, order: OrderV1, exchange: str, chain_id: int = CHAIN_ID
) -> tuple[str, str]:
    """Digest and signature of an order for a V1 exchange, in hex."""
    struct = keccak(
        b"".join(
            (
                _ORDER_HASH,
                word(order.salt),
                address_word(order.maker),
                address_word(order.signer),
                address_word(order.taker),
                word(order.token_id),
                word(order.maker_amount),
                word(order.taker_amount),
                word(order.expiration),
                word(order.nonce),
                word(order.fee_rate_bps),
                word(0 if order.action is Action.BUY else 1),
                word(order.signature_type),
            )
        )
    )
    found = digest(domain_separator(EXCHANGE_NAME, "1", chain_id, exchange), struct)
    return "0x" + found.hex(), "0x" + signer.sign(found).hex()


def body_v1(
    order: OrderV1, signature: str, owner: str, order_type: str, *, post_only: bool = False
) -> dict[str, object]:
    """The body that the old client posted."""
    return {
        "order": {
            "salt": order.salt,
            "maker": order.maker,
            "signer": order.signer,
            "taker": order.taker,
            "tokenId": str(order.token_id),
            "makerAmount": str(order.maker_amount),
            "takerAmount": str(order.taker_amount),
            "side": str(order.action),
            "expiration": str(order.expiration),
            "nonce": str(order.nonce),
            "feeRateBps": str(order.fee_rate_bps),
            "signatureType": order.signature_type,
            "signature": signature,
        },
        "owner": owner,
        "orderType": order_type,
        "deferExec": False,
        "postOnly": post_only,
    }
