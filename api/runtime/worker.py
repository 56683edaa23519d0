"""A worker process of ours as a :class:`api.runtime.service.Service`."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from api.runtime.child import Child, Launch
from api.runtime.service import Progress

STOP_GRACE_S = 10.0


class Worker:
    """One supervised process, usually ``pets run STAGE``.

    Its output goes to ``logs/NAME.log``. It counts as started once its process runs; a `ready`
    check, where given, is what :meth:`is_healthy` asks.
    """

    def __init__(
        self,
        name: str,
        argv: tuple[str, ...],
        home: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        ready: Callable[[], Awaitable[bool]] | None = None,
        stop_grace_s: float = STOP_GRACE_S,
    ) -> None:
        """Describe it; nothing is started yet.

        Args:
            name: Unique short name.
            argv: Program and arguments.
            home: PETS_HOME, for its log and its process record.
            env: Its whole environment; ours by default.
            cwd: Its working folder; ours by default.
            ready: Asked for its health while it runs.
            stop_grace_s: Seconds between SIGTERM and SIGKILL.
        """
        self._launch = Launch(
            name=name,
            argv=argv,
            log_file=home / "logs" / f"{name}.log",
            run_dir=home / "run",
            env=env,
            cwd=cwd,
        )
        self._ready = ready
        self._stop_grace_s = stop_grace_s
        self._child: Child | None = None

    @property
    def name(self) -> str:
        """The worker's name."""
        return self._launch.name

    @property
    def log_file(self) -> Path:
        """Where its output goes."""
        return self._launch.log_file

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return None if self._child is None else self._child.pid

    async def start(self, progress: Progress) -> None:
        """Start the process.

        Raises:
            InfrastructureError: Its program cannot be started.
        """
        progress(f"Starting {self.name}")
        self._child = await Child.start(self._launch)

    async def wait(self) -> int:
        """Return the exit code once it has ended; 0 when it was never started."""
        return 0 if self._child is None else await self._child.wait()

    async def stop(self) -> None:
        """SIGTERM, then SIGKILL for its whole process group after the grace period."""
        if self._child is not None:
            await self._child.stop(self._stop_grace_s)

    async def is_healthy(self) -> bool:
        """True when its process runs and its own check, if any, agrees."""
        return self.pid is not None and (self._ready is None or await self._ready())
