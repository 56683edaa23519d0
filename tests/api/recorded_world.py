"""A small simulated world as an archive, with its prints, so that bots trade on it."""

from functools import cache
from pathlib import Path

from api.tape import Tape
from schemas.envelope import Message
from schemas.ids import AccountId
from sinks.archive.importing import SEGMENT_BYTES, write_import
from sinks.archive.writer import ArchiveWriter
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, TopicSpec

NOW = 1_800_000_000_000
HOURS = 0.03


@cache
def said() -> tuple[tuple[TopicSpec, Message], ...]:
    """What connectors would have written; the clock is not on their topics."""
    clock = (DECIDE_INPUTS, GATE_INPUTS)
    tape = Tape("world", seed=7, hours=HOURS, account=AccountId("main"))
    return tuple((topic, message) for topic, _, message in tape if topic not in clock)


def world(folder: Path, segment_bytes: int = SEGMENT_BYTES) -> Path:
    """An archive of it."""
    with ArchiveWriter(folder, "import", NOW) as writer:
        write_import(writer, said(), (), lambda: NOW, segment_bytes)
    return folder
