"""How an order gets its id, and whether its signature is its owner's."""

from typing import NamedTuple, Protocol

from connectors.sandbox.intake import PostOrder
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.register import Caller


class Refused(NamedTuple):
    """Why an order has no id, in the venue's words."""

    reason: str


class OrderIdentity(Protocol):
    """Gives an order its id, which the venue answers and the signer can compute beforehand."""

    def order_id(self, post: PostOrder, spec: MarketSpec, caller: Caller) -> str | Refused:
        """32 bytes in hexadecimal, or why the signature does not do."""
        ...

    def wallet(self, caller: Caller, signature_type: int) -> str:
        """The address that holds a caller's funds with a signature type."""
        ...
