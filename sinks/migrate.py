"""The schema forward, backward, and where it stands."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from schemas.errors import InfrastructureError
from sinks.levels import Level, detect_level

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 5_083_601
"""Key of the advisory lock that lets one process migrate at a time."""


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Where a database's schema stands.

    Attributes:
        current: Its revision; None when nothing was migrated yet.
        head: The revision this version of PETS needs.
        level: How it was made; None when nothing was migrated yet.
    """

    current: str | None
    head: str
    level: Level | None

    @property
    def is_current(self) -> bool:
        """Whether nothing needs to be done."""
        return self.current == self.head


async def migrate(dsn: str) -> SchemaStatus:
    """Bring the schema to the newest revision; any number of processes may do so at a time.

    Args:
        dsn: PostgreSQL address.

    Returns:
        Where it stands now.

    Raises:
        InfrastructureError: The database does not answer or refuses.
    """

    def up(connection: Connection, level: Level) -> None:
        command.upgrade(_config(connection, level), "head")

    return await _change(dsn, up)


async def downgrade(dsn: str, revision: str = "base") -> SchemaStatus:
    """Take the schema back; what newer revisions made is dropped with its data.

    Args:
        dsn: PostgreSQL address.
        revision: Where to stop: a revision, `-1` for one step, or `base` for nothing left.

    Returns:
        Where it stands now.

    Raises:
        InfrastructureError: The database does not answer or refuses.
    """

    def down(connection: Connection, level: Level) -> None:
        command.downgrade(_config(connection, level), revision)

    return await _change(dsn, down)


async def status(dsn: str) -> SchemaStatus:
    """Where the schema stands; changes nothing.

    Raises:
        InfrastructureError: The database does not answer.
    """
    async with _connected(dsn) as connection:
        return await connection.run_sync(_status)


async def _change(dsn: str, change: Callable[[Connection, Level], None]) -> SchemaStatus:
    async with _connected(dsn) as connection:
        # A session's lock: it lives through the transactions of the revisions.
        await connection.execute(text(f"select pg_advisory_lock({_LOCK})"))
        await connection.commit()
        level = (await connection.run_sync(_status)).level or await detect_level(dsn)
        await connection.run_sync(change, level)
        await connection.commit()
        return await connection.run_sync(_status)


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn)
    )
    try:
        async with engine.connect() as connection:
            yield connection
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError) as error:
        raise InfrastructureError(
            f"The database cannot be migrated ({type(error).__name__}: {error}): see that it runs "
            "and that PETS_DATABASE names it."
        ) from error
    finally:
        await engine.dispose()


def _config(connection: Connection, level: Level) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["level"] = level
    return config


def _status(connection: Connection) -> SchemaStatus:
    current = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    level = None
    if current is not None:
        level = Level(connection.execute(text("select level from installation")).scalar_one())
    return SchemaStatus(current, str(head), level)
