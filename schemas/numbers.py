"""Numbers as people and files write them: 0.50, "0.5" and 5e-1 are one number."""

from decimal import Decimal, InvalidOperation


def exact_number(value: object) -> Decimal | None:
    """A value as an exact number, if it is one; truth values are none.

    Args:
        value: Of a YAML or JSON document.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def means_same(one: object, other: object) -> bool:
    """Whether two values mean the same: numbers by their value, keys by their text.

    Args:
        one: Of a YAML or JSON document.
        other: As `one`.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        left, right = ({str(key): value for key, value in each.items()} for each in (one, other))
        return left.keys() == right.keys() and all(
            means_same(left[key], right[key]) for key in left
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(means_same, one, other))
    number = exact_number(one)
    return one == other or (number is not None and number == exact_number(other))
