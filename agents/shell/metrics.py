"""The metrics of a worker, from the catalogue in `configs/metrics.py`."""

from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from configs import metrics as catalogue
from configs.meters import counter, gauge, histogram
from configs.metric import Kind
from configs.metrics import WORKER_METRICS


class WorkerMetrics:
    """The metrics of one process, labelled by stage."""

    def __init__(self) -> None:
        """Register every metric of a worker in a registry of its own."""
        self.registry = CollectorRegistry()
        self._counters = {
            metric: counter(metric, self.registry)
            for metric in WORKER_METRICS
            if metric.kind is Kind.COUNTER
        }
        self._gauges = {
            metric: gauge(metric, self.registry)
            for metric in WORKER_METRICS
            if metric.kind is Kind.GAUGE
        }
        self._histograms = {
            metric: histogram(metric, self.registry)
            for metric in WORKER_METRICS
            if metric.kind is Kind.HISTOGRAM
        }

    def of(self, stage: str) -> "StageMetrics":
        """The metrics of one stage."""
        counters, gauges, histograms = self._counters, self._gauges, self._histograms
        return StageMetrics(
            messages=counters[catalogue.STAGE_MESSAGES].labels(stage),
            records_out=counters[catalogue.STAGE_RECORDS_OUT].labels(stage),
            repeats=counters[catalogue.STAGE_REPEATS].labels(stage),
            unreadable=counters[catalogue.STAGE_UNREADABLE].labels(stage),
            apply_errors=counters[catalogue.STAGE_APPLY_ERRORS].labels(stage),
            rebalances=counters[catalogue.STAGE_REBALANCES].labels(stage),
            verdicts=counters[catalogue.GATE_VERDICTS],
            frame_size=histograms[catalogue.STAGE_FRAME_SIZE].labels(stage),
            latency=histograms[catalogue.STAGE_LATENCY].labels(stage),
            lag=gauges[catalogue.STAGE_LAG].labels(stage),
            checkpoint_age=gauges[catalogue.STAGE_CHECKPOINT_AGE].labels(stage),
            checkpoint_bytes=gauges[catalogue.STAGE_CHECKPOINT_BYTES].labels(stage),
        )


class StageMetrics(NamedTuple):
    """One stage's metrics, ready to be counted; `verdicts` still needs its reason."""

    messages: Counter
    records_out: Counter
    repeats: Counter
    unreadable: Counter
    apply_errors: Counter
    rebalances: Counter
    verdicts: Counter
    frame_size: Histogram
    latency: Histogram
    lag: Gauge
    checkpoint_age: Gauge
    checkpoint_bytes: Gauge
