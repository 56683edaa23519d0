"""The event log of a run: one JSON line a message, in the order of the log."""

from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from schemas.envelope import Message
from topics.catalog import TopicSpec


class _Line(msgspec.Struct, frozen=True):
    topic: str
    key: str
    message: Message


class EventLog:
    """An observer that writes; equal runs write equal bytes."""

    def __init__(self, path: Path) -> None:
        """Write to a file, replacing it.

        Args:
            path: The log file.
        """
        self._file = path.open("wb")
        self._encoder = msgspec.json.Encoder()

    def __call__(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Write one message."""
        self._file.write(self._encoder.encode(_Line(topic.name, key, message)) + b"\n")

    def __enter__(self) -> Self:
        """Use as a context to close the file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()
