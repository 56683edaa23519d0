"""Reads the body of `POST /order` into an order of the engine (PROTOCOL.md 3.1 to 3.4)."""

import msgspec

from connectors.sandbox.identity import checksummed
from connectors.sandbox.orders import BAD_EXPIRATION, BAD_PAYLOAD, Order
from connectors.sandbox.source import Listing
from schemas.values import PIPS, Action, TimeInForce

VERSION_MISMATCH = "order_version_mismatch"
_MONEY_PER_MICRO_DOLLAR = PIPS
_V1_ONLY = ("nonce", "feeRateBps", "taker")


class WireOrder(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The signed part of an order as it travels, and the expiration, which is not signed.

    Attributes:
        maker_amount: What the maker gives, 6 decimals as an integer text.
        taker_amount: What the maker gets, likewise.
        timestamp: Creation time, ms.
        expiration: Unix seconds, or `0`.
    """

    salt: int
    maker: str
    signer: str
    token_id: str
    maker_amount: str
    taker_amount: str
    side: Action
    signature_type: int
    timestamp: str
    metadata: str
    builder: str
    signature: str
    expiration: str = "0"


class PostOrder(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The whole body.

    Attributes:
        owner: The API key that sends it.
    """

    order: WireOrder
    owner: str
    order_type: TimeInForce
    defer_exec: bool = False
    post_only: bool = False


def read_post(body: object) -> PostOrder | str:
    """Check the shape of one order body.

    Returns:
        The body, or the venue's error text; orders in the form of V1 are told apart.
    """
    try:
        return msgspec.convert(body, PostOrder)
    except msgspec.ValidationError:
        signed = body.get("order") if isinstance(body, dict) else None
        if isinstance(signed, dict) and any(key in signed for key in _V1_ONLY):
            return VERSION_MISMATCH
        return BAD_PAYLOAD


def to_order(post: PostOrder, order_id: str, listing: Listing, now_ms: int) -> Order | str:
    """Turn amounts into price and size.

    A resting order names its price exactly. A FOK or FAK amount is rounded by the client, so its
    price is the nearest on the grid.

    Args:
        post: A body of the right shape.
        order_id: The id the venue gives it.
        listing: The market of its token.
        now_ms: The venue's clock.

    Returns:
        The order, or the venue's error text.
    """
    wire = post.order
    texts = (wire.maker_amount, wire.taker_amount, wire.expiration)
    if not all(text.isascii() and text.isdigit() and len(text) < 30 for text in texts):
        return BAD_PAYLOAD
    given, wanted, expiration = map(int, texts)
    if given == 0 or wanted == 0:
        return BAD_PAYLOAD
    buys = wire.side is Action.BUY
    rests = post.order_type in (TimeInForce.GTC, TimeInForce.GTD)
    money, shares = (given, wanted) if buys else (wanted, given)
    pips = _price(money, shares, listing.tick, exact=rests)
    if pips is None:
        return (
            f"order {order_id} is invalid. Price ({money / shares:.6g}) breaks minimum tick size "
            f"rule: {listing.tick / PIPS:g}"
        )
    if expiration and post.order_type is not TimeInForce.GTD:
        return BAD_EXPIRATION
    owner = checksummed(wire.maker)
    if owner is None:
        return BAD_PAYLOAD
    by_budget = buys and not rests
    return Order(
        order_id=order_id,
        owner=owner,
        leg=listing.spec.token_ids.index(wire.token_id),
        action=wire.side,
        pips=pips,
        size=0 if by_budget else shares,
        budget=money * _MONEY_PER_MICRO_DOLLAR if by_budget else 0,
        time_in_force=post.order_type,
        post_only=post.post_only,
        expires_ms=expiration * 1000,
        placed_ms=now_ms,
    )


def _price(money: int, shares: int, tick: int, *, exact: bool) -> int | None:
    """Pips of an amount ratio; None where it lies between two prices of the grid."""
    if exact:
        pips, rest = divmod(money * PIPS, shares)
        return pips if rest == 0 else None
    ticks = (2 * money * PIPS + shares * tick) // (2 * shares * tick)
    off = abs(ticks * tick * shares - money * PIPS)
    return ticks * tick if 4 * off <= tick * shares else None
