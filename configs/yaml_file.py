"""YAML files of configuration, checked against a pydantic model.

An error is a sentence for the operator: file, line, key, what was received and what is allowed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.errors import ConfigurationError

M = TypeVar("M", bound=BaseModel)
Location = Sequence[str | int]
Fault = tuple[str, str]
"""Dotted key and the sentence about it."""


class Documents(NamedTuple):
    """Configuration files as texts, as they are on the log; what is missing is the shipped one.

    Attributes:
        texts: By name, e.g. `risk.yaml` or `bots/bot_01_rebalancing.yaml`.
    """

    texts: Mapping[str, str]


Folder = Path | Documents
"""Where the operator's files are: on disk, or on the log."""


def load_yaml(
    model: type[M],
    name: str,
    folder: Folder | None = None,
    check: Callable[[M], Iterable[Fault]] | None = None,
) -> M:
    """Read a file of the operator's folder if it is there, else the shipped one.

    Args:
        model: What the file must be.
        name: Path inside the folder, e.g. `bots/bot_01_rebalancing.yaml`.
        folder: The operator's folder (`PETS_CONFIG_DIR`) or documents, or None.
        check: What else must hold, between keys or with other files.

    Returns:
        The checked content.

    Raises:
        ConfigurationError: The file is missing, is no YAML, or breaks the model.
    """
    place, text = read_yaml(name, folder)
    return parse_yaml(model, text, place, check)


def read_yaml(name: str, folder: Folder | None) -> tuple[str, str]:
    """A file's place, as errors call it, and its text.

    Args:
        name: Path inside the folder.
        folder: The operator's folder or documents, or None.

    Raises:
        ConfigurationError: There is no such file.
    """
    if isinstance(folder, Documents) and name in folder.texts:
        return f"{name} on the log", folder.texts[name]
    own = folder / name if isinstance(folder, Path) else None
    if own is not None and own.is_file():
        return str(own), own.read_text(encoding="utf-8")
    shipped = files("configs").joinpath(name)
    if not shipped.is_file():
        raise ConfigurationError(
            f"Expected a configuration file {name}, there is none among the shipped ones. "
            "Check the name."
        )
    return f"configs/{name}", shipped.read_text(encoding="utf-8")


def parse_yaml(
    model: type[M],
    text: str,
    name: str,
    check: Callable[[M], Iterable[Fault]] | None = None,
) -> M:
    """Check a YAML text against a model.

    Args:
        model: What it must be.
        text: The YAML.
        name: How errors call the file.
        check: What else must hold, between keys or with other files.

    Raises:
        ConfigurationError: All that is wrong, one sentence a line.
    """
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        content: object = loader.construct_document(node) if node is not None else {}
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{name} is no YAML: {error}") from error
    finally:
        loader.dispose()
    if repeated := _repeated_keys(node):
        raise ConfigurationError("\n".join(f"{name}, {sentence}" for sentence in repeated))
    try:
        checked = model.model_validate(content)
    except ValidationError as error:
        sentences = [_sentence(model, node, details) for details in error.errors()]
        raise ConfigurationError("\n".join(f"{name}, {each}" for each in sentences)) from error
    faults = check(checked) if check is not None else ()
    if found := [f"{name}, line {_line(node, key.split('.'))}, {key}: {s}" for key, s in faults]:
        raise ConfigurationError("\n".join(found))
    return checked


def _sentence(model: type[BaseModel], root: yaml.Node | None, details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    location: list[str | int] = [*details["loc"], *str(context.get("key", "")).split(".")]
    location = [part for part in location if part != ""]
    where = f"line {_line(root, location)}, {'.'.join(str(part) for part in location) or 'file'}"
    if details["type"] == "extra_forbidden":
        allowed = ", ".join(_keys(model, location[:-1]))
        return f"{where}: this key is unknown. Allowed here: {allowed}."
    if details["type"] == "missing":
        return f"{where}: this key is missing. Add it."
    message = details["msg"].removeprefix("Value error, ").replace("Input should", "It should")
    received = "" if "key" in context else f" Received {details['input']!r}."
    return f"{where}: {message.rstrip('.')}.{received}"


def _line(root: yaml.Node | None, location: Location) -> int:
    """Line of a value; of the nearest thing around it where the value is absent."""
    node = root
    line = node.start_mark.line + 1 if node is not None else 1
    for part in location:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    found, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and str(part).isdigit():
            found = node.value[int(part)] if int(part) < len(node.value) else None
            line = found.start_mark.line + 1 if found is not None else line
        if found is None:
            break
        node = found
    return line


def _keys(model: type[BaseModel], location: Location) -> list[str]:
    """The keys a mapping inside the model may have."""
    here: type[BaseModel] = model
    for part in location:
        field = here.model_fields.get(str(part))
        inner = field.annotation if field is not None else None
        if not isinstance(inner, type) or not issubclass(inner, BaseModel):
            return ["see the shipped file"]
        here = inner
    return list(here.model_fields)


def _repeated_keys(root: yaml.Node | None) -> list[str]:
    found: list[str] = []
    if isinstance(root, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in root.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                found.append(
                    f"line {line}, {key.value}: this key is already set in line "
                    f"{seen[key.value]}. Keep one."
                )
            seen[key.value] = line
            found += _repeated_keys(value)
    elif isinstance(root, yaml.SequenceNode):
        for value in root.value:
            found += _repeated_keys(value)
    return found
