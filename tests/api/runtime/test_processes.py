import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.runtime.processes import RestartPolicy, Supervisor, describe_exit, supervised
from api.runtime.service import Progress, silent
from api.runtime.worker import Worker
from schemas.errors import InfrastructureError
from tests.api.runtime.conftest import SLEEPS
from tests.api.runtime.waiting import eventually, is_gone, names_in, says

QUICK = RestartPolicy(first_pause_s=0.01, longest_pause_s=0.02, stable_s=60, give_up_after=3)


class Scripted:
    """A service that notes what is asked of it and ends when the test says so."""

    def __init__(self, name: str, notes: list[str], refuse_starts: int = 0) -> None:
        self.name = name
        self.notes = notes
        self.refuse_starts = refuse_starts
        self.starts = 0
        self.pid: int | None = None
        self.exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def start(self, progress: Progress) -> None:
        self.notes.append(f"start {self.name}")
        await asyncio.sleep(0.01)
        self.starts += 1
        if self.starts > 1 and self.starts <= 1 + self.refuse_starts:
            raise InfrastructureError("its port is taken")
        self.exited = asyncio.get_running_loop().create_future()
        self.pid = 1
        self.notes.append(f"started {self.name}")

    async def wait(self) -> int:
        return await asyncio.shield(self.exited)

    async def stop(self) -> None:
        self.notes.append(f"stop {self.name}")
        await asyncio.sleep(0.01)
        self.pid = None
        self.notes.append(f"stopped {self.name}")

    async def is_healthy(self) -> bool:
        return self.pid is not None

    def crash(self, code: int = 1) -> None:
        self.pid = None
        self.exited.set_result(code)


async def running(service: Scripted, starts: int) -> None:
    """Wait until it runs after so many starts."""
    await eventually(lambda: service.starts == starts and service.pid is not None)


def python_worker(code: str, home: Path, name: str = "worker") -> Worker:
    return Worker(name, (sys.executable, "-c", code), home, stop_grace_s=3)


async def test_groups_start_in_order_and_stop_in_the_reverse_order() -> None:
    notes: list[str] = []
    async with supervised(silent) as supervisor:
        await supervisor.start(Scripted("kafka", notes), Scripted("postgres", notes))
        await supervisor.start(Scripted("gate", notes))
        assert [service.name for service in supervisor.services] == ["kafka", "postgres", "gate"]
    assert notes == [
        *("start kafka", "start postgres", "started kafka", "started postgres"),
        *("start gate", "started gate"),
        *("stop gate", "stopped gate"),
        *("stop kafka", "stop postgres", "stopped kafka", "stopped postgres"),
    ]


async def test_a_crashed_service_is_started_again_and_the_others_are_left_alone() -> None:
    notes: list[str] = []
    told: list[str] = []
    gate, bots = Scripted("gate", notes), Scripted("bots", notes)
    async with supervised(told.append, QUICK) as supervisor:
        await supervisor.start(gate, bots)
        gate.crash(-signal.SIGKILL)
        await running(gate, 2)
        assert supervisor.restarts == {"gate": 1}
        assert bots.starts == 1
    assert "gate ended by itself (signal SIGKILL); starting it again in 0.0 s" in told


async def test_a_service_that_keeps_crashing_ends_the_run_with_a_sentence() -> None:
    gate = Scripted("gate", [])
    stop = asyncio.Event()
    async with supervised(silent, QUICK) as supervisor:
        await supervisor.start(gate)
        run = asyncio.create_task(supervisor.run_until(stop))
        for start in (1, 2, 3):
            await running(gate, start)
            gate.crash(7)
        with pytest.raises(InfrastructureError) as raised:
            await run
    for part in ("gate ended 3 times", "exit code 7", "logs/gate.log"):
        assert part in str(raised.value)


async def test_a_service_that_ran_long_enough_begins_its_count_again() -> None:
    gate = Scripted("gate", [])
    policy = RestartPolicy(first_pause_s=0.01, longest_pause_s=0.01, stable_s=0.0, give_up_after=2)
    async with supervised(silent, policy) as supervisor:
        await supervisor.start(gate)
        for start in range(1, 6):
            await running(gate, start)
            gate.crash()
        await running(gate, 6)


