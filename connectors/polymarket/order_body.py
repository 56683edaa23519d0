"""The bodies of POST /order and /orders: serialised once, signed and sent as the same bytes."""

from collections.abc import Sequence

import msgspec

from connectors.polymarket.orders import Signed
from schemas.errors import InvalidOrderError
from schemas.values import TimeInForce

LARGEST_BATCH = 15


class _WireOrder(msgspec.Struct, frozen=True, gc=False):
    """Field names and their order are the venue's client's."""

    builder: str
    expiration: str
    maker: str
    makerAmount: str  # noqa: N815
    metadata: str
    salt: int
    side: str
    signature: str
    signatureType: int  # noqa: N815
    signer: str
    takerAmount: str  # noqa: N815
    timestamp: str
    tokenId: str  # noqa: N815


class _WireBody(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    deferExec: bool  # noqa: N815
    order: _WireOrder
    orderType: str  # noqa: N815
    owner: str
    postOnly: bool = False  # noqa: N815


_encoder = msgspec.json.Encoder()


def order_body(
    signed: Signed,
    owner: str,
    tif: TimeInForce,
    expiration: int = 0,
    *,
    post_only: bool = False,
) -> bytes:
    """The body of one order.

    Args:
        signed: The order.
        owner: The API key's id.
        tif: Order type.
        expiration: Seconds UTC of a GTD order, else 0; not part of the signature.
        post_only: Refuse rather than take; GTC and GTD only.

    Raises:
        InvalidOrderError: The options exclude each other.
    """
    return _encoder.encode(_wire(signed, owner, tif, expiration, post_only))


def batch_body(bodies: Sequence[bytes]) -> bytes:
    """The body of up to 15 orders.

    Raises:
        InvalidOrderError: There are more, or none.
    """
    if not 1 <= len(bodies) <= LARGEST_BATCH:
        raise InvalidOrderError(
            f"Expected 1 to {LARGEST_BATCH} orders in a batch, received {len(bodies)}. Split it."
        )
    return b"[" + b",".join(bodies) + b"]"


def _wire(
    signed: Signed, owner: str, tif: TimeInForce, expiration: int, post_only: bool
) -> _WireBody:
    if post_only and tif not in (TimeInForce.GTC, TimeInForce.GTD):
        raise InvalidOrderError(f"Expected post-only with GTC or GTD, received it with {tif}.")
    if (expiration != 0) != (tif is TimeInForce.GTD):
        raise InvalidOrderError(
            f"Expected an expiration with GTD and with nothing else, received {expiration} "
            f"with {tif}."
        )
    order = signed.order
    return _WireBody(
        False,
        _WireOrder(
            order.builder,
            str(expiration),
            order.maker,
            str(order.maker_amount),
            order.metadata,
            order.salt,
            order.action,
            signed.signature,
            order.signature_type,
            order.signer,
            str(order.taker_amount),
            str(order.timestamp),
            str(order.token_id),
        ),
        tif,
        owner,
        post_only,
    )
