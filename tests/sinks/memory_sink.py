"""The sink port in memory, by the same rules as the database."""

from collections.abc import Mapping, Sequence

from sinks.merging import Values, merged, one_per_key
from sinks.port import Partition
from sinks.row_types import Row
from sinks.tables import Table


class MemorySink:
    """Keeps rows in dictionaries."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Values, Values]] = {}
        self._positions: dict[Partition, int] = {}

    async def write(self, rows: Sequence[Row], positions: Mapping[Partition, int]) -> None:
        for table, values in one_per_key(rows).items():
            for row in values:
                self._keep(table, row)
        self._positions.update(positions)

    async def positions(self) -> dict[Partition, int]:
        return dict(self._positions)

    def rows(self, table: str) -> list[Values]:
        """A table's rows by key."""
        kept = self.tables.get(table, {})
        return [kept[key] for key in sorted(kept, key=repr)]

    def _keep(self, table: Table, row: Values) -> None:
        kept = self.tables.setdefault(table.name, {})
        key = tuple(row[place] for place in table.key_places)
        kept[key] = merged(table, kept[key], row) if key in kept else row
