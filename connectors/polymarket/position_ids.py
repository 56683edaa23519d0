"""Token ids of both position layers (PROTOCOL.md section 0). Pure.

A Protocol V2 id carries, from the top: module 8 bits, base hash 128, arity 16, reserved 64 (zero),
resolution chain 16, condition index 16, outcome 8. An older id is a hash.
"""

from typing import NamedTuple

from schemas.errors import DomainError

RESERVED = ((1 << 64) - 1) << 40
MODULES = frozenset({1, 2, 3})
"""Binary, neg-risk, combinatorial."""
UINT256 = 1 << 256
_BASES = {"0x": 16, "0b": 2, "0o": 8}
CONDITION_DIGITS = 62
FULL_DIGITS = 64


class PositionIdError(DomainError):
    """A text is no position id of Protocol V2."""


class Position(NamedTuple):
    """What a Protocol V2 id says.

    Attributes:
        condition_id: 0x and 62 hex digits.
        outcome: 0 is YES, 1 is NO.
    """

    condition_id: str
    outcome: int


def is_structured(asset_id: str) -> bool:
    """Whether the id lies in Protocol V2's name space: its reserved bits are all zero.

    Small integers lie there too, so that made-up small ids would be signed for the wrong exchange.
    """
    try:
        return _number(asset_id) & RESERVED == 0
    except PositionIdError:
        return False


def decode(asset_id: str) -> Position:
    """Take a Protocol V2 id apart.

    Raises:
        PositionIdError: It is no uint256, of no known module, or neither YES nor NO.
    """
    digits = f"{_number(asset_id):064x}"
    if int(digits[:2], 16) not in MODULES:
        raise PositionIdError("Position ID must use a supported protocol v2 module")
    outcome = int(digits[-2:], 16)
    if outcome not in (0, 1):
        raise PositionIdError("Protocol v2 position ID must be a YES/NO position ID")
    return Position("0x" + digits[:-2], outcome)


def condition_key(condition_id: str) -> str:
    """A condition id as CLOB and Data API want it: Gamma's 62 digits padded to 64."""
    digits = condition_id.lower().removeprefix("0x")
    if len(digits) == CONDITION_DIGITS:
        digits += "00"
    return "0x" + digits


def _number(asset_id: str) -> int:
    text = asset_id.strip()
    base = _BASES.get(text[:2].lower(), 10)
    digits = text if base == 10 else text[2:]
    if digits.isascii() and digits.isalnum():
        try:
            number = int(digits, base)
        except ValueError:
            number = UINT256
        if number < UINT256:
            return number
    raise PositionIdError("Position ID must be a uint256 value")
