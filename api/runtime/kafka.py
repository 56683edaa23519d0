"""The embedded default's log: a single-node Apache Kafka on loopback, its data on disk."""

import asyncio
import base64
import signal
import time
import uuid
from pathlib import Path

from api.runtime.broker_probe import ask_broker
from api.runtime.child import Child, Launch, last_lines
from api.runtime.java import Java, find_java
from api.runtime.kafka_jars import default_cache, kafka_jars
from api.runtime.kafka_settings import CLEANING_MS, KafkaSettings
from api.runtime.ports import LOOPBACK, require_free
from api.runtime.service import Progress
from schemas.errors import InfrastructureError

# Measured on 2 cores: the serial collector starts soonest. Stopping at the first compiler halves
# the work of a start (2.4 s of processor time instead of 4.5 s), but at 1,500 records a second the
# server then takes 42 % of a core instead of 26 % and its p99 is 7 ms instead of 4 ms.
SOON_MS = 5_000
_FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1"
_TOOL_FLAGS = ("-Xmx128m", "-XX:+UseSerialGC", _FIRST_COMPILER_ONLY)


class EmbeddedKafka:
    """One Kafka node that lives as long as we do and keeps its data under PETS_HOME.

    Data survives any end, kill -9 included: nothing is deleted at a start, and the folder is
    formatted once.
    """

    name = "kafka"

    def __init__(
        self,
        home: Path,
        *,
        port: int = 19092,
        controller_port: int | None = None,
        cache: Path | None = None,
        heap_mib: int = 384,
        short_lived: bool = False,
        start_timeout_s: float = 90.0,
        stop_grace_s: float = 15.0,
    ) -> None:
        """Set it up; nothing is started or written yet.

        Args:
            home: PETS_HOME: data in ``data/kafka``, log in ``logs/kafka.log``.
            port: Port for clients.
            controller_port: Port for the controller; the one above `port` by default.
            cache: Where the jars are kept; the user's cache folder by default.
            heap_mib: Largest Java heap.
            short_lived: Start with half the work, serve less efficiently and clean soon, as suits
                a test.
            start_timeout_s: How long a start may take; recovery after a power cut needs longest.
            stop_grace_s: How long it may take to stop before it is ended by force.
        """
        self._folder = home / "data" / "kafka"
        self._log_file = home / "logs" / "kafka.log"
        self._run_dir = home / "run"
        self._cache = default_cache() if cache is None else cache
        self._settings = KafkaSettings(
            self._folder / "log",
            port,
            port + 1 if controller_port is None else controller_port,
            cleaning_ms=SOON_MS if short_lived else CLEANING_MS,
        )
        self._heap_mib = heap_mib
        self._short_lived = short_lived
        self._java: Java | None = None
        self._start_timeout_s = start_timeout_s
        self._stop_grace_s = stop_grace_s
        self._child: Child | None = None

    @property
    def bootstrap(self) -> str:
        """Address for clients, for PETS_BROKER."""
        return self._settings.bootstrap

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return None if self._child is None else self._child.pid

    async def start(self, progress: Progress) -> None:
        """Fetch the jars if needed, format the folder once, start, and wait until it serves.

        Raises:
            InfrastructureError: No Java, no jars, a taken port, or a server that ended or did not
                answer in time.
        """
        if self._java is None:
            self._java = await find_java()
        java = self._java
        jars = await kafka_jars(self._cache, progress)
        await self._require_ports()
        cluster_id = await self._format(java, jars, progress)
        progress("Starting Kafka")
        self._child = await Child.start(self._launch(java, jars))
        try:
            await self._until_ready(self._child, cluster_id)
        except BaseException:
            await self.stop()
            raise
        progress(f"Kafka serves at {self.bootstrap}")

    async def wait(self) -> int:
        """Return the exit code once the server has ended; 0 when it was never started."""
        return 0 if self._child is None else await self._child.wait()

    async def stop(self) -> None:
        """End it in good order, by force after the grace period."""
        if self._child is not None:
            await self._child.stop(self._stop_grace_s)

    async def is_healthy(self) -> bool:
        """True when it runs and answers a metadata request."""
        if self.pid is None:
            return False
        answer = await ask_broker(LOOPBACK, self._settings.port)
        return answer is not None and self.bootstrap in answer.brokers

    async def _require_ports(self) -> None:
        await require_free(
            self._settings.port, purpose="the embedded Kafka", setting="PETS_BROKER_PORT"
        )
        await require_free(
            self._settings.controller_port,
            purpose="the embedded Kafka's controller (the port above PETS_BROKER_PORT)",
            setting="PETS_BROKER_PORT",
        )

    async def _format(self, java: Java, jars: Path, progress: Progress) -> str:
        """Write the settings and, once, format the folder; return the cluster's id.

        The id is kept before the format and the marker after it, so that a start killed in
        between is repeated with the same id.
        """
        properties = self._folder / "server.properties"
        await asyncio.to_thread(_write, properties, self._settings.render())
        cluster_id = await asyncio.to_thread(_cluster_id, self._folder / "cluster.id")
        marker = self._folder / "formatted"
        if await asyncio.to_thread(marker.exists):
            return cluster_id
        progress("Formatting Kafka's folder (once)")
        format_tool = Launch(
            name="kafka-format",
            argv=(
                *_java_argv(java, jars, _TOOL_FLAGS, "kafka.tools.StorageTool"),
                *("format", "--ignore-formatted"),
                *("--cluster-id", cluster_id, "--config", str(properties)),
            ),
            log_file=self._log_file,
            run_dir=self._run_dir,
        )
        if await Child.run(format_tool) != 0:
            raise InfrastructureError(
                f"Kafka could not format {self._folder}: {last_lines(self._log_file)}. "
                f"The whole log is {self._log_file}."
            )
        await asyncio.to_thread(_write, marker, f"{cluster_id}\n")
        return cluster_id

    def _launch(self, java: Java, jars: Path) -> Launch:
        flags = (
            f"-Xmx{self._heap_mib}m",
            "-Xms64m",
            "-XX:+UseSerialGC",
            *((_FIRST_COMPILER_ONLY,) if self._short_lived else ()),
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
        )
        argv = _java_argv(java, jars, flags, "kafka.Kafka")
        return Launch(
            name=self.name,
            argv=(*argv, str(self._folder / "server.properties")),
            log_file=self._log_file,
            run_dir=self._run_dir,
            death_signal=signal.SIGTERM,
        )

    async def _until_ready(self, child: Child, cluster_id: str) -> None:
        """Wait until the broker of exactly this cluster takes clients."""
        deadline = time.monotonic() + self._start_timeout_s
        while time.monotonic() < deadline:
            if child.returncode is not None:
                raise InfrastructureError(
                    f"Kafka ended while starting (exit code {child.returncode}): "
                    f"{last_lines(self._log_file)}. The whole log is {self._log_file}."
                )
            answer = await ask_broker(LOOPBACK, self._settings.port)
            if answer is not None and answer.brokers:
                if answer.cluster_id != cluster_id:
                    raise InfrastructureError(
                        f"Another Kafka (cluster {answer.cluster_id}) answers on port "
                        f"{self._settings.port}: stop it, or set PETS_BROKER_PORT."
                    )
                return
            await asyncio.sleep(0.05)
        raise InfrastructureError(
            f"Kafka did not answer within {self._start_timeout_s:.0f} s: "
            f"{last_lines(self._log_file)}. The whole log is {self._log_file}."
        )


def _java_argv(java: Java, jars: Path, flags: tuple[str, ...], main: str) -> tuple[str, ...]:
    return (str(java.path), *flags, "-cp", f"{jars}/*", main)


def _cluster_id(file: Path) -> str:
    """The kept id, or a new one in the form Kafka wants: 16 bytes as 22 base64 characters.

    It starts with a letter: the tool takes one that starts with a hyphen for an option.
    """
    if file.exists():
        return file.read_text(encoding="ascii").strip()
    random = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
    cluster_id = f"P{random[1:]}"
    _write(file, f"{cluster_id}\n")
    return cluster_id


def _write(file: Path, text: str) -> None:
    """Write a whole file or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
