"""No space under the database: the sinks wait and say so, and go on when there is space again."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from schemas.envelope import Message
from schemas.ops import Heartbeat
from sinks.migrate import migrate
from tests.conftest import execute
from tests.integration.test_sinks_service import World
from tests.sinks import messages
from topics.admin import ensure_topics
from topics.catalog import HEARTBEATS

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(180)]

SIZE_MIB = 32
SIGNALS = 4_000
FULL = "No space left on device"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 MiB; skips where none can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=0755", "tmpfs", str(disk)]
    made = subprocess.run(mount, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"NO SMALL DISK: mounting one needs root: {made.stderr.strip()}")
    for folder in (tmp_path, *tmp_path.parents[:-1]):
        if folder.stat().st_uid == os.getuid():
            folder.chmod(folder.stat().st_mode | 0o011)  # the server runs as another user
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def folder_like(disk: Path, data: Path) -> Path:
    """A folder on that disk that belongs to whom the server's data belongs."""
    folder = disk / "tables"
    folder.mkdir()
    os.chown(folder, data.stat().st_uid, data.stat().st_gid)
    return folder


async def database_on(postgres: str, disk: Path, name: str) -> str:
    """DSN of a new database whose tables are on that disk."""
    connection = await asyncpg.connect(postgres)
    try:
        folder = folder_like(disk, Path(await connection.fetchval("show data_directory")))
        await connection.execute(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        await connection.execute(f"CREATE DATABASE {name} TABLESPACE {name}")
    finally:
        await connection.close()
    return urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))


async def fill(dsn: str) -> None:
    """Write ballast until the disk is full."""
    await execute(dsn, "CREATE TABLE ballast (text text)")
    for rows in (100, 10, 1):
        try:
            while True:
                await execute(
                    dsn,
                    "INSERT INTO ballast SELECT string_agg(md5(random()::text), '') "
                    f"FROM generate_series(1, 60) a, generate_series(1, {rows}) b GROUP BY b",
                )
        except asyncpg.DiskFullError:
            continue


def tells(found: list[Message]) -> bool:
    return any(isinstance(one, Heartbeat) and FULL in one.detail for one in found)


async def test_a_full_database_is_said_waited_for_and_loses_nothing(
    kafka: str, topic_prefix: str, postgres: str, small_disk: Path
) -> None:
    if urlsplit(postgres).hostname != "127.0.0.1":
        pytest.skip("NO SMALL DISK: the server of PETS_TEST_POSTGRES has other disks")
    name = topic_prefix.replace("-", "")
    dsn = await database_on(postgres, small_disk, name)
    try:
        await migrate(dsn)
        await ensure_topics(kafka, topic_prefix, 1)
        world = World(kafka, topic_prefix, dsn)
        async with world.sinks():
            await world.say(messages.day()[:12])
            await world.until_stored()
            await execute(dsn, "CHECKPOINT")  # or pages that are there already find no place
            await fill(dsn)
            await world.say([messages.signal(ms, "full") for ms in range(SIGNALS)])
            await world.read(HEARTBEATS, tells)

            await execute(dsn, "DROP TABLE ballast")
            await world.until_stored()
    finally:
        await execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")
        await execute(postgres, f"DROP TABLESPACE {name}")
