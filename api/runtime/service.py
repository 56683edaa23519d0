"""The one port of this package: what the supervisor asks of anything it keeps running."""

from collections.abc import Callable
from typing import Protocol

Progress = Callable[[str], None]
"""Receives one short sentence for a person each time a start gets a step further."""


def silent(message: str) -> None:
    """A :data:`Progress` that drops every message."""


class Service(Protocol):
    """A long-running part of the system: the broker, the database, a worker."""

    @property
    def name(self) -> str:
        """Short unique name; also the stem of its log file and of its process record."""

    @property
    def pid(self) -> int | None:
        """Process id while it runs, else None."""

    async def start(self, progress: Progress) -> None:
        """Start it and return once it answers; raises InfrastructureError when it cannot."""

    async def wait(self) -> int:
        """Return the exit code once the process has ended, for whatever reason."""

    async def stop(self) -> None:
        """End it in good order, by force after its grace period. Idempotent."""

    async def is_healthy(self) -> bool:
        """True when it answers now."""
