"""Looks into the database's tables as the row types say."""

import msgspec

from sinks.merging import Values
from sinks.pool import open_pool
from sinks.tables import TABLES


async def stored_rows(dsn: str, name: str) -> list[Values]:
    """All rows of a table, sorted by key, JSON as compact text."""
    (table,) = [table for table in TABLES.values() if table.name == name]
    async with open_pool(dsn, 1, warming=()) as pool:
        found = await pool.fetch(f"select {', '.join(table.columns)} from {name}")
    rows = [tuple(map(_plain, row.values())) for row in found]
    return sorted(rows, key=lambda row: repr(tuple(row[place] for place in table.key_places)))


def _plain(value: object) -> object:
    if isinstance(value, dict | list):
        return msgspec.json.encode(value, order="sorted").decode()
    return value
