"""The sinks' Prometheus metrics: what they mean and what to do when they look wrong."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from schemas.errors import InfrastructureError

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class SinkMetrics:
    """The metrics of one process."""

    def __init__(self) -> None:
        """Register them in a registry of their own."""
        self.registry = CollectorRegistry()
        self.rows = Counter(
            "pets_sink_rows", "Rows written, repeats included.", registry=self.registry
        )
        self.refused = Counter(
            "pets_sink_refused",
            "Messages set aside; see the dead letters for the cause.",
            registry=self.registry,
        )
        self.batch_seconds = Histogram(
            "pets_sink_batch_seconds",
            "One batch into the database; above a second the database is too slow.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.lag = Gauge(
            "pets_sink_lag",
            "Records still to read; if it grows the database is away or too slow.",
            registry=self.registry,
        )
        self.away = Gauge(
            "pets_sink_database_away", "1 while the database is away.", registry=self.registry
        )


@contextmanager
def served(metrics: SinkMetrics, host: str, port: int) -> Iterator[None]:
    """Serve metrics over HTTP meanwhile.

    Args:
        metrics: What to serve.
        host: Address to bind to.
        port: Port; 0 serves nothing.

    Raises:
        InfrastructureError: The port is taken.
    """
    if not port:
        yield
        return
    try:
        server, thread = start_http_server(port, host, metrics.registry)
    except OSError as error:
        raise InfrastructureError(
            f"Metrics cannot be served on {host}:{port} ({error.strerror}): set "
            "PETS_METRICS_PORT to a free port, or to 0 for none."
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
