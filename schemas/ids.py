"""Identifiers, derived from content and cause, never random.

The same input twice gives the same id.
"""

from hashlib import sha1
from typing import NewType
from uuid import UUID

BotId = NewType("BotId", str)
"""`bot_01` … `bot_10`."""
MarketId = NewType("MarketId", str)
"""The venue's condition id, `0x` and 64 hex digits."""
TokenId = NewType("TokenId", str)
"""One outcome token, a 256-bit decimal string (the wire calls it `asset_id`)."""
VenueEventId = NewType("VenueEventId", str)
"""The venue's event: a group of related markets."""
OrderId = NewType("OrderId", str)
"""Our order id, a UUID derived from the intent."""
AccountId = NewType("AccountId", str)
"""One trading account: one wallet, one risk gate, one partition."""

NAMESPACE = UUID("6f0d2a3e-5b0c-5d5f-9a2e-0d6f1f1c7b11")


_NAMESPACE_BYTES = NAMESPACE.bytes
_VARIANT = {digit: f"{int(digit, 16) & 3 | 8:x}" for digit in "0123456789abcdef"}
"""RFC 4122: the first two bits of the ninth byte are 10."""


def derive_id(*parts: str | int) -> str:
    """Derive a UUID from its causes.

    Every derived message needs one, so it is written without `uuid.UUID`; the result is that of
    `uuid.uuid5`.

    Args:
        parts: Whatever makes the thing unique, in a fixed order.

    Returns:
        The version 5 UUID of the parts joined by `|`, in PETS' namespace.
    """
    name = "|".join(map(str, parts)).encode()
    digits = sha1(_NAMESPACE_BYTES + name, usedforsecurity=False).hexdigest()
    return (
        f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-"
        f"{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:32]}"
    )
