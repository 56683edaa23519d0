"""The parameters of bots as the API shows them: values, form, and a tag for who edits them."""

import inspect
import re
from hashlib import blake2b
from typing import Any

import msgspec

from configs.bots import BotParameters

_ATTRIBUTE = re.compile(r"^(\w+): (.+)$")


def values_of(parameters: BotParameters) -> dict[str, Any]:
    """Parameters as JSON: dollars and shares as strings."""
    return parameters.model_dump(mode="json")


def tag_of(values: dict[str, Any]) -> str:
    """An entity tag: equal for equal values, whatever their order."""
    text = msgspec.json.encode(values, order="deterministic")
    return f'"{blake2b(text, digest_size=8).hexdigest()}"'


def form_of(model: type[BotParameters]) -> dict[str, Any]:
    """The JSON Schema of a bot's parameters: types, bounds, and meanings from the docstring."""
    form = model.model_json_schema()
    for part, kind in ((form, model), *_parts(form, model)):
        for name, meaning in _meanings(kind).items():
            if name in part.get("properties", {}):
                part["properties"][name].setdefault("description", meaning)
    return form


def _parts(
    form: dict[str, Any], model: type[BotParameters]
) -> list[tuple[dict[str, Any], type[object]]]:
    """The schemas of the models inside, where their classes are in the model's module."""
    module = inspect.getmodule(model)
    found = ((part, getattr(module, name, None)) for name, part in form.get("$defs", {}).items())
    return [(part, kind) for part, kind in found if isinstance(kind, type)]


def _meanings(model: type[object]) -> dict[str, str]:
    """What the docstrings of a model and its bases say of their attributes."""
    found: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        name = ""
        _, _, section = (inspect.cleandoc(kind.__doc__ or "")).partition("Attributes:\n")
        for line in section.splitlines():
            attribute = _ATTRIBUTE.match(line.removeprefix("    "))
            if attribute is not None and line.startswith("    "):
                name = attribute[1]
                found[name] = attribute[2]
            elif name and line.startswith("        "):
                found[name] += f" {line.strip()}"
    return found
