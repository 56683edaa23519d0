"""What a vector expects against what came: the first difference as a sentence, or None. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal


def difference(
    actual: object, expected: object, tolerance: Decimal = Decimal(0), where: str = ""
) -> str | None:
    """The first place where two values differ.

    Args:
        actual: What the implementation answered.
        expected: What the vector says: JSON values.
        tolerance: Absolute, for numbers; texts, booleans and nulls must be equal.
        where: Path of the value inside the answer.
    """
    if isinstance(expected, Mapping):
        return _mappings(actual, expected, tolerance, where)
    if isinstance(expected, list):
        return _sequences(actual, expected, tolerance, where)
    close = _close(actual, expected, tolerance)
    if close is not None:
        equal = close
    elif isinstance(expected, str) and isinstance(actual, str | Decimal):
        equal = str(actual) == expected
    else:
        equal = type(actual) is type(expected) and actual == expected
    return None if equal else f"{where or 'answer'}: expected {expected!r}, received {actual!r}"


def _number(value: object) -> Decimal | None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value))
    return None


def _close(actual: object, expected: object, tolerance: Decimal) -> bool | None:
    """Whether two numbers are close enough; None when they are no two numbers."""
    left, right = _number(actual), _number(expected)
    return None if left is None or right is None else abs(left - right) <= tolerance


def _mappings(
    actual: object, expected: Mapping[str, object], tolerance: Decimal, where: str
) -> str | None:
    if not isinstance(actual, Mapping):
        return f"{where or 'answer'}: expected {dict(expected)!r}, received {actual!r}"
    if actual.keys() != expected.keys():
        odd = sorted(map(str, actual.keys() ^ expected.keys()))
        return f"{where or 'answer'}: these fields are only on one side: {', '.join(odd)}"
    for name, value in expected.items():
        found = difference(actual[name], value, tolerance, f"{where}.{name}".lstrip("."))
        if found:
            return found
    return None


def _sequences(
    actual: object, expected: list[object], tolerance: Decimal, where: str
) -> str | None:
    if not isinstance(actual, Sequence) or isinstance(actual, str) or len(actual) != len(expected):
        return f"{where or 'answer'}: expected {expected!r}, received {actual!r}"
    for index, value in enumerate(expected):
        found = difference(actual[index], value, tolerance, f"{where}[{index}]")
        if found:
            return found
    return None
