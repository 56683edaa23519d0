"""Log lines: from a line of JSON to a message, and from the topic to whoever asks."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from schemas.envelope import Message
from schemas.ops import LogLine
from topics.catalog import LOGS
from topics.codec import DecodeError, TopicCodec, decode_frame
from topics.reader import LogReader

LEVELS = ("debug", "info", "warning", "error", "critical")
"""From the least to the gravest."""
LONGEST_TEXT = 4_000
"""Characters of a field or an event that are kept; a traceback fits."""
MOST_FIELDS = 40
WINDOW = 500
"""Records read at a time, backwards from the end."""
MOST_RECORDS = 50_000
"""Records looked through for one question."""
_OWN = frozenset({"at", "level", "logger", "event", "component", "correlation_id", "causation_id"})


class Wanted(NamedTuple):
    """Which log lines; what is empty does not choose.

    Attributes:
        component: The component that wrote it, e.g. "gate,ledger" or "api".
        level: The least level.
        since_ms: Wall time of the oldest line, ms UTC.
        correlation_id: The id of what was worked on, of what led to it, or of any field.
        limit: How many lines at most, the newest.
    """

    component: str = ""
    level: str = "debug"
    since_ms: int = 0
    correlation_id: str = ""
    limit: int = 200

    def fits(self, line: LogLine) -> bool:
        """Whether a line is among them, whatever the limit."""
        grave = line.level not in LEVELS or LEVELS.index(line.level) >= LEVELS.index(self.level)
        ids = (line.correlation_id, line.causation_id, *line.fields.values())
        return (
            grave
            and line.at >= self.since_ms
            and self.component in ("", line.source, *line.source.split(","))
            and (not self.correlation_id or self.correlation_id in ids)
        )


def line_of(text: str, *, event_id: str, now: int, pid: int) -> LogLine:
    """The message of one line as `configs.logging` writes it.

    Args:
        text: A JSON object without secrets.
        event_id: The message's id.
        now: Session time, ms.
        pid: The process.
    """
    said: dict[str, object] = msgspec.json.decode(text, type=dict[str, object])
    rest = [(name, value) for name, value in said.items() if name not in _OWN][:MOST_FIELDS]
    return LogLine(
        event_id=event_id,
        event_time=now,
        ingest_time=now,
        source=_text(said.get("component", "")),
        causation_id=_text(said.get("causation_id", "")),
        at=round(datetime.fromisoformat(str(said["at"])).timestamp() * 1000),
        level=_text(said.get("level", "info")),
        logger=_text(said.get("logger", "")),
        event=_text(said.get("event", "")),
        pid=pid,
        correlation_id=_text(said.get("correlation_id", "")),
        fields={name[:100]: _text(value) for name, value in rest},
    )


async def find_lines(reader: LogReader, prefix: str, wanted: Wanted) -> list[LogLine]:
    """The newest lines that are wanted, the oldest of them first.

    Looks backwards from the end of the topic through at most 50,000 records.

    Args:
        reader: Reads the log.
        prefix: Put before every topic name.
        wanted: Which.

    Raises:
        InfrastructureError: The broker stopped answering.
    """
    name = prefix + LOGS.name
    first, end = (await reader.bounds(name, [0]))[0]
    oldest = max(first, end - MOST_RECORDS)
    found: list[LogLine] = []
    while end > oldest and len(found) < wanted.limit:
        start = max(oldest, end - WINDOW)
        written_at = 0
        here: list[LogLine] = []
        async for at, line in _lines(reader, name, start, end):
            written_at = written_at or at
            if wanted.fits(line):
                here.append(line)
        found = here + found
        if 0 < written_at < wanted.since_ms:
            break
        end = start
    return found[-wanted.limit :]


async def _lines(
    reader: LogReader, name: str, start: int, end: int
) -> AsyncIterator[tuple[int, LogLine]]:
    """Each line with the broker's time of its record; what cannot be read is passed over."""
    codec: TopicCodec[Message] = TopicCodec(LOGS)
    async for record in reader.records(name, 0, start, end):
        try:
            messages = codec.decode_all(decode_frame(record.value or b""))
        except DecodeError:
            continue
        for _, message in messages:
            if isinstance(message, LogLine):
                yield record.timestamp, message


def _text(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
