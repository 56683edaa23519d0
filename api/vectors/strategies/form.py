"""The words of `strategies/vectors.json`: numbers come as JSON floats, prices are Decimals here."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Inputs = dict[str, Any]
Result = dict[str, Any]
Function = Callable[[Inputs], Result]
"""Answers a case's `inputs` with the fields of its `expected`."""


def dec(value: float | str | None) -> Decimal | None:
    """A Decimal of the digits as written; None stays None."""
    return None if value is None else Decimal(str(value))


def sure(value: float | str) -> Decimal:
    """A Decimal of the digits as written."""
    return Decimal(str(value))
