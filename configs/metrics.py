"""Serves a process's Prometheus metrics on the port that its settings name."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from schemas.errors import InfrastructureError


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
    try:
        server, thread = start_http_server(port, host, registry)
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
