"""Ids of the sandbox: full-size, derived from what they name, never drawn.

Official clients read the layout of a token id: one whose bits 40 to 103 are all zero is taken as a
Protocol V2 position (PROTOCOL.md section 0). A digest of 256 bits has none of that.
"""

import base64
import hashlib
import uuid
from string import hexdigits

from eth_hash.auto import keccak

ADDRESS_DIGITS = 40
UPPER = "89abcdef"
"""Digits of the hash that make an address's letter a capital."""


def digest(*parts: object) -> str:
    """SHA-256 of the parts, 64 hexadecimal digits."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def bytes32(*parts: object) -> str:
    """A 32-byte id in the venue's form: condition, question, order, transaction."""
    return "0x" + digest(*parts)


def token_id(condition_id: str, leg: int) -> str:
    """The 256-bit decimal id of an outcome token."""
    return str(int(digest("token", condition_id, leg), 16))


def structured_condition(module: int, *parts: object) -> str:
    """A Protocol V2 condition id, padded to 32 bytes (PROTOCOL.md section 0).

    Args:
        module: 1 binary, 2 neg-risk.
        parts: What it is derived from.
    """
    base, arity, rest = digest(*parts)[:32], "0002", "00" * 12
    return f"0x{module:02x}{base}{arity}{rest}00"


def position_id(condition_id: str, leg: int) -> str:
    """The structured id of an outcome of a Protocol V2 condition, as a decimal."""
    return str(int(condition_id[:-2] + f"{leg:02x}", 16))


def uuid_text(*parts: object) -> str:
    """An id in the form of a UUID: trades, credentials."""
    return str(uuid.UUID(digest(*parts)[:32]))


def wallet_address(owner: str) -> str:
    """The wallet of an owner: itself where it is an address, derived for simulated ones."""
    return owner if owner.startswith("0x") else "0x" + digest("wallet", owner)[:40]


def checksummed(address: str) -> str | None:
    """An address in the case that its checksum wants (EIP-55); None where it is none."""
    digits = address.lower().removeprefix("0x")
    if len(digits) != ADDRESS_DIGITS or not set(digits) <= set(hexdigits):
        return None
    check = keccak(digits.encode()).hex()
    cased = (d.upper() if c in UPPER else d for d, c in zip(digits, check, strict=False))
    return "0x" + "".join(cased)


def small_number(*parts: object, start: int = 1_000_000) -> str:
    """A numeric id as Gamma gives markets and events, above `start`."""
    return str(start + int(digest(*parts)[:10], 16) % 900_000_000)


def seed_number(*parts: object) -> int:
    """A seed for `random.Random` that differs for every combination of parts."""
    return int(digest(*parts)[:16], 16)


def base64_text(*parts: object) -> str:
    """32 derived bytes in URL-safe base64, as the secrets of credentials are written."""
    return base64.urlsafe_b64encode(bytes.fromhex(digest(*parts))).decode()
