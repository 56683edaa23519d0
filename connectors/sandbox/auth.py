"""Who calls: the seam where L1 and L2 authentication and signatures are checked.

This version believes what a request says about itself. The two protocols below are what the rest
of the server depends on.
"""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from connectors.sandbox.identity import bytes32
from connectors.sandbox.intake import PostOrder

API_KEY_HEADER = "poly_api_key"


class Authenticator(Protocol):
    """Decides which credential a private request belongs to."""

    def caller(self, headers: Mapping[str, str], method: str, path: str, body: bytes) -> str | None:
        """The API key of the caller; empty for nobody in particular, None to refuse (401)."""
        ...


class OrderIdentity(Protocol):
    """Gives an order its id, which the venue answers and the signer can compute beforehand."""

    def order_id(self, post: PostOrder) -> str | None:
        """32 bytes in hexadecimal; None where the signature does not fit the order."""
        ...


class TrustingAuthenticator:
    """Takes the API key from its header without checking the HMAC."""

    def caller(self, headers: Mapping[str, str], method: str, path: str, body: bytes) -> str | None:
        """The key in the header, or empty: such a caller sees the orders of every key."""
        return headers.get(API_KEY_HEADER, "")


class DerivedIdentity:
    """Ids derived from the signed fields; the same order always has the same id."""

    def order_id(self, post: PostOrder) -> str | None:
        """A digest of everything that is signed; the signature itself is not looked at."""
        wire = post.order
        signed = (
            wire.salt,
            wire.maker,
            wire.signer,
            wire.token_id,
            wire.maker_amount,
            wire.taker_amount,
            wire.side.value,
            wire.signature_type,
            wire.timestamp,
            wire.metadata,
            wire.builder,
        )
        return bytes32("order", msgspec.json.encode(signed).decode())
