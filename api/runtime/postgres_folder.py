"""The embedded PostgreSQL's data folder: made once, checked, and freed of a stale lock."""

import asyncio
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil

from api.runtime.child import Child, Launch, last_lines
from api.runtime.postgres_files import PostgresFiles, write_private
from api.runtime.process_record import ProcessRecord, identity_of, signal_exactly
from api.runtime.server_user import demoted
from schemas.errors import InfrastructureError

ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}


async def initialise(
    files: PostgresFiles, user: str, password: str, log_file: Path, run_dir: Path
) -> None:
    """Make the data folder with initdb, beside its final place, then rename it.

    A killed run leaves no half-made folder under the final name.

    Raises:
        InfrastructureError: initdb failed; quotes the end of its log.
    """
    staging = files.data.with_name("pgdata.new")
    secret = files.data.with_name("initdb-password")
    await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)
    await asyncio.to_thread(write_private, secret, password, files.owner)
    initdb = Launch(
        name="postgres-initdb",
        argv=(
            *(str(files.programs / "initdb"), "--pgdata", str(staging)),
            *("--username", user, "--pwfile", str(secret)),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-instructions"),
        ),
        log_file=log_file,
        run_dir=run_dir,
        env=ENVIRONMENT,
        cwd=files.data.parent,
        owner=files.owner,
    )
    try:
        code = await Child.run(initdb)
    finally:
        await asyncio.to_thread(secret.unlink, missing_ok=True)
    if code != 0:
        raise InfrastructureError(
            f"initdb could not make {files.data}: {last_lines(log_file)}. "
            f"The whole log is {log_file}."
        )
    await asyncio.to_thread(staging.rename, files.data)


def require_version(files: PostgresFiles) -> None:
    """Refuse a data folder made by another major version.

    Raises:
        InfrastructureError: Names both versions and what to do.
    """
    made_by = (files.data / "PG_VERSION").read_text(encoding="ascii").strip()
    program = subprocess.run(
        [str(files.programs / "postgres"), "--version"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        cwd="/",
        **demoted(files.owner),
    )
    words = program.stdout.split()
    major = words[2].split(".")[0] if len(words) > 2 else "?"
    if major != made_by:
        raise InfrastructureError(
            f"The database folder {files.data} was made by PostgreSQL {made_by} and the programs "
            f"in {files.programs} are version {major}: set PETS_POSTGRES_BIN to programs of "
            f"version {made_by}, or dump, remove and restore the database."
        )


async def clear_stale_lock(data: Path, grace_s: float = 20.0) -> None:
    """Remove a lock file that a killed server left; end a server that still runs on the folder.

    After a crash the process id in ``postmaster.pid`` may belong to anybody; PostgreSQL would
    refuse to start for it. The process counts as the server only when its program is `postgres`
    and its working folder is the data folder. An unrelated process is never touched.
    """
    lock = data / "postmaster.pid"
    pid = await asyncio.to_thread(_locked_by, lock)
    if pid is None:
        return
    if await asyncio.to_thread(_serves, pid, data):
        identity = identity_of(pid)
        if identity is not None:
            record = ProcessRecord("postgres", pid, identity, signal.SIGINT)
            deadline = time.monotonic() + grace_s
            signal_exactly(record, signal.SIGINT)
            while identity_of(pid) == identity:
                if time.monotonic() > deadline:
                    signal_exactly(record, signal.SIGKILL)
                await asyncio.sleep(0.05)
    await asyncio.to_thread(lock.unlink, missing_ok=True)


def same_folder(one: Path, other: Path) -> bool:
    """True when both names lead to the same folder."""
    return one.resolve() == other.resolve()


def _locked_by(lock: Path) -> int | None:
    try:
        return int(lock.read_text(encoding="utf-8").split("\n", 1)[0])
    except FileNotFoundError:
        return None
    except ValueError:
        return 0


def _serves(pid: int, data: Path) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name() == "postgres" and same_folder(Path(process.cwd()), data)
    except (psutil.Error, OSError, ValueError):
        return False
