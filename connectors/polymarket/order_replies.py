"""What the venue answered to an order (PROTOCOL.md section 3.4). Pure.

HTTP 200 is not acceptance: an order is accepted only with success, without an error text, with an
id and with a known status.
"""

from decimal import Decimal, InvalidOperation
from enum import StrEnum

import msgspec

from schemas.errors import InfrastructureError

ACCEPTED = frozenset({"live", "matched", "delayed"})


class UnexpectedReplyError(InfrastructureError):
    """A reply has another form than documented; its outcome is unknown."""


class Refusal(StrEnum):
    """Why an order was refused, in the official client's words."""

    UNMATCHED = "unmatched"
    MARKET_NOT_READY = "market_not_ready"
    NOT_ENOUGH_BALANCE = "not_enough_balance"
    INVALID_NONCE = "invalid_nonce"
    INVALID_EXPIRATION = "invalid_expiration"
    POST_ONLY_WOULD_CROSS = "post_only_would_cross"
    POST_ONLY_MODE = "post_only_mode"
    FOK_NOT_FILLED = "fok_not_filled"
    FAK_NOT_FILLED = "fak_not_filled"
    UNKNOWN = "unknown"


_TEXTS = {
    "the market is not yet ready to process new orders": Refusal.MARKET_NOT_READY,
    "invalid nonce": Refusal.INVALID_NONCE,
    "invalid expiration": Refusal.INVALID_EXPIRATION,
    "invalid post-only order: order crosses book": Refusal.POST_ONLY_WOULD_CROSS,
    "post-only mode: only post-only orders and cancels are allowed": Refusal.POST_ONLY_MODE,
    "order couldn't be fully filled. FOK orders are fully filled or killed.": (
        Refusal.FOK_NOT_FILLED
    ),
    "no orders found to match with FAK order. "
    "FAK orders are partially filled or killed if no match is found.": Refusal.FAK_NOT_FILLED,
}
_BALANCE = "not enough balance / allowance"


class OrderReplyWire(msgspec.Struct, frozen=True, kw_only=True):
    """The reply's fields."""

    errorMsg: str  # noqa: N815
    makingAmount: str  # noqa: N815
    orderID: str  # noqa: N815
    status: str
    success: bool
    takingAmount: str  # noqa: N815
    tradeIDs: tuple[str, ...] = ()  # noqa: N815
    transactionsHashes: tuple[str, ...] = ()  # noqa: N815


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The order is on the book, matched, or held by the taker delay."""

    order_id: str
    status: str
    making_amount: Decimal
    taking_amount: Decimal
    trade_ids: tuple[str, ...]
    transactions_hashes: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The order was refused."""

    code: Refusal
    message: str


def read_order_reply(raw: object) -> Accepted | Refused:
    """Classify one reply.

    Raises:
        UnexpectedReplyError: A field is missing or means nothing.
    """
    try:
        wire = msgspec.convert(raw, OrderReplyWire, strict=False)
    except msgspec.ValidationError as error:
        raise UnexpectedReplyError(
            f"Expected the reply to an order, received another form: {error}. "
            "Ask the venue for the order by its hash."
        ) from error
    making, taking = _amount(wire.makingAmount), _amount(wire.takingAmount)
    accepted = wire.success and not wire.errorMsg and wire.orderID and wire.status in ACCEPTED
    if not accepted:
        return Refused(code=_code(wire), message=wire.errorMsg or "Unknown order failure")
    return Accepted(
        order_id=wire.orderID,
        status=wire.status,
        making_amount=making,
        taking_amount=taking,
        trade_ids=wire.tradeIDs,
        transactions_hashes=wire.transactionsHashes,
    )


def refusal_of(text: str) -> Refusal:
    """The code of an error text."""
    found = _TEXTS.get(text)
    if found is not None:
        return found
    return Refusal.NOT_ENOUGH_BALANCE if _BALANCE in text else Refusal.UNKNOWN


def _code(wire: OrderReplyWire) -> Refusal:
    return Refusal.UNMATCHED if wire.status == "unmatched" else refusal_of(wire.errorMsg)


def _amount(text: str) -> Decimal:
    try:
        number = Decimal(text or "0")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise UnexpectedReplyError(f"Expected an amount, received {text!r}.")
    return number
