"""One running system per PETS_HOME: an advisory lock that dies with its holder.

The kernel holds the lock (``flock``) and drops it when the process ends, however it ends. So a
lock file without its lock is a killed run's and is simply taken over; no process id is guessed at.
The id in the file only serves the sentence for the operator.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TextIO

from schemas.errors import InfrastructureError


def running_pid(home: Path) -> int | None:
    """The process that holds PETS_HOME now, or None. For `pets status` and `pets down`."""
    path = _path(home)
    if not path.exists():
        return None
    with path.open("r", encoding="ascii") as held:
        return None if _try_lock(held, fcntl.LOCK_SH) else _read_pid(held)


@asynccontextmanager
async def only_run(home: Path) -> AsyncIterator[None]:
    """Hold PETS_HOME for as long as the block runs.

    Raises:
        InfrastructureError: Another run holds it; names its process and what to do.
    """
    held = await asyncio.to_thread(_acquire, home)
    try:
        yield
    finally:
        await asyncio.to_thread(_release, held)


def _path(home: Path) -> Path:
    return home / "run" / "lock"


def _acquire(home: Path) -> TextIO:
    path = _path(home)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = path.open("a+", encoding="ascii")
    except OSError as error:
        raise InfrastructureError(
            f"PETS keeps its state in {home} and cannot write there ({error.strerror}): "
            "set PETS_HOME to a folder of your own."
        ) from error
    if not _try_lock(held, fcntl.LOCK_EX):
        pid = _read_pid(held)
        held.close()
        who = "another process" if pid is None else f"process {pid}"
        stop = "stop it" if pid is None else f"stop it with Ctrl-C in its terminal or `kill {pid}`"
        raise InfrastructureError(
            f"PETS already runs in {home} as {who}: {stop}, or set PETS_HOME to another folder."
        )
    held.seek(0)
    held.truncate()
    held.write(f"{os.getpid()}\n")
    held.flush()
    return held


def _release(held: TextIO) -> None:
    """Empty the file and drop the lock; the file stays, since removing it would race a start."""
    with suppress(OSError):
        held.seek(0)
        held.truncate()
    held.close()


def _try_lock(held: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(held, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_pid(held: TextIO) -> int | None:
    held.seek(0)
    text = held.read().strip()
    return int(text) if text.isdigit() else None
