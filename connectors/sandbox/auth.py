"""Who calls: API credentials, L1 and L2 authentication (PROTOCOL.md section 2)."""

import hmac
from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from connectors.sandbox.identity import base64_text, digest, uuid_text
from connectors.sandbox.register import Caller

WINDOW_S = 300
"""A request's timestamp may differ so much from the venue's clock."""
TAKEN = "Could not create api key"
BAD_L1 = "Invalid L1 Request headers"

Kind = Literal["trading", "readonly", "builder"]


class Credential(NamedTuple):
    """One API key.

    Attributes:
        address: The wallet owner it belongs to, lower case.
    """

    api_key: str
    secret: str
    passphrase: str
    address: str
    kind: Kind = "trading"


class SignatureCheck(Protocol):
    """The cryptography behind authentication."""

    def l1_signer(self, address: str, timestamp: str, nonce: str, signature: str) -> str | None:
        """The address that signed a `ClobAuth`, lower case; None for a malformed one."""
        ...

    def l2_signature(self, secret: str, timestamp: str, method: str, path: str, body: bytes) -> str:
        """The HMAC that the secret's owner would send."""
        ...


class Credentials:
    """All API keys, derived from seed, owner and nonce, so that a restart knows them again.

    Args:
        seed: Of the venue.
        check: The cryptography.
    """

    def __init__(self, seed: int, check: SignatureCheck) -> None:
        self._seed = seed
        self._check = check
        self._keys: dict[str, Credential] = {}

    def caller(
        self, headers: Mapping[str, str], method: str, path: str, body: bytes, now_ms: int
    ) -> Caller | None:
        """The caller of a request with the five L2 headers."""
        credential = self._keys.get(headers.get("poly_api_key", ""))
        timestamp = headers.get("poly_timestamp", "")
        if credential is None or not _fresh(timestamp, now_ms):
            return None
        expected = self._check.l2_signature(credential.secret, timestamp, method, path, body)
        right = (
            hmac.compare_digest(expected.encode(), headers.get("poly_signature", "").encode())
            and headers.get("poly_passphrase") == credential.passphrase
            and headers.get("poly_address", "").lower() == credential.address
        )
        return Caller(credential.api_key, credential.address) if right else None

    def l1_owner(self, headers: Mapping[str, str], now_ms: int) -> tuple[str, int] | None:
        """Address and nonce of a request with the four L1 headers; None to refuse."""
        address, nonce = headers.get("poly_address", ""), headers.get("poly_nonce", "")
        timestamp, signature = headers.get("poly_timestamp", ""), headers.get("poly_signature", "")
        if not (_fresh(timestamp, now_ms) and nonce.isdecimal()):
            return None
        signer = self._check.l1_signer(address, timestamp, nonce, signature)
        return (address.lower(), int(nonce)) if signer == address.lower() else None

    def create(self, address: str, nonce: int) -> Credential | None:
        """A new key of an owner; None where that nonce has one already."""
        credential = self._derived(address, nonce, "trading")
        if credential.api_key in self._keys:
            return None
        self._keys[credential.api_key] = credential
        return credential

    def derive(self, address: str, nonce: int) -> Credential | None:
        """The existing key of an owner's nonce; None without one."""
        return self._keys.get(self._derived(address, nonce, "trading").api_key)

    def create_further(self, address: str, kind: Kind) -> Credential:
        """A read-only or builder key."""
        count = sum(1 for key in self._keys.values() if key.address == address)
        credential = self._derived(address, count, kind)
        self._keys[credential.api_key] = credential
        return credential

    def keys_of(self, address: str, kind: Kind = "trading") -> list[Credential]:
        """An owner's keys of a kind."""
        return [k for k in self._keys.values() if k.address == address and k.kind == kind]

    def delete(self, address: str, api_key: str) -> bool:
        """Forget a key; false where it is not the owner's."""
        credential = self._keys.get(api_key)
        if credential is None or credential.address != address:
            return False
        del self._keys[api_key]
        return True

    def is_readonly(self, api_key: str) -> bool:
        """Whether a key may not trade."""
        credential = self._keys.get(api_key)
        return credential is not None and credential.kind != "trading"

    def socket_owner(self, api_key: str, secret: str, passphrase: str) -> Credential | None:
        """The credential of a user-channel subscription; None to refuse."""
        credential = self._keys.get(api_key)
        if credential is None or (credential.secret, credential.passphrase) != (secret, passphrase):
            return None
        return credential

    def _derived(self, address: str, nonce: int, kind: Kind) -> Credential:
        parts = (self._seed, address, nonce, kind)
        return Credential(
            api_key=uuid_text("api key", *parts),
            secret=base64_text("secret", *parts),
            passphrase=digest("passphrase", *parts),
            address=address,
            kind=kind,
        )


def _fresh(timestamp: str, now_ms: int) -> bool:
    return timestamp.isdecimal() and abs(int(timestamp) - now_ms // 1000) <= WINDOW_S
