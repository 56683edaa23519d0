"""The port of whatever remembers rows, and how it says no."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from schemas.errors import ApplicationError, InfrastructureError
from sinks.row_types import Row


class Partition(NamedTuple):
    """One partition of a topic; the topic by its whole name on the broker."""

    topic: str
    number: int


class SinkAwayError(InfrastructureError):
    """The database cannot take rows now; the same rows can be tried again later."""


class RowsRefusedError(ApplicationError):
    """The database will never take these rows: a value does not fit its column."""


class Sink(Protocol):
    """Keeps rows, and how far the log was read, in one step."""

    async def write(self, rows: Sequence[Row], positions: Mapping[Partition, int]) -> None:
        """Keep all rows and positions, or nothing. Rows that came before do no harm.

        Args:
            rows: Of any tables, in the order of their messages.
            positions: The next offset to read per partition.

        Raises:
            SinkAwayError: Nothing was kept, or it is unknown whether; try again.
            RowsRefusedError: Nothing was kept, and never will be.
        """
        ...

    async def positions(self) -> dict[Partition, int]:
        """The next offset to read of every partition that was read before.

        Raises:
            SinkAwayError: The database does not answer.
        """
        ...
