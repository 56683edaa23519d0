"""A worker: one process that runs any set of stages.

Each stage has a Faust application of its own (see `PetsApp`), all in one event loop: a stage is
then the same thing whether it runs alone or among others. A stage that cannot go on ends the whole
process, and the supervisor starts it again: a start and a recovery are the same path.
"""

import asyncio
import gc
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial

import structlog
import uvloop

from agents.shell.clock import ClockService
from agents.shell.configurations import share_birth
from agents.shell.context import ShellContext
from agents.shell.metrics import WorkerMetrics
from agents.shell.runner import StageAgent, StageFactory
from agents.shell.steps import Watch, unwatched
from agents.stages.configured import Library
from configs.meters import MetricsPort
from configs.settings import Settings
from schemas.errors import InfrastructureError, PETSError
from topics.admin import ensure_topics
from topics.catalog import BOOK_EVENTS
from topics.producer import FrameProducer
from topics.writer import RecordWriter

log = structlog.get_logger(__name__)

BEAT_S = 1.0
READY_POLL_S = 0.02

OnReady = Callable[[], None]
Close = Callable[[], Awaitable[None]]


async def run_stages(
    settings: Settings,
    stages: Sequence[StageFactory],
    *,
    stop: asyncio.Event | None = None,
    on_ready: OnReady | None = None,
    watch: Watch = unwatched,
    library: Library | None = None,
) -> None:
    """Run stages until told to stop.

    Creates missing topics, restores every stage from its checkpoint, and writes the clock's ticks
    if one of the stages reads the books.

    Args:
        settings: The process's settings.
        stages: For each stage, what makes it for an input partition.
        stop: Set to end in good order: last checkpoints are written.
        on_ready: Called once every stage has its partitions and reads.
        watch: Told at every step of the crash protocol.
        library: The configurations that the stages are made under.

    Raises:
        ConfigurationError: Topics differ from the catalogue, or the session clock runs behind.
        InfrastructureError: The broker is away or a stage cannot go on.
    """
    worker = Worker(settings, stages, watch, library)
    try:
        await worker.start()
        await worker.run(stop or asyncio.Event(), on_ready)
    finally:
        await worker.close()


def freeze_heap() -> None:
    """Take what was loaded so far out of garbage collection, for good.

    A full collection walks over everything that modules, Faust and the configuration hold and
    stops every stage meanwhile, about 50 ms. For a process that runs stages and nothing else.
    """
    gc.collect()
    gc.freeze()


def main(settings: Settings, stages: Sequence[StageFactory], library: Library | None = None) -> int:
    """Run stages in this process until SIGTERM or SIGINT.

    Args:
        settings: The process's settings.
        stages: For each stage, what makes it for an input partition.
        library: The configurations that they are made under.

    Returns:
        The exit code: 0 after a stop, 1 after a failure, which is logged in one sentence.
    """

    async def until_signalled() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await run_stages(settings, stages, stop=stop, on_ready=freeze_heap, library=library)

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(until_signalled())
    except PETSError as error:
        log.critical("worker-failed", reason=str(error))
        return 1
    return 0


class Worker:
    """The connections, the stages and the services of one process."""

    def __init__(
        self,
        settings: Settings,
        stages: Sequence[StageFactory],
        watch: Watch = unwatched,
        library: Library | None = None,
    ) -> None:
        """Set it up; nothing connects yet.

        Args:
            settings: The process's settings.
            stages: For each stage, what makes it for an input partition.
            watch: Told at every step of the crash protocol.
            library: The configurations that the stages are made under; None for stages without.
        """
        self._watch = watch
        self._library = library
        self._settings = settings
        self._stages = stages
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closing: list[tuple[str, Close]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.agents: list[StageAgent] = []

    @property
    def is_ready(self) -> bool:
        """Whether every stage has its partitions and reads."""
        return all(agent.is_ready for agent in self.agents)

    async def start(self) -> None:
        """Connect, create topics, join the groups.

        Raises:
            ConfigurationError: Topics differ from the catalogue, or the session clock runs behind.
            InfrastructureError: The broker is away, or the metrics port is taken.
        """
        settings = self._settings
        await ensure_topics(settings.broker, settings.topic_prefix, settings.shards)
        context = await self._connect()
        if self._library is not None:
            prefix = settings.topic_prefix
            await share_birth(settings.broker, prefix, self._library, context.outputs)
        self._serve_metrics(context)
        self.agents = [StageAgent(make, context) for make in self._stages]
        if any(agent.topic is BOOK_EVENTS for agent in self.agents):
            clock = ClockService(context)
            await clock.resume()
            self._spawn(clock.run())
        self._spawn(self._beat())
        for agent in self.agents:
            self._closing.append((agent.name, agent.stop))
        await asyncio.gather(*(agent.start() for agent in self.agents))

    async def run(self, stop: asyncio.Event, on_ready: OnReady | None) -> None:
        """Return when `stop` is set.

        Args:
            stop: Set to end.
            on_ready: Called once every stage has its partitions and reads.

        Raises:
            PETSError: A stage cannot go on.
        """
        self._spawn(self._announce(on_ready))
        self._spawn(self._until(stop))
        await self._over

    async def close(self) -> None:
        """Stop stages and services and disconnect; what goes wrong is logged."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for name, close in reversed(self._closing):
            try:
                await close()
            except PETSError as error:
                log.warning("closed-with-a-problem", what=name, reason=str(error))
        if self._over.done() and not self._over.cancelled():
            self._over.exception()  # told by run(), or by start() in another sentence

    async def _connect(self) -> ShellContext:
        settings = self._settings
        name = f"worker-{settings.worker_instance()}"
        outputs = RecordWriter(settings.broker, client=name, prefix=settings.topic_prefix)
        reports = FrameProducer(
            settings.broker, writer=name, prefix=settings.topic_prefix, shards=settings.shards
        )
        for connection in (outputs, reports):
            self._closing.append((type(connection).__name__, connection.close))
            await connection.start()
        return ShellContext(
            settings=settings,
            clock=settings.clock(),
            outputs=outputs,
            reports=reports,
            metrics=WorkerMetrics(),
            fail=self._fail,
            watch=self._watch,
            library=self._library,
        )

    def _serve_metrics(self, context: ShellContext) -> None:
        host, port = self._settings.metrics_host, self._settings.metrics_port
        if not port:
            return
        opened = MetricsPort(context.metrics.registry, host, port)
        self._closing.append(("metrics", partial(asyncio.to_thread, opened.close)))

    async def _beat(self) -> None:
        while True:
            for agent in self.agents:
                if agent.app.crashed:
                    self._fail(agent.app.crash_reason or RuntimeError("Faust ended"))
                await agent.beat()
            await asyncio.sleep(BEAT_S)

    async def _until(self, stop: asyncio.Event) -> None:
        await stop.wait()
        if not self._over.done():
            self._over.set_result(None)

    async def _announce(self, on_ready: OnReady | None) -> None:
        started = time.monotonic()
        while not self.is_ready:  # noqa: ASYNC110 - Faust tells no one when it reads on
            await asyncio.sleep(READY_POLL_S)
        seconds = round(time.monotonic() - started, 2)
        log.info("ready", stages=[agent.name for agent in self.agents], seconds=seconds)
        if on_ready is not None:
            on_ready()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._note_end)
        self._tasks.append(task)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if self._over.done():
            return
        if not isinstance(error, PETSError):
            log.error("stage-failed", exc_info=error)
            error = InfrastructureError(
                f"A stage cannot go on ({type(error).__name__}: {error}); it starts again from "
                "its checkpoint."
            )
        self._over.set_exception(error)
