"""The brokers that the contract is held against, and what can be done to one of them."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import docker
from docker.errors import DockerException
from docker.models.containers import Container
from testcontainers.community.kafka import RedpandaContainer

from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent

REDPANDA_IMAGE = "docker.redpanda.com/redpandadata/redpanda:v24.2.18"
REDPANDA_PORT = 9092


class DisturbedBroker(Protocol):
    """A broker of the test's own that can be put out of action and comes back as it was."""

    bootstrap: str

    async def stop(self) -> None:
        """End it in good order."""

    async def kill(self) -> None:
        """End it as a power cut of its process would."""

    async def pause(self) -> None:
        """Let it stand still; its connections stay open."""

    async def resume(self) -> None:
        """Bring it back from any of these."""


class DisturbedKafka:
    """The embedded Kafka under disturbance."""

    def __init__(self, home: Path, cache: Path) -> None:
        self._kafka = EmbeddedKafka(
            home,
            port=free_port(),
            controller_port=free_port(),
            cache=cache,
            heap_mib=256,
            short_lived=True,
        )
        self.bootstrap = self._kafka.bootstrap
        self._paused = False

    async def start(self) -> None:
        await self._kafka.start(silent)

    async def stop(self) -> None:
        await self._kafka.stop()

    async def kill(self) -> None:
        self._signal(signal.SIGKILL)
        await self._kafka.wait()
        await self._kafka.stop()

    async def pause(self) -> None:
        self._signal(signal.SIGSTOP)
        self._paused = True

    async def resume(self) -> None:
        if self._paused:
            self._signal(signal.SIGCONT)
            self._paused = False
        else:
            await self._kafka.start(silent)

    def _signal(self, number: signal.Signals) -> None:
        assert self._kafka.pid is not None
        os.kill(self._kafka.pid, number)


class DisturbedRedpanda:
    """A Redpanda container under disturbance; its port stays the same."""

    def __init__(self, container: RedpandaContainer) -> None:
        self.bootstrap = container.get_bootstrap_server()
        self._container: Container = container.get_wrapped_container()
        self._paused = False

    async def stop(self) -> None:
        await asyncio.to_thread(self._container.stop)

    async def kill(self) -> None:
        await asyncio.to_thread(self._container.kill)

    async def pause(self) -> None:
        await asyncio.to_thread(self._container.pause)
        self._paused = True

    async def resume(self) -> None:
        if self._paused:
            await asyncio.to_thread(self._container.unpause)
            self._paused = False
        else:
            await asyncio.to_thread(self._container.start)


@contextmanager
def redpanda() -> Iterator[RedpandaContainer]:
    """A Redpanda on a port that survives its restarts."""
    container = RedpandaContainer(REDPANDA_IMAGE)
    container.with_bind_ports(REDPANDA_PORT, free_port())
    container.start(timeout=120)
    try:
        yield container
    finally:
        container.stop()


DOCKER_SOCKET = Path("/var/run/docker.sock")


def docker_problem() -> str:
    """Why no container can be run here; empty when one can."""
    if "DOCKER_HOST" not in os.environ and not DOCKER_SOCKET.exists():
        # Asked in vain, the client leaves a socket open, which is an error in these tests.
        return f"no Docker daemon runs (DOCKER_HOST is not set, there is no {DOCKER_SOCKET})"
    try:
        client = docker.from_env()
    except DockerException as error:
        return f"no Docker daemon answers ({error})"
    try:
        client.ping()
    except DockerException as error:
        return f"the Docker daemon does not answer ({error})"
    finally:
        client.close()
    return ""
