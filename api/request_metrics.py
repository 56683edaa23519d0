"""Counts what this API answered, and how fast."""

from prometheus_client import CollectorRegistry, GCCollector, Histogram, ProcessCollector

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


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
        self._seconds = Histogram(
            "pets_api_request_seconds",
            "Answers by route and status; reads should stay below 0.05 at the 99th percentile.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )

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
