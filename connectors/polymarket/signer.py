"""The key that signs: kept in one object that never shows it."""

from typing import Self

from coincurve import PrivateKey

from connectors.polymarket.keccak import keccak
from schemas.errors import ConfigurationError

KEY_BYTES = 32
RECOVERY_BASE = 27


def checksum_address(raw: bytes) -> str:
    """Twenty bytes as an address with its checksum (EIP-55)."""
    digits = raw.hex()
    mask = keccak(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if int(bit, 16) >= 8 else digit
        for digit, bit in zip(digits, mask, strict=False)
    )


class Signer:
    """Signs digests with one secp256k1 key; deterministic (RFC 6979).

    Attributes:
        address: The key's address with checksum.
    """

    __slots__ = ("_key", "address")

    def __init__(self, key: bytes) -> None:
        """Take the 32 bytes of a private key.

        Raises:
            ConfigurationError: They are no private key. The message does not show them.
        """
        try:
            self._key = PrivateKey(key)
        except ValueError:
            raise ConfigurationError(_NO_KEY) from None
        public = self._key.public_key.format(compressed=False)[1:]
        self.address = checksum_address(keccak(public)[12:])

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Take a private key in hex, with or without 0x.

        Raises:
            ConfigurationError: It is no private key. The message does not show it.
        """
        try:
            raw = bytes.fromhex(text.strip().removeprefix("0x"))
        except ValueError:
            raw = b""
        if len(raw) != KEY_BYTES:
            raise ConfigurationError(_NO_KEY)
        return cls(raw)

    def sign(self, digest: bytes) -> bytes:
        """The 65 bytes r, s, v of a digest; v is 27 or 28."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes((signature[64] + RECOVERY_BASE,))

    def __repr__(self) -> str:
        """The address alone: a key is never shown."""
        return f"Signer({self.address})"


_NO_KEY = (
    "Expected a private key of 64 hex digits, received something else (not shown). "
    "Check the environment variable, file or prompt it came from."
)
