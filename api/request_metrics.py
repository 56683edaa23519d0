"""Counts what this API answered, and how fast."""

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector

from configs.meters import histogram
from configs.metrics import API_REQUEST_SECONDS

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class RequestMetrics:
    """The process's own metrics.

    Attributes:
        registry: What is shown to Prometheus; others may add to it.
    """

    def __init__(self) -> None:
        """Register them in a registry of their own."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._seconds = histogram(API_REQUEST_SECONDS, self.registry)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer.

        Args:
            method: HTTP method.
            route: The route's template, so that ids make no series of their own.
            status: HTTP status.
            seconds: From its arrival to the end of the answer.
        """
        known = method if method in METHODS else "other"
        self._seconds.labels(known, route, str(status)).observe(seconds)
