"""What the database server can do: TimescaleDB with all features, or plain PostgreSQL.

A TimescaleDB under the `apache` licence refuses columnstore, retention and aggregates, and counts
as plain. Asking is done on connections of its own: `create extension` ends the connection where
the library is not preloaded.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from sinks.pool import Connection

_IS_PRELOADED = """
select 'timescaledb' = any (
  string_to_array(replace(current_setting('shared_preload_libraries'), ' ', ''), ','))
"""
_IS_INSTALLED = "select exists (select from pg_extension where extname = 'timescaledb')"
_LICENCE = "select current_setting('timescaledb.license', true)"


class Level(StrEnum):
    """How the schema is made."""

    PLAIN = "plain"
    TIMESCALE = "timescale"


async def detect_level(dsn: str) -> Level:
    """Find out what the server can do; creates the extension where it is preloaded.

    Args:
        dsn: PostgreSQL address.

    Raises:
        OSError: The server does not answer.
        asyncpg.PostgresError: It refuses the connection.
    """
    if not await _is_usable(dsn):
        return Level.PLAIN
    connection: Connection = await asyncpg.connect(dsn)
    try:
        licence = await connection.fetchval(_LICENCE)
    finally:
        await connection.close()
    return Level.TIMESCALE if licence == "timescale" else Level.PLAIN


async def _is_usable(dsn: str) -> bool:
    """Whether the extension is there, or can be had."""
    connection: Connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval(_IS_INSTALLED):
            return True
        if not await connection.fetchval(_IS_PRELOADED):
            return False
        await connection.execute("create extension if not exists timescaledb")
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await connection.close()
    return True
