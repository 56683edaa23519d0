"""Ids of the sandbox: full-size, derived from what they name, never drawn.

Official clients read the layout of a token id: one whose bits 40 to 103 are all zero is taken as a
Protocol V2 position (PROTOCOL.md section 0). A digest of 256 bits has none of that.
"""

import hashlib


def digest(*parts: object) -> str:
    """SHA-256 of the parts, 64 hexadecimal digits."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def bytes32(*parts: object) -> str:
    """A 32-byte id in the venue's form: condition, question, order, transaction."""
    return "0x" + digest(*parts)


def token_id(condition_id: str, leg: int) -> str:
    """The 256-bit decimal id of an outcome token."""
    return str(int(digest("token", condition_id, leg), 16))


def small_number(*parts: object, start: int = 1_000_000) -> str:
    """A numeric id as Gamma gives markets and events, above `start`."""
    return str(start + int(digest(*parts)[:10], 16) % 900_000_000)


def seed_number(*parts: object) -> int:
    """A seed for `random.Random` that differs for every combination of parts."""
    return int(digest(*parts)[:16], 16)
