"""Loopback ports: is one free, who has it, and which sentence tells the operator."""

import asyncio
import errno
import socket

import psutil

from schemas.errors import InfrastructureError

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """True when a server could listen on ``host:port`` now.

    ``SO_REUSEADDR`` makes the check ignore connections of an earlier server in TIME_WAIT, as the
    servers themselves do.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def free_port(host: str = LOOPBACK) -> int:
    """A port the system says is free now; another process may take it before it is used."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def holder(port: int) -> str:
    """Who listens on `port`: ``process 123 (java)``, or ``another process`` when it is hidden."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status != psutil.CONN_LISTEN or connection.pid is None:
                continue
            if len(connection.laddr) == 2 and connection.laddr[1] == port:
                return f"process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass
    return "another process"


async def require_free(port: int, *, purpose: str, setting: str) -> None:
    """Raise unless `port` is free.

    Args:
        port: The port on loopback.
        purpose: What wanted it, for the sentence: ``the embedded Kafka``.
        setting: The setting that changes it: ``PETS_BROKER_PORT``.

    Raises:
        InfrastructureError: Names the port, its holder where that can be known, and the setting.
    """
    if await asyncio.to_thread(is_free, port):
        return
    who = await asyncio.to_thread(holder, port)
    raise InfrastructureError(
        f"Port {port} on {LOOPBACK} is needed by {purpose} but {who} has it: "
        f"stop that process, or set {setting} to a free port."
    )
