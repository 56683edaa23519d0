"""The embedded default's database: a PostgreSQL server of our own on loopback.

Only the programs of the wheel are used; `initdb`, settings, start and stop are ours, so that any
other folder with PostgreSQL's programs (PETS_POSTGRES_BIN) takes its place.
"""

import asyncio
import signal
import time
from pathlib import Path
from urllib.parse import quote

import asyncpg

from api.runtime.child import Child, Launch, last_lines
from api.runtime.ports import LOOPBACK, require_free
from api.runtime.postgres_files import PostgresFiles, password_path, prepare_files
from api.runtime.postgres_folder import (
    ENVIRONMENT,
    clear_stale_lock,
    initialise,
    require_version,
    same_folder,
)
from api.runtime.postgres_settings import render_settings
from api.runtime.service import Progress
from schemas.errors import InfrastructureError

_SHARED_MEMORY_IN_USE = "pre-existing shared memory block"


class EmbeddedPostgres:
    """One PostgreSQL server that lives as long as we do and keeps its data under PETS_HOME.

    As root the data lives in a folder recorded there (see :mod:`api.runtime.postgres_files`).
    """

    name = "postgres"

    def __init__(
        self,
        home: Path,
        *,
        port: int = 15432,
        database: str = "pets",
        user: str = "pets",
        programs: Path | None = None,
        shared_buffers_mib: int = 128,
        start_timeout_s: float = 120.0,
        stop_grace_s: float = 20.0,
    ) -> None:
        """Set it up; nothing is started or written yet.

        Args:
            home: PETS_HOME: data in ``data/postgres``, log in ``logs/postgres.log``.
            port: Port on loopback.
            database: Database to create.
            user: Superuser of this server.
            programs: Folder with PostgreSQL's programs; the wheel's by default.
            shared_buffers_mib: PostgreSQL's own cache.
            start_timeout_s: How long a start may take; recovery after a power cut needs longest.
            stop_grace_s: How long it may take to stop before it is ended by force.
        """
        self._home = home
        self._port = port
        self._database = database
        self._user = user
        self._programs = programs
        self._shared_buffers_mib = shared_buffers_mib
        self._start_timeout_s = start_timeout_s
        self._stop_grace_s = stop_grace_s
        self._log_file = home / "logs" / "postgres.log"
        self._run_dir = home / "run"
        self._child: Child | None = None
        self._password = ""

    @property
    def dsn(self) -> str:
        """Address of the database with its password, for PETS_DATABASE; known once started."""
        return self._dsn(self._database)

    def use_kept_password(self) -> bool:
        """Know `dsn` without a start, from the password that an earlier one kept.

        Returns:
            Whether there is one.
        """
        kept = password_path(self._home)
        if kept.is_file():
            self._password = kept.read_text(encoding="ascii").strip()
        return bool(self._password)

    @property
    def pid(self) -> int | None:
        """Process id of the server while it runs."""
        return None if self._child is None else self._child.pid

    async def start(self, progress: Progress) -> None:
        """Make the data folder once, start the server, and create the database.

        Raises:
            InfrastructureError: No programs, a taken port, a folder of another user or version,
                or a server that ended or did not answer in time.
        """
        files = await asyncio.to_thread(prepare_files, self._home, self._programs)
        self._password = await asyncio.to_thread(self._require_password, files)
        await clear_stale_lock(files.data)
        await require_free(
            self._port, purpose="the embedded PostgreSQL", setting="PETS_DATABASE_PORT"
        )
        if not await asyncio.to_thread(files.data.exists):
            progress("Making the database folder (once)")
            await initialise(files, self._user, self._password, self._log_file, self._run_dir)
        await asyncio.to_thread(require_version, files)
        await asyncio.to_thread(self._configure, files)
        progress("Starting PostgreSQL")
        try:
            await self._start_server(files)
            await self._create_database()
        except BaseException:
            await self.stop()
            raise
        progress(f"PostgreSQL serves at {LOOPBACK}:{self._port}")

    async def wait(self) -> int:
        """Return the exit code once the server has ended; 0 when it was never started."""
        return 0 if self._child is None else await self._child.wait()

    async def stop(self) -> None:
        """PostgreSQL's fast shutdown: sessions are ended, everything is written; then force."""
        if self._child is not None:
            await self._child.stop(self._stop_grace_s)

    async def is_healthy(self) -> bool:
        """True when it runs and answers a query."""
        if self.pid is None:
            return False
        try:
            await self._query(self._database, "SELECT 1")
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        return True

    def _dsn(self, database: str) -> str:
        password = quote(self._password, safe="")
        return f"postgresql://{self._user}:{password}@{LOOPBACK}:{self._port}/{database}"

    def _require_password(self, files: PostgresFiles) -> str:
        if files.data.exists() and not files.password_file.exists():
            raise InfrastructureError(
                f"The database folder {files.data} exists but its password file "
                f"{files.password_file} is gone: restore that file, or remove the folder to begin "
                "with an empty database."
            )
        return files.password()

    def _configure(self, files: PostgresFiles) -> None:
        text = render_settings(self._port, files.data, self._shared_buffers_mib)
        part = files.settings.with_name(f".{files.settings.name}.part")
        part.write_text(text, encoding="utf-8")
        part.chmod(0o644)
        part.replace(files.settings)

    async def _start_server(self, files: PostgresFiles) -> None:
        """Start, and start again while backends of a killed server still hold its memory."""
        launch = Launch(
            name=self.name,
            argv=(
                *(str(files.programs / "postgres"), "-D", str(files.data)),
                *("-c", f"config_file={files.settings}"),
            ),
            log_file=self._log_file,
            run_dir=self._run_dir,
            env=ENVIRONMENT,
            cwd=files.data,
            owner=files.owner,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
        )
        deadline = time.monotonic() + self._start_timeout_s
        while True:
            self._child = await Child.start(launch)
            if await self._until_ready(self._child, files.data, deadline):
                return
            lines = await asyncio.to_thread(last_lines, self._log_file)
            if _SHARED_MEMORY_IN_USE not in lines or time.monotonic() > deadline:
                raise InfrastructureError(
                    f"PostgreSQL ended while starting (exit code {self._child.returncode}): "
                    f"{lines}. The whole log is {self._log_file}."
                )
            await asyncio.sleep(0.3)

    async def _until_ready(self, child: Child, data: Path, deadline: float) -> bool:
        """True once the server answers and serves our data folder, False when it has ended."""
        reason = "no connection"
        while time.monotonic() < deadline:
            if child.returncode is not None:
                return False
            try:
                served = await self._query("postgres", "SHOW data_directory")
            except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
                reason = str(error) or type(error).__name__
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise InfrastructureError(
                    f"What answers on port {self._port} refuses our password ({error}): it is "
                    "another PostgreSQL; stop it, or set PETS_DATABASE_PORT."
                ) from error
            else:
                if await asyncio.to_thread(same_folder, Path(str(served)), data):
                    return True
                raise InfrastructureError(
                    f"Another PostgreSQL (data folder {served}) answers on port {self._port}: "
                    "stop it, or set PETS_DATABASE_PORT."
                )
            await asyncio.sleep(0.05)
        raise InfrastructureError(
            f"PostgreSQL did not answer within {self._start_timeout_s:.0f} s ({reason}): "
            f"{last_lines(self._log_file)}. The whole log is {self._log_file}."
        )

    async def _create_database(self) -> None:
        exists = await self._query(
            "postgres", "SELECT 1 FROM pg_database WHERE datname = $1", self._database
        )
        if exists is None:
            quoted = self._database.replace('"', '""')
            await self._query("postgres", f'CREATE DATABASE "{quoted}"')

    async def _query(self, database: str, query: str, *arguments: str) -> object:
        """One value from a connection of its own."""
        connection = await asyncpg.connect(self._dsn(database), timeout=5, ssl=False)
        try:
            value: object = await connection.fetchval(query, *arguments, timeout=30)
            return value
        finally:
            await connection.close(timeout=5)
