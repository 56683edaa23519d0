"""A fixed pool of warmed connections that speak milliseconds."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

import asyncpg
import msgspec

from sinks.port import SinkAwayError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
    AnyConnection: TypeAlias = Connection | PoolConnectionProxy[asyncpg.Record]

_EPOCH_MS = 946_684_800_000
"""PostgreSQL counts from 2000-01-01, in microseconds."""
_WARMING = ("select 1 from orders where created_at > now() - interval '1 hour' limit 1",)

CONNECT_S = 10.0
STATEMENT_S = 30.0

UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresError,
)
"""What a database that is away, starting, ending, full or not migrated raises. Rows that do not
fit their columns raise some of these, too, and have to be told apart first. asyncpg calls it an
internal error when a server says goodbye between two statements and the connection stands yet."""


@asynccontextmanager
async def open_pool(
    dsn: str, size: int, *, warming: Sequence[str] = _WARMING
) -> AsyncIterator["Pool"]:
    """A pool that connects at once, never closes idle connections and reconnects by itself.

    `timestamptz` values are milliseconds UTC, as integers, in both directions. Plans are made for
    the arguments at hand, so that an optional filter that is not used costs nothing.

    Args:
        dsn: PostgreSQL address.
        size: How many connections it holds.
        warming: Queries that every new connection runs once, so that no later one pays for them.

    Raises:
        SinkAwayError: The database does not answer or has no tables yet.
    """

    async def prepare(connection: "AnyConnection") -> None:
        await speak_our_types(connection)
        for query in warming:
            await connection.execute(query)

    try:
        pool = await asyncpg.create_pool(
            dsn,
            min_size=size,
            max_size=size,
            init=prepare,
            timeout=CONNECT_S,
            command_timeout=STATEMENT_S,
            max_inactive_connection_lifetime=0,
            server_settings={"application_name": "pets", "plan_cache_mode": "force_custom_plan"},
        )
    except UNAVAILABLE as error:
        raise away(error) from error
    try:
        yield pool
    finally:
        pool.terminate()


async def speak_our_types(connection: "AnyConnection") -> None:
    """Make `timestamptz` integers of milliseconds UTC, and `jsonb` what it says."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_json, decoder=msgspec.json.decode
    )
    await connection.set_type_codec(
        "timestamptz",
        schema="pg_catalog",
        format="tuple",
        encoder=lambda ms: ((ms - _EPOCH_MS) * 1000,),
        decoder=lambda micros: micros[0] // 1000 + _EPOCH_MS,
    )


def _encode_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def away(error: BaseException) -> SinkAwayError:
    """The sentence for a database that cannot be used now."""
    if isinstance(error, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        return SinkAwayError(
            f"The database lacks what this version needs ({error}): run `pets migrate`."
        )
    return SinkAwayError(
        f"The database cannot be used now ({type(error).__name__}: {error}): it is tried again; "
        "see that it runs and that PETS_DATABASE names it."
    )
