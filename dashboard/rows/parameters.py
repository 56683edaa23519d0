"""A bot's parameters as rows and as fields of a form, from their JSON Schema. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from dashboard.answers.system import BotConfig
from dashboard.rows.columns import Row
from schemas.numbers import exact_number, means_same

Kind = Literal["number", "whole", "switch", "choice", "numbers", "words", "nested"]
FIXED = ("number", "name")
"""What a bot is; not what it does."""
MARKS = (
    ("minimum", "≥"),
    ("exclusiveMinimum", ">"),
    ("maximum", "≤"),
    ("exclusiveMaximum", "<"),
)


class Field(NamedTuple):
    """One parameter in a form.

    Attributes:
        exact: Whether its numbers travel as texts, because they are dollars or shares.
        options: Of a choice.
        safer: Whether less of it is less risk, whatever the others are.
    """

    name: str
    kind: Kind
    value: object
    exact: bool
    bounds: str
    meaning: str
    options: tuple[str, ...]
    safer: bool


class Change(NamedTuple):
    """One parameter as it was and as it shall be."""

    field: Field
    new: object

    @property
    def is_safer(self) -> bool:
        """Whether it can only lessen risk."""
        old, new = exact_number(self.field.value), exact_number(self.new)
        return self.field.safer and old is not None and new is not None and new < old


def fields_of(config: BotConfig) -> list[Field]:
    """Every parameter that can be changed, in the order of the file."""
    forms = _properties(config)
    return [
        _field(name, value, forms.get(name, {}))
        for name, value in config.parameters.items()
        if name not in FIXED
    ]


def parameter_rows(config: BotConfig) -> list[Row]:
    """One row a parameter: value, bounds, meaning."""
    forms = _properties(config)
    return [
        {
            "Parameter": name,
            "Value": written(value),
            "Bounds": bounds(forms.get(name, {})),
            "What": str(forms.get(name, {}).get("description", "")),
        }
        for name, value in config.parameters.items()
    ]


def change_rows(changes: Sequence[Change]) -> list[Row]:
    """One row a change: old and new value."""
    return [
        {
            "Parameter": change.field.name,
            "Old": written(change.field.value),
            "New": written(change.new),
            "Bounds": change.field.bounds,
        }
        for change in changes
    ]


def written(value: object) -> str:
    """A value as a person types it: lists without brackets."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def read(field: Field, text: str) -> object | None:
    """What a person typed as the value that is sent; None when it is not of the field's kind."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if field.kind == "words":
        return parts
    if field.kind == "numbers":
        old = field.value if isinstance(field.value, list) else []
        whole = bool(old) and all(type(each) is int for each in old)
        found = [_number(part, whole=whole, exact=field.exact) for part in parts]
        return None if None in found or not found else found
    return _number(text.strip(), whole=field.kind == "whole", exact=field.exact)


def in_force(changes: Sequence[Change], now: Mapping[str, object]) -> bool:
    """Whether every change is among the parameters as they are now."""
    return all(means_same(change.new, now.get(change.field.name)) for change in changes)


def bounds(form: Mapping[str, object]) -> str:
    """The bounds of a field in a JSON Schema, in words."""
    others = form.get("anyOf", ())
    alternatives = [form, *(each for each in _list(others) if isinstance(each, dict))]
    return " ".join(
        f"{sign} {exact_number(each[name]):g}"
        for each in alternatives
        for name, sign in MARKS
        if name in each
    )


def _field(name: str, value: object, form: Mapping[str, object]) -> Field:
    return Field(
        name=name,
        kind=_kind(value, form),
        value=value,
        exact=_is_exact(value),
        bounds=bounds(form),
        meaning=str(form.get("description", "")),
        options=tuple(str(each) for each in _list(form.get("enum", ()))),
        safer=form.get("safer") == "lower",
    )


def _kind(value: object, form: Mapping[str, object]) -> Kind:
    if isinstance(value, bool):
        return "switch"
    if "enum" in form:
        return "choice"
    if isinstance(value, int):
        return "whole"
    if isinstance(value, float) or (isinstance(value, str) and "anyOf" in form):
        return "number"
    if isinstance(value, list) and all(isinstance(each, int | float | str) for each in value):
        return "numbers" if all(exact_number(each) is not None for each in value) else "words"
    return "nested"


def _is_exact(value: object) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, str)


def _number(text: str, *, whole: bool, exact: bool) -> object | None:
    number = exact_number(text)
    if number is None or (whole and number != number.to_integral_value()):
        return None
    if exact:
        return f"{number:f}"
    return int(number) if whole else float(number)


def _properties(config: BotConfig) -> dict[str, dict[str, object]]:
    properties = config.form.get("properties")
    found = properties if isinstance(properties, dict) else {}
    return {str(name): form for name, form in found.items() if isinstance(form, dict)}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
