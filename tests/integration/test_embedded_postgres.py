"""The embedded PostgreSQL: what it keeps, how it comes back, what it says when it cannot."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from api.runtime.ports import LOOPBACK, free_port
from api.runtime.postgres import EmbeddedPostgres
from api.runtime.postgres_files import prepare_files, remove_runtime_folder
from api.runtime.service import silent
from schemas.errors import InfrastructureError
from tests.api.runtime.waiting import end, eventually, is_gone, names_in

pytestmark = pytest.mark.integration


def server_in(home: Path, programs: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(home, port=free_port(), programs=programs, shared_buffers_mib=16)


@pytest.fixture
async def server(tmp_path: Path, postgres_programs: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A server of this test's own, started."""
    postgres = server_in(tmp_path, postgres_programs)
    await postgres.start(silent)
    yield postgres
    await postgres.stop()
    remove_runtime_folder(tmp_path)


async def write(dsn: str, value: int) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
    await connection.execute("INSERT INTO kept VALUES ($1)", value)
    await connection.close()


async def read(dsn: str) -> list[int]:
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT value FROM kept ORDER BY value")
    await connection.close()
    return [row["value"] for row in rows]


async def test_a_second_start_keeps_the_data_and_makes_nothing_anew(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    await write(server.dsn, 1)
    dsn = server.dsn
    await server.stop()
    assert server.pid is None
    assert not await server.is_healthy()
    assert names_in(tmp_path / "run") == []
    told: list[str] = []
    await server.start(told.append)
    assert "Making the database folder (once)" not in told
    assert server.dsn == dsn
    assert await server.is_healthy()
    assert await read(dsn) == [1]


async def test_what_was_committed_survives_kill_9_although_a_session_was_open(
    server: EmbeddedPostgres,
) -> None:
    for value in (1, 2):
        await write(server.dsn, value)
        session = await asyncpg.connect(server.dsn)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        assert await server.wait() == -signal.SIGKILL
        await server.start(silent)
        session.terminate()
        assert await read(server.dsn) == list(range(1, value + 1))


async def test_a_stale_lock_with_the_number_of_a_bystander_is_no_obstacle(
    server: EmbeddedPostgres, tmp_path: Path, postgres_programs: Path
) -> None:
    files = prepare_files(tmp_path, postgres_programs)
    await server.stop()
    bystander = bystander_of(files.owner)
    try:
        (files.data / "postmaster.pid").write_text(
            f"{bystander.pid}\n{files.data}\n1700000000\n15432\n\n127.0.0.1\n", encoding="utf-8"
        )
        await server.start(silent)
        assert await server.is_healthy()
        assert bystander.poll() is None
    finally:
        end(bystander)


def bystander_of(owner: tuple[int, int] | None) -> subprocess.Popen[bytes]:
    """An unrelated process of the server's own user, which PostgreSQL would be stopped by."""
    user, group = (None, None) if owner is None else owner
    return subprocess.Popen(["sleep", "60"], user=user, group=group, cwd="/")


async def test_a_server_left_by_an_earlier_run_is_ended_and_replaced(
    server: EmbeddedPostgres, tmp_path: Path, postgres_programs: Path
) -> None:
    await write(server.dsn, 7)
    left = server.pid
    assert left is not None
    again = EmbeddedPostgres(
        tmp_path,
        port=int(server.dsn.rpartition(":")[2].partition("/")[0]),
        programs=postgres_programs,
        shared_buffers_mib=16,
    )
    await again.start(silent)
    try:
        assert again.pid != left
        await eventually(lambda: is_gone(left))
        assert await read(again.dsn) == [7]
    finally:
        await again.stop()


async def test_a_taken_port_ends_in_a_sentence_and_starts_nothing(
    server: EmbeddedPostgres,
) -> None:
    await server.stop()
    port = int(server.dsn.rpartition(":")[2].partition("/")[0])
    with (
        socket.create_server((LOOPBACK, port)),
        pytest.raises(InfrastructureError, match=f"Port {port} .* PETS_DATABASE_PORT"),
    ):
        await server.start(silent)
    assert server.pid is None


async def test_it_never_runs_as_root_and_wants_the_password(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    assert psutil.Process(server.pid).uids().real != 0
    for password in ("", "guess"):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(
                host=LOOPBACK,
                port=int(server.dsn.rpartition(":")[2].partition("/")[0]),
                user="pets",
                password=password,
                database="pets",
                passfile=os.devnull,
            )


async def test_it_is_durable_and_on_loopback_only(server: EmbeddedPostgres) -> None:
    assert server.pid is not None
    listening = {
        connection.laddr[0]
        for connection in psutil.Process(server.pid).net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {LOOPBACK}
    connection = await asyncpg.connect(server.dsn)
    values = [
        await connection.fetchval(f"SHOW {name}")
        for name in ("fsync", "synchronous_commit", "jit", "timezone")
    ]
    collation = await connection.fetchval(
        "SELECT datcollate FROM pg_database WHERE datname = current_database()"
    )
    await connection.close()
    assert values == ["on", "on", "off", "UTC"]
    assert collation == "C"


async def test_an_interrupted_initdb_is_repeated(tmp_path: Path, postgres_programs: Path) -> None:
    files = prepare_files(tmp_path, postgres_programs)
    half = files.data.with_name("pgdata.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("", encoding="ascii")
    postgres = server_in(tmp_path, postgres_programs)
    try:
        await postgres.start(silent)
        assert await postgres.is_healthy()
        assert "pgdata" in names_in(files.data.parent)
        assert not {"pgdata.new", "initdb-password"} & set(names_in(files.data.parent))
    finally:
        await postgres.stop()
        remove_runtime_folder(tmp_path)


async def test_a_lost_password_ends_in_a_sentence(server: EmbeddedPostgres, tmp_path: Path) -> None:
    await server.stop()
    password = tmp_path / "data" / "postgres" / "password"
    kept = password.read_text(encoding="ascii")
    password.unlink()
    with pytest.raises(InfrastructureError, match=r"password file .* is gone"):
        await server.start(silent)
    password.write_text(kept, encoding="ascii")
    await server.start(silent)


async def test_a_start_that_is_cancelled_leaves_no_process(
    tmp_path: Path, postgres_programs: Path
) -> None:
    postgres = server_in(tmp_path, postgres_programs)
    start = asyncio.create_task(postgres.start(silent))
    pid = await eventually(lambda: postgres.pid)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert is_gone(pid)
    remove_runtime_folder(tmp_path)


async def test_a_server_that_cannot_start_is_quoted(
    server: EmbeddedPostgres, tmp_path: Path, postgres_programs: Path
) -> None:
    await server.stop()
    files = prepare_files(tmp_path, postgres_programs)
    (files.data / "global" / "pg_control").write_bytes(b"damaged")
    with pytest.raises(InfrastructureError) as raised:
        await server.start(silent)
    assert "PostgreSQL ended while starting" in str(raised.value)
    assert "pg_control" in str(raised.value)
    assert server.pid is None
