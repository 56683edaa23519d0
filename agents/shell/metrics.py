"""Every metric of a worker, once: what it means and what to do when it looks wrong."""

from enum import StrEnum
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
_MESSAGES = (1, 2, 5, 10, 20, 50, 100, 200)


class Kind(StrEnum):
    """Prometheus' kinds of metrics."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class MetricSpec(NamedTuple):
    """One metric.

    Attributes:
        name: Its name for Prometheus; counters get `_total` appended there.
        about: What it means, and what to do when it is high.
        buckets: Upper bounds of a histogram's buckets.
    """

    name: str
    kind: Kind
    about: str
    buckets: tuple[float, ...] = ()


MESSAGES = MetricSpec("pets_stage_messages", Kind.COUNTER, "Messages folded in.")
RECORDS_OUT = MetricSpec("pets_stage_records_out", Kind.COUNTER, "Records written to topics.")
REPEATS = MetricSpec(
    "pets_stage_repeats",
    Kind.COUNTER,
    "Input records that were applied before and skipped; some after each restart, else none.",
)
UNREADABLE = MetricSpec(
    "pets_stage_unreadable",
    Kind.COUNTER,
    "Messages or frames that could not be decoded; see the dead letters for the cause.",
)
APPLY_ERRORS = MetricSpec(
    "pets_stage_apply_errors",
    Kind.COUNTER,
    "Messages the stage raised on and left out: a defect; see the dead letters.",
)
FRAME_SIZE = MetricSpec(
    "pets_stage_frame_size", Kind.HISTOGRAM, "Messages per input record.", _MESSAGES
)
LATENCY = MetricSpec(
    "pets_stage_latency_seconds",
    Kind.HISTOGRAM,
    "From a message's ingest to its fold, in wall seconds; grows with lag.",
    _SECONDS,
)
LAG = MetricSpec(
    "pets_stage_lag", Kind.GAUGE, "Records still to read; if it grows the stage is too slow."
)
CHECKPOINT_AGE = MetricSpec(
    "pets_stage_checkpoint_age_seconds",
    Kind.GAUGE,
    "Age of the oldest change that is in no checkpoint; above some seconds the broker is stuck.",
)
CHECKPOINT_BYTES = MetricSpec(
    "pets_stage_checkpoint_bytes", Kind.GAUGE, "Size of the last checkpoint."
)
REBALANCES = MetricSpec(
    "pets_stage_rebalances", Kind.COUNTER, "How often partitions were assigned anew."
)

METRICS: tuple[MetricSpec, ...] = (
    MESSAGES,
    RECORDS_OUT,
    REPEATS,
    UNREADABLE,
    APPLY_ERRORS,
    FRAME_SIZE,
    LATENCY,
    LAG,
    CHECKPOINT_AGE,
    CHECKPOINT_BYTES,
    REBALANCES,
)
_LABEL = "stage"


class WorkerMetrics:
    """The metrics of one process, labelled by stage."""

    def __init__(self) -> None:
        """Register every metric of the catalogue in a registry of its own."""
        self.registry = CollectorRegistry()
        self._counters = {spec: self._counter(spec) for spec in METRICS if spec.kind == "counter"}
        self._gauges = {spec: self._gauge(spec) for spec in METRICS if spec.kind == "gauge"}
        self._histograms = {
            spec: self._histogram(spec) for spec in METRICS if spec.kind == "histogram"
        }

    def of(self, stage: str) -> "StageMetrics":
        """The metrics of one stage."""
        return StageMetrics(
            messages=self._counters[MESSAGES].labels(stage),
            records_out=self._counters[RECORDS_OUT].labels(stage),
            repeats=self._counters[REPEATS].labels(stage),
            unreadable=self._counters[UNREADABLE].labels(stage),
            apply_errors=self._counters[APPLY_ERRORS].labels(stage),
            rebalances=self._counters[REBALANCES].labels(stage),
            frame_size=self._histograms[FRAME_SIZE].labels(stage),
            latency=self._histograms[LATENCY].labels(stage),
            lag=self._gauges[LAG].labels(stage),
            checkpoint_age=self._gauges[CHECKPOINT_AGE].labels(stage),
            checkpoint_bytes=self._gauges[CHECKPOINT_BYTES].labels(stage),
        )

    def _counter(self, spec: MetricSpec) -> Counter:
        return Counter(spec.name, spec.about, (_LABEL,), registry=self.registry)

    def _gauge(self, spec: MetricSpec) -> Gauge:
        return Gauge(spec.name, spec.about, (_LABEL,), registry=self.registry)

    def _histogram(self, spec: MetricSpec) -> Histogram:
        return Histogram(
            spec.name, spec.about, (_LABEL,), buckets=spec.buckets, registry=self.registry
        )


class StageMetrics(NamedTuple):
    """One stage's metrics, ready to be counted."""

    messages: Counter
    records_out: Counter
    repeats: Counter
    unreadable: Counter
    apply_errors: Counter
    rebalances: Counter
    frame_size: Histogram
    latency: Histogram
    lag: Gauge
    checkpoint_age: Gauge
    checkpoint_bytes: Gauge
