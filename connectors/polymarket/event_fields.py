"""Reads a venue's JSON object field by field, as tolerantly as the venue's own client. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from schemas.errors import DomainError

MILLIS_FROM = 10**11
"""An epoch number from here on counts milliseconds, below it seconds."""
_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "off"})

T = TypeVar("T")


class RejectedEventError(DomainError):
    """A field is missing or means nothing; the event is kept as a dead letter."""


class Fields:
    """One JSON object; every method names the fields it looks for, the first present one counts."""

    __slots__ = ("_asked", "_raw", "_unknown")

    def __init__(self, raw: object) -> None:
        """Take the object.

        Raises:
            RejectedEventError: It is no object.
        """
        if not isinstance(raw, Mapping):
            raise RejectedEventError(f"Expected a JSON object, received {type(raw).__name__}.")
        self._raw = raw
        self._asked: set[str] = set()
        self._unknown: set[str] = set()

    @property
    def unknown(self) -> set[str]:
        """Fields that nobody looked for, those of lists too, once everything was read."""
        return self._raw.keys() - self._asked | self._unknown

    def raw(self, *names: str) -> object:
        """The value as it came; None when it is absent."""
        self._asked.update(names)
        for name in names:
            if name in self._raw:
                value: object = self._raw[name]
                return value
        return None

    def text(self, *names: str) -> str:
        """A text that must be there."""
        return self._needed(self.maybe_text(*names), names)

    def maybe_text(self, *names: str) -> str | None:
        """A text or None."""
        value = self.raw(*names)
        if value is None or isinstance(value, str):
            return value
        raise _odd("text", names, value)

    def texts(self, *names: str) -> tuple[str, ...] | None:
        """A list of texts or None."""
        value = self.raw(*names)
        if value is None:
            return None
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        raise _odd("a list of texts", names, value)

    def number(self, *names: str) -> Decimal:
        """A number, as text or as JSON number, that must be there."""
        return self._needed(_decimal(self.raw(*names), names), names)

    def maybe_number(self, *names: str) -> Decimal | None:
        """A number or None; empty text is None."""
        value = self.raw(*names)
        return None if value == "" else _decimal(value, names)

    def text_number(self, *names: str) -> Decimal:
        """A number that must come as text."""
        return self._needed(_decimal(self.text(*names), names), names)

    def maybe_integer(self, *names: str) -> int | None:
        """A whole number or None."""
        value = self.raw(*names)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        if isinstance(value, str | float):
            number = _decimal(value, names)
            if number is not None and number == number.to_integral_value():
                return int(number)
        raise _odd("a whole number", names, value)

    def integer(self, *names: str) -> int:
        """A whole number that must be there."""
        return self._needed(self.maybe_integer(*names), names)

    def maybe_flag(self, *names: str) -> bool | None:
        """True, false or None."""
        value = self.raw(*names)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).lower()
        if isinstance(value, int | str) and word in _TRUE | _FALSE:
            return word in _TRUE
        raise _odd("true or false", names, value)

    def flag(self, *names: str) -> bool:
        """True or false, which must be there."""
        return self._needed(self.maybe_flag(*names), names)

    def choice(self, allowed: frozenset[str], *names: str) -> str:
        """One of some words, in any case."""
        return self._needed(self.maybe_choice(allowed, *names), names)

    def maybe_choice(self, allowed: frozenset[str], *names: str) -> str | None:
        """One of some words, in any case, or None."""
        value = self.maybe_text(*names)
        if value is None:
            return None
        if value.upper() not in allowed:
            raise _odd(" or ".join(sorted(allowed)), names, value)
        return value.upper()

    def millis(self, *names: str) -> datetime | None:
        """Milliseconds as text."""
        return self._time(names, lambda value: _epoch(value, names, unit=1000))

    def seconds(self, *names: str) -> datetime | None:
        """Seconds as text or number."""
        return self._time(names, lambda value: _epoch(value, names, unit=1))

    def seconds_or_millis(self, *names: str) -> datetime | None:
        """Seconds or milliseconds, told apart by their size."""
        return self._time(names, lambda value: _epoch(value, names, unit=0))

    def time(self, *names: str) -> datetime | None:
        """Milliseconds, or a text of ISO 8601."""
        return self._time(names, lambda value: _iso_or_epoch(value, names))

    def each(self, read: Callable[["Fields"], T], *names: str) -> tuple[T, ...] | None:
        """A list of objects or None."""
        value = self.raw(*names)
        if value is None:
            return None
        if not isinstance(value, list):
            raise _odd("a list", names, value)
        found = []
        for each in value:
            fields = Fields(each)
            found.append(read(fields))
            self._unknown.update(f"{names[0]} {name}" for name in fields.unknown)
        return tuple(found)

    def _time(self, names: tuple[str, ...], read: Callable[[object], datetime]) -> datetime | None:
        value = self.raw(*names)
        if value is None or value == "":
            return None
        try:
            return read(value)
        except (ValueError, OverflowError, OSError) as error:
            raise _odd("a time", names, value) from error

    def _needed(self, value: T | None, names: tuple[str, ...]) -> T:
        if value is None:
            raise RejectedEventError(f"Expected a field {names[0]}, received none.")
        return value


def _decimal(value: object, names: tuple[str, ...]) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _odd("a number", names, value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise _odd("a number", names, value) from None
    if not number.is_finite():
        raise _odd("a finite number", names, value)
    return number


def _epoch(value: object, names: tuple[str, ...], unit: int) -> datetime:
    """A time from its epoch number; a unit of 0 is told by the number's size."""
    if isinstance(value, str) and value.isdecimal():
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool) and unit != 1000:
        number = value
    else:
        raise _odd("an epoch number", names, value)
    unit = unit or (1000 if number >= MILLIS_FROM else 1)
    return datetime.fromtimestamp(number / unit, tz=UTC)


def _iso_or_epoch(value: object, names: tuple[str, ...]) -> datetime:
    if isinstance(value, str) and not value.isdecimal():
        return datetime.fromisoformat(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return _epoch(value, names, unit=1000)


def _odd(expected: str, names: tuple[str, ...], value: object) -> RejectedEventError:
    return RejectedEventError(f"Expected {expected} in {names[0]}, received {value!r}.")
