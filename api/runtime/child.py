"""One child process: its log, its record, its end with its parent, its stop."""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from api.runtime.process_record import remove_record, write_record
from api.runtime.spawn import kill_group, spawn
from schemas.errors import InfrastructureError

LOG_LIMIT_BYTES = 10 * 1024 * 1024
LOGS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start one process.

    Attributes:
        name: Name of the process; names its record.
        argv: Program and arguments.
        log_file: Receives standard output and standard error, appended.
        run_dir: Folder of process records.
        env: The whole environment, or None for ours.
        cwd: Working folder, or None for ours.
        owner: (user id, group id) to run as, or None for ours; needs root.
        stop_signal: What ends it in good order.
        death_signal: What the kernel sends it when we die (Linux).
    """

    name: str
    argv: tuple[str, ...]
    log_file: Path
    run_dir: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    owner: tuple[int, int] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL


class Child:
    """A running process made from a :class:`Launch`; start it from the thread that outlives it.

    The kernel's parent-death signal follows the *thread* that forked, which here is the event
    loop's.
    """

    def __init__(self, launch: Launch, process: asyncio.subprocess.Process) -> None:
        self._launch = launch
        self._process = process

    @classmethod
    async def start(cls, launch: Launch) -> "Child":
        """Rotate the log, start the process, record it.

        Raises:
            InfrastructureError: The program cannot be started.
        """
        log = await asyncio.to_thread(_open_log, launch.log_file)
        try:
            process = await spawn(
                launch.argv,
                log,
                env=launch.env,
                cwd=launch.cwd,
                owner=launch.owner,
                death_signal=launch.death_signal,
            )
        except OSError as error:
            raise InfrastructureError(
                f"{launch.name} could not be started: {launch.argv[0]}: {error.strerror}."
            ) from error
        finally:
            os.close(log)
        child = cls(launch, process)
        recording = asyncio.ensure_future(
            asyncio.to_thread(
                write_record, launch.run_dir, launch.name, process.pid, launch.stop_signal
            )
        )
        try:
            await asyncio.shield(recording)
        except BaseException:
            child.kill()
            await asyncio.gather(recording, return_exceptions=True)
            await child.wait()
            raise
        return child

    @classmethod
    async def run(cls, launch: Launch) -> int:
        """Run a process to its end and return its exit code; a cancellation ends it.

        Raises:
            InfrastructureError: The program cannot be started.
        """
        child = await cls.start(launch)
        try:
            return await child.wait()
        except BaseException:
            child.kill()
            await child.wait()
            raise

    @property
    def pid(self) -> int | None:
        """Process id, or None once it has ended."""
        return self._process.pid if self._process.returncode is None else None

    @property
    def returncode(self) -> int | None:
        """Exit code (negative signal number), or None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for its end; removes its record and whatever it left in its process group."""
        code = await self._process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await asyncio.to_thread(remove_record, self._launch.run_dir, self._launch.name)
        return code

    async def stop(self, grace_s: float) -> int:
        """Send the stop signal, wait up to `grace_s` seconds, then end its whole group by force."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(self._launch.stop_signal)
            try:
                async with asyncio.timeout(grace_s):
                    return await self.wait()
            except TimeoutError:
                self.kill()
        return await self.wait()

    def kill(self) -> None:
        """End its whole process group at once."""
        kill_group(self._process)


def last_lines(log_file: Path, count: int = 3) -> str:
    """The last non-empty lines of a log, joined by ``/``, for an error sentence."""
    try:
        with log_file.open("rb") as log:
            log.seek(max(0, log_file.stat().st_size - 8192))
            lines = log.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return "(no log)"
    kept = [line.strip() for line in lines if line.strip()][-count:]
    return " / ".join(kept) or "(empty log)"


def _open_log(log_file: Path) -> int:
    log_file.parent.mkdir(parents=True, exist_ok=True)
    if log_file.exists() and log_file.stat().st_size > LOG_LIMIT_BYTES:
        for number in range(LOGS_KEPT - 1, 0, -1):
            older = log_file.with_name(f"{log_file.name}.{number}")
            if older.exists():
                older.replace(log_file.with_name(f"{log_file.name}.{number + 1}"))
        log_file.replace(log_file.with_name(f"{log_file.name}.1"))
    return os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