async def test_a_restart_that_fails_is_tried_again() -> None:
    gate = Scripted("gate", [], refuse_starts=1)
    told: list[str] = []
    async with supervised(told.append, QUICK) as supervisor:
        await supervisor.start(gate)
        gate.crash()
        await running(gate, 3)
    assert any("could not be started (its port is taken)" in message for message in told)


async def test_a_restart_that_always_fails_ends_the_run_with_its_reason() -> None:
    gate = Scripted("gate", [], refuse_starts=99)
    async with supervised(silent, QUICK) as supervisor:
        await supervisor.start(gate)
        gate.crash()
        with pytest.raises(InfrastructureError, match="its port is taken"):
            await supervisor.run_until(asyncio.Event())


async def test_an_unexpected_error_while_watching_ends_the_run() -> None:
    class Broken(Scripted):
        async def wait(self) -> int:
            raise RuntimeError("broken watcher")

    async with supervised(silent) as supervisor:
        await supervisor.start(Broken("gate", []))
        with pytest.raises(RuntimeError, match="broken watcher"):
            await supervisor.run_until(asyncio.Event())


async def test_a_first_start_that_fails_is_raised_and_the_rest_is_stopped() -> None:
    class Refusing(Scripted):
        async def start(self, progress: Progress) -> None:
            raise InfrastructureError("no Java")

    notes: list[str] = []
    with pytest.raises(InfrastructureError, match="no Java"):
        async with supervised(silent) as supervisor:
            await supervisor.start(Scripted("postgres", notes), Refusing("kafka", notes))
    assert notes[-1] in {"stopped postgres", "stopped kafka"}
    assert "stopped postgres" in notes


async def test_two_services_of_one_name_are_refused() -> None:
    async with supervised(silent) as supervisor:
        with pytest.raises(ValueError, match="two services are called gate"):
            await supervisor.start(Scripted("gate", []), Scripted("gate", []))


async def test_a_stop_is_finished_although_it_is_cancelled_again() -> None:
    notes: list[str] = []

    async def run() -> None:
        async with supervised(silent) as supervisor:
            await supervisor.start(Scripted("gate", notes))
            await supervisor.run_until(asyncio.Event())

    task = asyncio.create_task(run())
    await eventually(lambda: "started gate" in notes)
    task.cancel()
    await eventually(lambda: "stop gate" in notes)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert notes[-1] == "stopped gate"


async def test_run_until_returns_when_told_to_stop() -> None:
    stop = asyncio.Event()
    supervisor = Supervisor(silent)
    run = asyncio.create_task(supervisor.run_until(stop))
    await asyncio.sleep(0.05)
    assert not run.done()
    stop.set()
    await asyncio.wait_for(run, 1)


async def test_real_workers_are_restarted_after_kill_9_and_leave_nothing(tmp_path: Path) -> None:
    worker = python_worker(SLEEPS, tmp_path)
    async with supervised(silent, QUICK) as supervisor:
        await supervisor.start(worker)
        assert await worker.is_healthy()
        first = worker.pid
        assert first is not None
        await eventually(lambda: says(worker.log_file, "ready"))
        os.kill(first, signal.SIGKILL)
        second = await eventually(lambda: worker.pid if worker.pid != first else None)
        await eventually(lambda: says(worker.log_file, "ready\nready"))
    await eventually(lambda: is_gone(second))
    assert worker.pid is None
    assert not await worker.is_healthy()
    assert names_in(tmp_path / "run") == []


async def test_a_worker_is_healthy_when_its_own_check_agrees(tmp_path: Path) -> None:
    ready = False

    async def check() -> bool:
        return ready

    worker = Worker("w", (sys.executable, "-c", SLEEPS), tmp_path, ready=check)
    assert await worker.wait() == 0
    await worker.start(silent)
    assert not await worker.is_healthy()
    ready = True
    assert await worker.is_healthy()
    await worker.stop()
    assert await worker.wait() == -signal.SIGTERM


@given(st.integers(1, 500))
def test_the_pause_grows_and_stays_bounded(crashes: int) -> None:
    policy = RestartPolicy()
    assert policy.pause_s(crashes) <= policy.pause_s(crashes + 1) <= policy.longest_pause_s
    assert policy.pause_s(1) == policy.first_pause_s


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "exit code 0"), (3, "exit code 3"), (-9, "signal SIGKILL"), (-250, "signal 250")],
)
def test_an_exit_code_is_put_into_words(code: int, words: str) -> None:
    assert describe_exit(code) == words
