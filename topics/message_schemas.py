"""A JSON Schema for every message, with the meaning of its fields from the docstrings."""

import inspect
import re
from typing import Any

import msgspec

from schemas.envelope import Message
from topics.catalog import TOPICS
from topics.frames import Frame

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^    (\w+): ", re.MULTILINE)


def tag_of(message: type[Any]) -> str:
    """What a message's `type` field says on the wire; also its schema's file name."""
    return str(message.__struct_config__.tag)


def message_schemas() -> dict[str, str]:
    """A JSON Schema for the frame and for every message of the catalogue.

    Returns:
        File contents by file name.
    """
    types = {tag_of(message): message for topic in TOPICS for message in topic.messages}
    files = {"frame.json": schema_of(Frame)}
    return files | {f"{tag}.json": schema_of(types[tag]) for tag in sorted(types)}


def schema_of(message: type[Any]) -> str:
    """One message's schema as a file's content; the same on every version of Python."""
    schema = {"$schema": DIALECT, **msgspec.json.schema(message)}
    envelope = _attributes(inspect.cleandoc(Message.__doc__ or ""))[1]
    for definition in schema["$defs"].values():
        if "description" not in definition:
            continue
        text = inspect.cleandoc(definition["description"])
        definition["description"], meanings = _attributes(text)
        for name, field in definition.get("properties", {}).items():
            meaning = meanings.get(name) or envelope.get(name)
            if meaning:
                field["description"] = meaning
    encoded = msgspec.json.encode(schema, order="deterministic")
    return msgspec.json.format(encoded, indent=2).decode() + "\n"


def _attributes(docstring: str) -> tuple[str, dict[str, str]]:
    """Split a clean Google docstring into its text and what it says of each attribute."""
    text, _, section = docstring.partition("\n\nAttributes:\n")
    parts = _ATTRIBUTE.split(section)
    meanings = dict(zip(parts[1::2], parts[2::2], strict=True))
    return _one_line(text), {name: _one_line(meaning) for name, meaning in meanings.items()}


def _one_line(text: str) -> str:
    return " ".join(text.split())
