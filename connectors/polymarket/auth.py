"""Who we are to the venue (PROTOCOL.md section 2): L1 by the key, L2 by a secret. Pure."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import sha256

from connectors.polymarket.contracts import CHAIN_ID
from connectors.polymarket.eip712 import address_word, digest, domain_without_contract, word
from connectors.polymarket.keccak import keccak
from connectors.polymarket.signer import Signer
from schemas.errors import ConfigurationError

ATTESTATION = "This message attests that I control the given wallet"
_AUTH_HASH = keccak(b"ClobAuth(address address,string timestamp,uint256 nonce,string message)")
_ATTESTATION_HASH = keccak(ATTESTATION.encode())


class ApiCredentials:
    """An API key of the venue; its secret parts are never shown.

    Attributes:
        key: The key's id, the `owner` of its orders.
        passphrase: Sent with every private call.
        secret_text: The secret as the venue gave it; the user channel wants it so.
    """

    __slots__ = ("_secret", "key", "passphrase", "secret_text")

    def __init__(self, key: str, secret: str, passphrase: str) -> None:
        """Take the three parts as the venue gives them; a missing padding is restored.

        Raises:
            ConfigurationError: The secret is not base64. The message does not show it.
        """
        self.key = key
        self.passphrase = passphrase
        self.secret_text = secret
        try:
            self._secret = urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
        except (Base64Error, ValueError):
            raise ConfigurationError(
                "Expected the API secret as URL-safe base64, received something else (not shown)."
            ) from None

    def signature(self, timestamp: int, method: str, path: str, body: bytes = b"") -> str:
        """The HMAC of a call.

        Args:
            timestamp: Seconds.
            method: HTTP method.
            path: Without host and without query.
            body: The bytes that are sent.
        """
        message = f"{timestamp}{method.upper()}{path}".encode() + body
        return urlsafe_b64encode(hmac.digest(self._secret, message, sha256)).decode()

    def __repr__(self) -> str:
        """The key's id alone."""
        return f"ApiCredentials({self.key})"


def l1_digest(address: str, timestamp: int, nonce: int, chain_id: int = CHAIN_ID) -> bytes:
    """What is signed to obtain an API key."""
    struct = keccak(
        b"".join(
            (
                _AUTH_HASH,
                address_word(address),
                keccak(str(timestamp).encode()),
                word(nonce),
                _ATTESTATION_HASH,
            )
        )
    )
    return digest(domain_without_contract("ClobAuthDomain", "1", chain_id), struct)


def l1_headers(
    signer: Signer, timestamp: int, nonce: int = 0, chain_id: int = CHAIN_ID
) -> dict[str, str]:
    """Headers of the calls that make or derive an API key.

    Args:
        signer: The key.
        timestamp: Seconds.
        nonce: Names one of several API keys.
        chain_id: The chain.
    """
    signature = signer.sign(l1_digest(signer.address, timestamp, nonce, chain_id))
    return {
        "POLY_ADDRESS": signer.address,
        "POLY_SIGNATURE": "0x" + signature.hex(),
        "POLY_TIMESTAMP": str(timestamp),
        "POLY_NONCE": str(nonce),
    }


def l2_headers(
    address: str,
    credentials: ApiCredentials,
    timestamp: int,
    method: str,
    path: str,
    body: bytes = b"",
) -> dict[str, str]:
    """Headers of a private call.

    Args:
        address: The key's own address, also of proxies, Safes and deposit wallets.
        credentials: The API key.
        timestamp: Seconds.
        method: HTTP method.
        path: Without query.
        body: The bytes that are sent.
    """
    return {
        "POLY_ADDRESS": address,
        "POLY_SIGNATURE": credentials.signature(timestamp, method, path, body),
        "POLY_TIMESTAMP": str(timestamp),
        "POLY_API_KEY": credentials.key,
        "POLY_PASSPHRASE": credentials.passphrase,
    }


def builder_headers(
    credentials: ApiCredentials, timestamp: int, method: str, path: str, body: bytes = b""
) -> dict[str, str]:
    """Headers of a relayer call with builder credentials (section 2.3)."""
    return {
        "POLY_BUILDER_API_KEY": credentials.key,
        "POLY_BUILDER_PASSPHRASE": credentials.passphrase,
        "POLY_BUILDER_SIGNATURE": credentials.signature(timestamp, method, path, body),
        "POLY_BUILDER_TIMESTAMP": str(timestamp),
    }
