"""Makes what the catalogue of metrics names, and serves it: the only place that does."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from configs.metric import Kind, Metric
from schemas.errors import InfrastructureError


def counter(metric: Metric, registry: CollectorRegistry) -> Counter:
    """A counter of the catalogue."""
    return Counter(metric.name, metric.about, metric.labels, registry=registry)


def gauge(metric: Metric, registry: CollectorRegistry) -> Gauge:
    """A gauge of the catalogue."""
    return Gauge(metric.name, metric.about, metric.labels, registry=registry)


def histogram(metric: Metric, registry: CollectorRegistry) -> Histogram:
    """A histogram of the catalogue."""
    return Histogram(
        metric.name, metric.about, metric.labels, buckets=metric.buckets, registry=registry
    )


def family(metric: Metric) -> GaugeMetricFamily:
    """A gauge of the catalogue whose samples are made when they are asked for."""
    return GaugeMetricFamily(metric.name, metric.about, labels=metric.labels)


def single(metric: Metric, value: float) -> GaugeMetricFamily:
    """A gauge of the catalogue with its one value."""
    return GaugeMetricFamily(metric.name, metric.about, value=float(value))


class Read(Collector):
    """Counters and gauges without labels that are read off when they are asked for."""

    def __init__(self, sources: dict[Metric, Callable[[], float]]) -> None:
        """Say where each value is read."""
        self._sources = sources

    def describe(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """Nothing is looked at when it is registered."""
        return ()

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Every metric with its value now."""
        for metric, read in self._sources.items():
            made = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
            yield made(metric.name, metric.about, value=read())


class MetricsPort:
    """A port on which a process serves its metrics."""

    def __init__(self, registry: CollectorRegistry, host: str, port: int) -> None:
        """Serve from now on.

        Args:
            registry: What to serve.
            host: Address to bind to.
            port: Port to bind to.

        Raises:
            InfrastructureError: The port is taken.
        """
        try:
            self._server, self._thread = start_http_server(port, host, registry)
        except OSError as error:
            raise InfrastructureError(
                f"Metrics cannot be served on {host}:{port} ({error.strerror}): set "
                "PETS_METRICS_PORT to a free port, or to 0 for none."
            ) from error

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def served(registry: CollectorRegistry, host: str, port: int) -> Iterator[None]:
    """Serve metrics over HTTP while the block runs.

    Args:
        registry: What to serve.
        host: Address to bind to.
        port: Port; 0 serves nothing.

    Raises:
        InfrastructureError: The port is taken.
    """
    if not port:
        yield
        return
    opened = MetricsPort(registry, host, port)
    try:
        yield
    finally:
        opened.close()
