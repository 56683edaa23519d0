"""What a reader is: the row it knows a file by, and what it makes of the rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from connectors.recordings.facts import Facts
from connectors.recordings.files import Shape, rows
from connectors.recordings.item import Item

R = TypeVar("R", bound=msgspec.Struct)


class Reader(Protocol):
    """Reads one format."""

    @property
    def name(self) -> str:
        """Short, stable; kept in the manifest."""
        ...

    @property
    def about(self) -> str:
        """What becomes of such a file, one sentence."""
        ...

    def fits(self, shape: Shape) -> int:
        """How many fields of a file it knows; 0 when one that it needs is missing."""
        ...

    def learn(self, path: Path, facts: Facts) -> None:
        """Take over what a file says about markets; comes before any file is played."""
        ...

    def play(self, path: Path, facts: Facts) -> Iterator[Item]:
        """What happened, in the order of time."""
        ...


@dataclass(frozen=True, slots=True)
class RowReader(Generic[R]):
    """A reader of typed rows.

    Attributes:
        row: The fields it reads; those without a default must be there.
        kind: parquet, csv or jsonl.
        order_by: Column to sort a table by.
        learns: Takes rows into the facts; None where they say nothing about markets.
        plays: Makes items of rows; None where nothing happens in them.
    """

    name: str
    about: str
    row: type[R]
    kind: str
    order_by: str = ""
    learns: Callable[[Iterator[R], Facts], None] | None = None
    plays: Callable[[Iterator[R], Facts], Iterator[Item]] | None = None

    def fits(self, shape: Shape) -> int:
        """How many fields of a file it knows; 0 when one that it needs is missing."""
        fields = msgspec.structs.fields(self.row)
        needed = {field.encode_name for field in fields if field.required}
        if shape.kind != self.kind or not needed <= shape.fields:
            return 0
        return sum(field.encode_name in shape.fields for field in fields)

    def learn(self, path: Path, facts: Facts) -> None:
        """Take over what a file says about markets."""
        if self.learns is not None:
            self.learns(rows(path, self.row, self.order_by), facts)

    def play(self, path: Path, facts: Facts) -> Iterator[Item]:
        """What happened, in the order of time."""
        if self.plays is None:
            return iter(())
        return self.plays(rows(path, self.row, self.order_by), facts)
