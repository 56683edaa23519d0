"""Values of a YAML text changed in place: order, comments and notation of all else stay."""

from collections.abc import Mapping

import yaml

from schemas.numbers import exact_number, means_same

NUMBERS = ("tag:yaml.org,2002:float", "tag:yaml.org,2002:int")
WIDE = 100_000


def with_values(text: str, values: Mapping[str, object]) -> str:
    """A mapping's text with some of its values replaced, new keys at its end.

    Where a value cannot be replaced in place (an alias), the text is written anew, without its
    comments: what it says is always exactly what was asked for.

    Args:
        text: A YAML mapping.
        values: By key at the top level; texts of numbers are written as numbers where one stood.
    """
    before = yaml.safe_load(text) or {}
    wanted = {**before, **values}
    edited = _edited(text, values)
    try:
        said = yaml.safe_load(edited)
    except yaml.YAMLError:
        said = None
    return edited if means_same(said, wanted) else _dumped(wanted)


def _edited(text: str, values: Mapping[str, object]) -> str:
    root = yaml.compose(text, yaml.SafeLoader)
    nodes = {key.value: node for key, node in root.value} if root is not None else {}
    places = sorted(
        ((nodes[name], value) for name, value in values.items() if name in nodes),
        key=lambda place: -place[0].start_mark.index,
    )
    for node, value in places:
        text = f"{text[: node.start_mark.index]}{_written(value, node)}{text[_end(node) :]}"
    new = [f"{name}: {_written(values[name], None)}\n" for name in values if name not in nodes]
    return "".join([text if text.endswith("\n") or not new else f"{text}\n", *new])


def _end(node: yaml.Node) -> int:
    """Where a value ends; a block ends with its last leaf, not with the comments behind it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _written(value: object, old: yaml.Node | None) -> str:
    """A value on one line, as the one before it was written."""
    if isinstance(value, list):
        child = old.value[0] if isinstance(old, yaml.SequenceNode) and old.value else None
        return f"[{', '.join(_written(each, child) for each in value)}]"
    if isinstance(value, str) and old is not None and old.tag in NUMBERS and _is_exact(value):
        return value
    dumped = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=WIDE)
    return dumped.removesuffix("...\n").strip()


def _is_exact(text: str) -> bool:
    """Whether YAML reads a number of this text back without a loss."""
    number = exact_number(text)
    return number is not None and exact_number(yaml.safe_load(text)) == number


def _dumped(content: object) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
