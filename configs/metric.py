"""What a metric is."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """Prometheus' kinds of metrics."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(NamedTuple):
    """One metric.

    Attributes:
        name: Its name for Prometheus; counters get `_total` appended there.
        kind: Counter, gauge or histogram.
        unit: What one is: "messages", "seconds", "1 or 0".
        by: The processes that serve it.
        about: What it means, and what to do when it looks wrong.
        labels: What tells its series apart.
        buckets: Upper bounds of a histogram's buckets.
    """

    name: str
    kind: Kind
    unit: str
    by: str
    about: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def shown(self) -> str:
        """Its name as Prometheus shows it."""
        return f"{self.name}_total" if self.kind is Kind.COUNTER else self.name
