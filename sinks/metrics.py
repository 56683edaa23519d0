"""The sinks' metrics, from the catalogue in `configs/metrics.py`."""

from prometheus_client import CollectorRegistry

from configs import metrics as catalogue
from configs.meters import counter, gauge, histogram


class SinkMetrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        """Register them in a registry of their own."""
        self.registry = CollectorRegistry()
        self.rows = counter(catalogue.SINK_ROWS, self.registry)
        self.refused = counter(catalogue.SINK_REFUSED, self.registry)
        self.batch_seconds = histogram(catalogue.SINK_BATCH_SECONDS, self.registry)
        self.lag = gauge(catalogue.SINK_LAG, self.registry)
        self.away = gauge(catalogue.SINK_AWAY, self.registry)
