"""The supervisor of one process group: start in order, restart what crashes, stop in order.

Services are started group by group and stopped in the reverse order, the members of a group
together. Each service that ends without being told to is started again after a growing pause;
one that keeps ending soon after its start is given up, and then the whole run ends with a sentence
that says which, why and where its log is.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from api.runtime.service import Progress, Service
from schemas.errors import InfrastructureError


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When a crashed service is started again.

    Attributes:
        first_pause_s: Pause after the first crash; doubles with every quick crash.
        longest_pause_s: The pause grows no further.
        stable_s: A service that ran this long has recovered: its crashes count from one again.
        give_up_after: This many quick crashes in a row end the run.
    """

    first_pause_s: float = 0.2
    longest_pause_s: float = 5.0
    stable_s: float = 20.0
    give_up_after: int = 5

    def pause_s(self, quick_crashes: int) -> float:
        """Seconds to wait before the next start after so many quick crashes (at least one)."""
        doubled: float = self.first_pause_s * 2 ** (quick_crashes - 1)
        return min(self.longest_pause_s, doubled)


class Supervisor:
    """Keeps services running until told to stop."""

    def __init__(self, progress: Progress, policy: RestartPolicy | None = None) -> None:
        """Make one; nothing runs yet.

        Args:
            progress: Told about every start, crash and restart.
            policy: When crashed services are started again.
        """
        self._progress = progress
        self._policy = RestartPolicy() if policy is None else policy
        self._groups: list[tuple[Service, ...]] = []
        self._watchers: dict[str, asyncio.Task[None]] = {}
        self._restarts: dict[str, int] = {}
        self._failure: asyncio.Future[bool] | None = None

    @property
    def services(self) -> tuple[Service, ...]:
        """Every service, in starting order."""
        return tuple(service for group in self._groups for service in group)

    @property
    def restarts(self) -> dict[str, int]:
        """How often each service was started again, by name; only those that were."""
        return dict(self._restarts)

    async def start(self, *group: Service) -> None:
        """Start one group together and watch it; what was started before stays.

        Raises:
            InfrastructureError: One cannot be started. What did start is stopped by :meth:`stop`.
        """
        taken = {service.name for service in self.services}
        for service in group:
            if service.name in taken:
                raise ValueError(f"two services are called {service.name}")
            taken.add(service.name)
        self._groups.append(group)
        results = await asyncio.gather(
            *(service.start(self._progress) for service in group), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        for service in group:
            watcher = asyncio.create_task(self._watch(service), name=f"watch {service.name}")
            watcher.add_done_callback(self._fail_with)
            self._watchers[service.name] = watcher

    def end(self, pid: int, reason: str) -> None:
        """End a service's process and its group by force; it is started again as after a crash.

        Args:
            pid: Its process id; one that is no service's is left alone.
            reason: For the sentence, after the service's name.
        """
        for service in self.services:
            if service.pid == pid:
                self._progress(f"{service.name} {reason}; ending it")
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)

    async def run_until(self, stop: asyncio.Event) -> None:
        """Return once `stop` is set.

        Raises:
            InfrastructureError: A service was given up.
        """
        failure = self._failure_of_run()
        waiter: asyncio.Future[bool] = asyncio.ensure_future(stop.wait())
        either: set[asyncio.Future[bool]] = {waiter, failure}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiter.cancel()
        if failure.done():
            await failure

    async def stop(self) -> None:
        """Stop every service, the last group first; idempotent."""
        for watcher in self._watchers.values():
            watcher.cancel()
        await asyncio.gather(*self._watchers.values(), return_exceptions=True)
        self._watchers.clear()
        if self._failure is not None and self._failure.done():
            self._failure.exception()
        while self._groups:
            group = self._groups[-1]
            running = [service.name for service in group if service.pid is not None]
            if running:
                self._progress(f"Stopping {', '.join(running)}")
            await asyncio.gather(*(service.stop() for service in group))
            self._groups.pop()

    async def _watch(self, service: Service) -> None:
        """Start the service again whenever it ends; report a failure when it keeps ending."""
        quick = 0
        started = time.monotonic()
        while True:
            code = await service.wait()
            lasted = time.monotonic() - started
            quick = 1 if lasted >= self._policy.stable_s else quick + 1
            reason = f"ended by itself ({describe_exit(code)})"
            started = time.monotonic()
            while True:
                if quick >= self._policy.give_up_after:
                    raise InfrastructureError(
                        f"{service.name} ended {quick} times soon after its start and is given "
                        f"up; the last time it {reason}. Its log is logs/{service.name}.log in "
                        "PETS_HOME."
                    )
                pause = self._policy.pause_s(quick)
                self._progress(f"{service.name} {reason}; starting it again in {pause:.1f} s")
                await asyncio.sleep(pause)
                started = time.monotonic()
                self._restarts[service.name] = self._restarts.get(service.name, 0) + 1
                try:
                    await service.start(self._progress)
                    break
                except InfrastructureError as error:
                    quick += 1
                    reason = f"could not be started ({error})"

    def _fail_with(self, watcher: asyncio.Task[None]) -> None:
        """A watcher that ended with an error ends the run with it."""
        error = None if watcher.cancelled() else watcher.exception()
        failure = self._failure_of_run()
        if error is not None and not failure.done():
            failure.set_exception(error)

    def _failure_of_run(self) -> asyncio.Future[bool]:
        if self._failure is None:
            self._failure = asyncio.get_running_loop().create_future()
        return self._failure


def describe_exit(code: int) -> str:
    """An exit code in words: ``exit code 3`` or ``signal SIGKILL``."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


@asynccontextmanager
async def supervised(
    progress: Progress, policy: RestartPolicy | None = None
) -> AsyncIterator[Supervisor]:
    """A supervisor whose services are all stopped when the block ends, whatever ends it.

    The stop itself is shielded: an impatient second cancellation does not leave processes behind.
    """
    supervisor = Supervisor(progress, policy)
    try:
        yield supervisor
    finally:
        await _uninterrupted(supervisor)


async def _uninterrupted(supervisor: Supervisor) -> None:
    stopping = asyncio.ensure_future(supervisor.stop())
    cancelled = False
    while not stopping.done():
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError:
            cancelled = True
    stopping.result()
    if cancelled:
        raise asyncio.CancelledError
