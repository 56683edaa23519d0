import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.runtime.postgres_files import PostgresFiles, find_programs
from api.runtime.postgres_folder import clear_stale_lock, require_version, same_folder
from api.runtime.postgres_settings import render_settings
from schemas.errors import InfrastructureError


@pytest.fixture
def bystander(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us, whose working folder is even the data folder."""
    process = subprocess.Popen(["sleep", "60"], cwd=tmp_path)
    yield process
    process.kill()
    process.wait()


async def test_an_unrelated_process_with_the_locks_number_is_never_touched(
    tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text(f"{bystander.pid}\n{tmp_path}\n1700000000\n", encoding="utf-8")
    await clear_stale_lock(tmp_path)
    assert bystander.poll() is None
    assert not lock.exists()


@pytest.mark.parametrize("content", ["", "no number\n", "999999999\n/elsewhere\n"])
async def test_a_lock_of_nobody_is_removed(tmp_path: Path, content: str) -> None:
    lock = tmp_path / "postmaster.pid"
    lock.write_text(content, encoding="utf-8")
    await clear_stale_lock(tmp_path)
    assert not lock.exists()


async def test_no_lock_is_no_error(tmp_path: Path) -> None:
    await clear_stale_lock(tmp_path / "absent")


def test_a_folder_of_another_version_is_refused_with_both_versions(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("9\n", encoding="ascii")
    programs = find_programs(None)
    files = PostgresFiles(programs, tmp_path, tmp_path / "c", tmp_path / "p", None)
    with pytest.raises(InfrastructureError) as raised:
        require_version(files)
    for part in ("made by PostgreSQL 9", str(programs), "PETS_POSTGRES_BIN", "version 9"):
        assert part in str(raised.value)
    major = subprocess.run(
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout.split()[2]
    (tmp_path / "PG_VERSION").write_text(f"{major.split('.')[0]}\n", encoding="ascii")
    require_version(files)


def test_two_names_of_one_folder_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert same_folder(tmp_path / "link", tmp_path)
    assert not same_folder(tmp_path, Path(os.sep))


def test_the_settings_are_loopback_durable_and_include_the_folders_own() -> None:
    lines = render_settings(15432, Path("/data/it's/pgdata"), 128).splitlines()
    assert lines[0] == "include '/data/it''s/pgdata/postgresql.conf'"
    values = dict(line.split(" = ") for line in lines[1:])
    assert values["listen_addresses"] == "'127.0.0.1'"
    assert values["unix_socket_directories"] == "''"
    assert (values["fsync"], values["full_page_writes"]) == ("on", "on")
    assert (values["port"], values["shared_buffers"]) == ("15432", "128MB")
