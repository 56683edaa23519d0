"""Start a process that ends with us: its own session, a parent-death signal, another user."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


async def spawn(
    argv: tuple[str, ...],
    output: int,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    owner: tuple[int, int] | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> asyncio.subprocess.Process:
    """Start a program in a session of its own, so that Ctrl-C in the terminal reaches only us.

    A cancellation while it starts ends whatever it may have started already.

    Args:
        argv: Program and arguments.
        output: Where standard output and standard error go: a descriptor or ``PIPE``.
        env: Its whole environment; ours by default.
        cwd: Its working folder; ours by default.
        owner: (user id, group id) to run as; needs root.
        death_signal: What the kernel sends it when the thread that called this ends (Linux).

    Raises:
        OSError: It cannot be started.
    """
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=before_exec(owner, death_signal),
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with suppress(OSError):
            process = await starting
            kill_group(process)
            await process.wait()
        raise


def kill_group(process: asyncio.subprocess.Process) -> None:
    """End a process made by :func:`spawn` and all of its process group at once."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def before_exec(owner: tuple[int, int] | None, death_signal: signal.Signals) -> Callable[[], None]:
    """What the forked child does before its program starts: change user, tie its life to ours.

    Changing the user clears the parent-death signal, so that comes last; a parent that died in
    between is noticed by the changed parent id.
    """
    parent = os.getpid()

    def prepare() -> None:
        if owner is not None:
            os.setgroups([])
            os.setgid(owner[1])
            os.setuid(owner[0])
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare
