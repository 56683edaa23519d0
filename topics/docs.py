"""Write the generated parts of the documentation: the table of topics, and JSON Schemas."""

from collections.abc import Mapping
from pathlib import Path

from schemas.errors import ConfigurationError
from schemas.reason_table import reason_table
from topics.catalog import DAY_MS, TOPICS, Cleanup, TopicSpec
from topics.message_schemas import message_schemas, tag_of


def topic_table() -> str:
    """The catalogue as a Markdown table."""
    lines = [
        "| topic | what | key | written by | read by | kept | messages |",
        "|---|---|---|---|---|---|---|",
    ]
    for topic in TOPICS:
        messages = ", ".join(
            f"[{name}](schemas/{name}.json)" for name in map(tag_of, topic.messages)
        )
        cells = (
            f"`{topic.name}`",
            topic.about,
            str(topic.scope),
            ", ".join(topic.written_by),
            ", ".join(topic.read_by),
            kept(topic),
            messages,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def kept(topic: TopicSpec) -> str:
    """How long a topic is kept, in words."""
    if topic.cleanup is Cleanup.COMPACT:
        return "last of each key"
    if topic.retention_ms is None:
        return "for ever"
    return f"{topic.retention_ms // DAY_MS} d"


def with_part(document: str, part: str, text: str) -> str:
    """A document with one of its generated parts made anew.

    Args:
        document: Has the lines that begin and end the part.
        part: The part's name in those lines.
        text: What is to stand between them.

    Raises:
        ConfigurationError: The document has no marked place for the part.
    """
    begin, end = (f"<!-- {word} GENERATED {part} -->" for word in ("BEGIN", "END"))
    head, found, rest = document.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise ConfigurationError(f"Expected the lines {begin} and {end}, found none: add them.")
    return f"{head}{begin}\n{text}\n{end}{tail}"


def with_table(document: str) -> str:
    """The document with its table of topics made anew.

    Raises:
        ConfigurationError: The document has no marked place for the table.
    """
    return with_part(document, "topics", topic_table())


def write_docs(docs: Path) -> list[Path]:
    """Write the generated parts: `docs/dataflow.md`, `docs/reason-codes.md`, `docs/schemas/`.

    Args:
        docs: The documentation's folder.

    Returns:
        Files that were changed, added or removed.
    """
    dataflow = docs / "dataflow.md"
    wanted = {dataflow: with_table(dataflow.read_text(encoding="utf-8"))}
    wanted[docs / "reason-codes.md"] = reason_table()
    wanted |= {docs / "schemas" / name: text for name, text in message_schemas().items()}
    changed = write_changed(wanted)
    stale = [path for path in (docs / "schemas").glob("*.json") if path not in wanted]
    for path in stale:
        path.unlink()
    return changed + stale


def write_changed(wanted: Mapping[Path, str]) -> list[Path]:
    """Write the files that are not yet what they are to be; returns those."""
    changed = [path for path, text in wanted.items() if _differs(path, text)]
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    return changed


def _differs(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != text
