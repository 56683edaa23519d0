"""A venue that believes what requests say about themselves, for tests of everything but that."""

from collections.abc import Mapping

import msgspec

from connectors.sandbox.auth import Credentials
from connectors.sandbox.identity import bytes32, checksummed
from connectors.sandbox.intake import PostOrder
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.register import Caller
from connectors.sandbox.signatures import SigningCheck
from connectors.sandbox.signed import Refused

SEED = 7


class Trusting(Credentials):
    """Takes the API key from its header; without one the caller sees everybody's orders."""

    def __init__(self) -> None:
        super().__init__(SEED, SigningCheck())

    def caller(
        self, headers: Mapping[str, str], method: str, path: str, body: bytes, now_ms: int
    ) -> Caller | None:
        return Caller(headers.get("poly_api_key", ""), headers.get("poly_address", "").lower())


class DerivedIds:
    """Ids derived from the signed fields; the signature itself is not looked at."""

    def order_id(self, post: PostOrder, spec: MarketSpec, caller: Caller) -> str | Refused:
        signed = msgspec.structs.replace(post.order, signature="", expiration="")
        return bytes32("order", msgspec.json.encode(signed).decode())

    def wallet(self, caller: Caller, signature_type: int) -> str:
        return checksummed(caller.address) or caller.address
