"""A whole run: lock, leftovers, Kafka, PostgreSQL and a worker under one supervisor, in a process
of its own, so that it can be interrupted and killed as a person or the system would."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from api.runtime.ports import free_port
from api.runtime.postgres_files import remove_runtime_folder
from api.runtime.process_record import ProcessRecord
from tests.api.runtime.waiting import eventually, is_gone, names_in

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SYSTEM = """
import asyncio, json, sys
from pathlib import Path
from api.runtime import spawn
from api.runtime.kafka import EmbeddedKafka
from api.runtime.lock import only_run
from api.runtime.postgres import EmbeddedPostgres
from api.runtime.process_record import stop_leftovers
from api.runtime.processes import supervised
from api.runtime.stopping import stop_signals, unless_stopped
from api.runtime.worker import Worker
from schemas.errors import InfrastructureError

options = json.loads(sys.argv[1])
home = Path(options["home"])
if options["no_death_signal"]:
    spawn._LIBC = None

def say(message):
    print(message, flush=True)

async def main():
    ports = options["ports"]
    kafka = EmbeddedKafka(home, port=ports[0], controller_port=ports[1],
                          cache=Path(options["cache"]), heap_mib=256, short_lived=True)
    postgres = EmbeddedPostgres(home, port=ports[2], programs=Path(options["programs"]),
                                shared_buffers_mib=16)
    worker = Worker("worker", (sys.executable, "-c", "import time; time.sleep(600)"), home)
    async with stop_signals() as stop, only_run(home):
        await stop_leftovers(home / "run", say)
        async with supervised(say) as supervisor:
            first = (kafka, postgres) if options["kafka"] else (postgres,)
            for group in (first, (worker,)):
                if not await unless_stopped(stop, supervisor.start(*group)):
                    return
            (home / "dsn").write_text(postgres.dsn)
            say("UP")
            await supervisor.run_until(stop)

try:
    asyncio.run(main())
except InfrastructureError as error:
    say(f"ERROR {error}")
    sys.exit(1)
"""


@dataclass(frozen=True)
class System:
    """One installation and how to run it."""

    home: Path
    cache: Path
    programs: Path
    ports: tuple[int, int, int]

    def run(self, *, kafka: bool = True, death_signal: bool = True) -> subprocess.Popen[str]:
        options = {
            "home": str(self.home),
            "cache": str(self.cache),
            "programs": str(self.programs),
            "ports": self.ports,
            "kafka": kafka,
            "no_death_signal": not death_signal,
        }
        return subprocess.Popen(
            [sys.executable, "-c", SYSTEM, json.dumps(options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )

    def records(self) -> dict[str, int]:
        """Process ids by name, as recorded now."""
        records = [
            ProcessRecord(**json.loads(path.read_text(encoding="utf-8")))
            for path in (self.home / "run").glob("*.json")
        ]
        return {record.name: record.pid for record in records}

    def dsn(self) -> str:
        return (self.home / "dsn").read_text(encoding="utf-8")


@pytest.fixture
def system(tmp_path: Path, kafka_cache: Path, postgres_programs: Path) -> Iterator[System]:
    ports = (free_port(), free_port(), free_port())
    yield System(tmp_path, kafka_cache, postgres_programs, ports)
    remove_runtime_folder(tmp_path)


def read_until_up(process: subprocess.Popen[str]) -> list[str]:
    """What the run said until it was up; fails with all of it when it ended before."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if said[-1] == "UP":
            return said
    raise AssertionError("\n".join(said))


async def up(process: subprocess.Popen[str]) -> list[str]:
    return await asyncio.to_thread(read_until_up, process)


async def all_gone(pids: dict[str, int]) -> None:
    await eventually(lambda: all(is_gone(pid) for pid in pids.values()))


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


async def test_ctrl_c_during_the_start_leaves_no_process(system: System) -> None:
    run = system.run()
    pids = await eventually(lambda: system.records() or None)
    run.send_signal(signal.SIGINT)
    output, _ = await asyncio.to_thread(run.communicate)
    assert run.returncode == 0, output
    await all_gone(pids)
    assert system.records() == {}


async def test_kill_9_of_the_run_leaves_no_process_and_the_next_run_finds_the_data(
    system: System,
) -> None:
    first = system.run()
    await up(first)
    await execute(system.dsn(), "CREATE TABLE kept AS SELECT 42 AS value")
    pids = system.records()
    second = system.run()
    refusal, _ = await asyncio.to_thread(second.communicate)
    assert second.returncode == 1
    assert refusal.startswith(f"ERROR PETS already runs in {system.home} as process {first.pid}")
    end_run(first)
    if sys.platform == "linux":
        await all_gone(pids)
    third = system.run()
    await up(third)
    await execute(system.dsn(), "SELECT value FROM kept")
    end_run(third)


async def test_what_kill_9_left_where_children_survive_is_ended_by_the_next_run(
    system: System,
) -> None:
    first = system.run(kafka=False, death_signal=False)
    await up(first)
    left = system.records()
    end_run(first)
    assert not any(is_gone(pid) for pid in left.values())
    second = system.run(kafka=False)
    said = await up(second)
    for name, pid in left.items():
        assert f"Ending {name} (process {pid}), left by an earlier run" in said
        assert is_gone(pid)
    end_run(second)


async def test_what_is_killed_comes_back_and_ctrl_c_leaves_no_process(system: System) -> None:
    run = system.run()
    await up(run)
    before = system.records()
    assert before.keys() == {"kafka", "postgres", "worker"}
    for name in ("kafka", "postgres"):
        os.kill(before[name], signal.SIGKILL)
    await eventually(lambda: all_replaced(system, before), timeout_s=60)
    await execute(system.dsn(), "SELECT 1")
    pids = system.records()
    assert pids["worker"] == before["worker"]
    run.send_signal(signal.SIGINT)
    output, _ = await asyncio.to_thread(run.communicate)
    assert run.returncode == 0
    assert "Stopping worker" in output
    await all_gone(pids)
    assert names_in(system.home / "run") == ["lock"]
    assert "postgres ended by itself (signal SIGKILL); starting it again" in output
    assert "kafka ended by itself (signal SIGKILL); starting it again" in output


def all_replaced(system: System, before: dict[str, int]) -> bool:
    now = system.records()
    names = ("kafka", "postgres")
    if any(now.get(name, before[name]) == before[name] for name in names):
        return False
    said = (system.home / "logs" / "postgres.log").read_text(encoding="utf-8")
    return said.count("ready to accept connections") == 2


def end_run(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()
