"""Rows into PostgreSQL or TimescaleDB: one transaction per batch, one statement per table."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

import asyncpg

from sinks.merging import Values, one_per_key
from sinks.pool import UNAVAILABLE, away
from sinks.port import Partition, RowsRefusedError
from sinks.row_types import Row
from sinks.statements import POSITIONS, insert_rows, text_places
from sinks.tables import Table

if TYPE_CHECKING:
    from sinks.pool import AnyConnection, Pool

ACQUIRE_S = 2.0
"""A pool whose server is gone keeps a caller waiting while it reconnects by itself."""

_REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


class PostgresSink:
    """The sink port over a pool of connections."""

    def __init__(self, pool: "Pool") -> None:
        """Write through a pool; the tables exist.

        Args:
            pool: From `sinks.pool.open_pool`.
        """
        self._pool = pool

    async def write(self, rows: Sequence[Row], positions: Mapping[Partition, int]) -> None:
        """Keep all rows and positions in one transaction; see `sinks.port.Sink`."""
        tables = one_per_key(rows)
        try:
            async with (
                self._pool.acquire(timeout=ACQUIRE_S) as connection,
                connection.transaction(),
            ):
                for table, values in tables.items():
                    await _insert(connection, table, values)
                if positions:
                    await _remember(connection, positions)
        except _REFUSED as error:
            raise RowsRefusedError(f"The database refused rows: {error}") from error
        except UNAVAILABLE as error:
            raise away(error) from error

    async def positions(self) -> dict[Partition, int]:
        """The next offset per partition; see `sinks.port.Sink`."""
        try:
            found = await self._pool.fetch("select topic, partition, next_offset from sink_offsets")
        except UNAVAILABLE as error:
            raise away(error) from error
        return {Partition(row["topic"], row["partition"]): row["next_offset"] for row in found}


async def _insert(connection: "AnyConnection", table: Table, rows: Sequence[Values]) -> None:
    statement, as_text = _statement(table)
    columns: list[Sequence[object]] = list(zip(*rows, strict=True))
    for place in as_text:
        columns[place] = [None if value is None else str(value) for value in columns[place]]
    await connection.execute(statement, *columns)


async def _remember(connection: "AnyConnection", positions: Mapping[Partition, int]) -> None:
    topics, numbers = zip(*positions, strict=True)
    await connection.execute(POSITIONS, topics, numbers, list(positions.values()))


@cache
def _statement(table: Table) -> tuple[str, tuple[int, ...]]:
    return insert_rows(table), text_places(table)
