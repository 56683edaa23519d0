"""How the archive is doing: metrics and heartbeats."""

from prometheus_client import CollectorRegistry

from configs import metrics as catalogue
from configs.clock import SessionClock
from configs.meters import counter, gauge
from sinks.archive.segment import Segment
from sinks.beat import Beat, Publisher

NAME = "archive"
"""Its name among the readers of the log."""


class ArchiveMetrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        """Register them in a registry of their own."""
        self.registry = CollectorRegistry()
        self.records = counter(catalogue.ARCHIVE_RECORDS, self.registry)
        self.bytes = counter(catalogue.ARCHIVE_BYTES, self.registry)
        self.lag = gauge(catalogue.ARCHIVE_LAG, self.registry)


class ArchivePulse(Beat):
    """Says on the log how the archive is doing.

    Attributes:
        metrics: The same for Prometheus.
    """

    def __init__(self, producer: Publisher, clock: SessionClock) -> None:
        """Start with nothing done.

        Args:
            producer: Where heartbeats go; connected.
            clock: The session clock.
        """
        super().__init__(producer, clock, NAME)
        self.metrics = ArchiveMetrics()

    def measure(self) -> None:
        """Bring metrics up to date."""
        self.metrics.lag.set(self.lag)

    def committed(self, segments: list[Segment]) -> None:
        """Count what was committed."""
        self.metrics.records.inc(sum(segment.records for segment in segments))
        self.metrics.bytes.inc(sum(segment.size for segment in segments))
