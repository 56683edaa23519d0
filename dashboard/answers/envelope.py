"""What every answer has: its age and its modes."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """An answer with its age and its modes.

    Attributes:
        as_of: Session time up to which it holds, ms; 0 when nothing is known yet.
        age_s: Wall seconds since then.
        behind: When it is stale: what stopped, in a sentence.
    """

    data: T
    as_of: int
    age_s: float
    source: str
    money: str
    stale: bool
    behind: str
