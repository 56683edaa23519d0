"""What the stages of one process share."""

from dataclasses import dataclass

from agents.shell.metrics import WorkerMetrics
from agents.shell.partition_run import Fail
from agents.shell.steps import Watch, unwatched
from agents.stages.configured import Library
from configs.clock import SessionClock
from configs.settings import Settings
from topics.producer import FrameProducer
from topics.writer import RecordWriter


@dataclass(frozen=True, slots=True)
class ShellContext:
    """The connections and the settings of a worker.

    Attributes:
        settings: The process's settings.
        clock: The session clock.
        outputs: Writes the clock's ticks and where the clock was; stages have writers of their own.
        reports: Publishes heartbeats and alerts.
        metrics: The process's metrics.
        fail: Ends the process; it starts again from its checkpoints.
        watch: Told at every step of the crash protocol.
        library: The configurations that stages are made under; None for stages without any.
    """

    settings: Settings
    clock: SessionClock
    outputs: RecordWriter
    reports: FrameProducer
    metrics: WorkerMetrics
    fail: Fail
    watch: Watch = unwatched
    library: Library | None = None
