import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from api.runtime import child as module
from api.runtime.child import Child, Launch, last_lines
from api.runtime.process_record import living_records
from schemas.errors import InfrastructureError
from tests.api.runtime.conftest import IGNORES_SIGTERM, SLEEPS
from tests.api.runtime.waiting import (
    end,
    eventually,
    is_gone,
    names_in,
    number_in,
    python,
    says,
)

MakeLaunch = Callable[[str], Launch]


async def test_both_outputs_go_to_the_log_and_runs_append(launch: MakeLaunch) -> None:
    described = launch("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    for _ in range(2):
        assert await Child.run(described) == 3
    assert sorted(described.log_file.read_text(encoding="utf-8").split()) == [
        *("err", "err"),
        *("out", "out"),
    ]


async def test_a_large_log_is_rotated_at_the_start_and_three_old_ones_are_kept(
    launch: MakeLaunch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOG_LIMIT_BYTES", 3)
    for number in range(6):
        assert await Child.run(launch(f"print('run {number}')")) == 0
    logs = launch("").log_file.parent
    kept = {path.name: path.read_text(encoding="utf-8").strip() for path in logs.iterdir()}
    assert kept == {
        "worker.log": "run 5",
        "worker.log.1": "run 4",
        "worker.log.2": "run 3",
        "worker.log.3": "run 2",
    }


async def test_it_is_recorded_while_it_runs(launch: MakeLaunch) -> None:
    described = launch(SLEEPS)
    child = await Child.start(described)
    assert [record.pid for record in living_records(described.run_dir)] == [child.pid]
    assert await child.stop(5) == -signal.SIGTERM
    assert child.pid is None
    assert names_in(described.run_dir) == []


async def test_a_stop_that_is_ignored_becomes_a_kill(launch: MakeLaunch) -> None:
    described = launch(IGNORES_SIGTERM)
    child = await Child.start(described)
    await eventually(lambda: says(described.log_file, "ready"))
    assert await child.stop(0.3) == -signal.SIGKILL
    assert await child.stop(0.3) == -signal.SIGKILL


async def test_its_own_children_end_with_it(launch: MakeLaunch, tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time, pathlib; "
        "p = subprocess.Popen(['sleep', '60']); "
        f"pathlib.Path({str(note)!r}).write_text(str(p.pid)); time.sleep(60)"
    )
    child = await Child.start(launch(code))
    grandchild = await eventually(lambda: number_in(note))
    await child.stop(5)
    await eventually(lambda: is_gone(grandchild))


async def test_ctrl_c_in_the_terminal_reaches_us_and_not_the_child(launch: MakeLaunch) -> None:
    child = await Child.start(launch(SLEEPS))
    assert child.pid is not None
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    assert os.getsid(child.pid) != os.getsid(0)
    await child.stop(5)


async def test_a_program_that_is_missing_is_named(launch: MakeLaunch) -> None:
    described = replace(launch(""), argv=("/no/such/program",))
    with pytest.raises(InfrastructureError, match=r"worker could not be started: /no/such/program"):
        await Child.start(described)


async def test_a_run_that_is_cancelled_ends_its_process(launch: MakeLaunch) -> None:
    described = launch(SLEEPS)
    run = asyncio.create_task(Child.run(described))
    (record,) = await eventually(lambda: living_records(described.run_dir) or None)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert is_gone(record.pid)
    assert names_in(described.run_dir) == []


async def test_a_start_that_cannot_be_recorded_leaves_no_process(
    launch: MakeLaunch, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids: list[int] = []

    def fail(_run_dir: Path, _name: str, pid: int, _signal: int) -> None:
        pids.append(pid)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_record", fail)
    with pytest.raises(OSError, match="No space"):
        await Child.start(launch(SLEEPS))
    assert is_gone(pids[0])


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM], ids=lambda death: death.name)
async def test_it_does_not_outlive_a_parent_that_is_killed(
    tmp_path: Path, death: signal.Signals
) -> None:
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import asyncio, signal, sys\n"
        "from pathlib import Path\n"
        "from api.runtime.child import Child, Launch\n"
        "async def main():\n"
        f"    home = Path({str(tmp_path)!r})\n"
        f"    launch = Launch('worker', (sys.executable, '-c', {SLEEPS!r}),\n"
        f"        home / 'worker.log', home / 'run', death_signal=signal.Signals({int(death)}))\n"
        "    child = await Child.start(launch)\n"
        "    (home / 'pid').write_text(str(child.pid))\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n",
        encoding="utf-8",
    )
    process = python(str(parent))
    pid = await eventually(lambda: number_in(tmp_path / "pid"))
    await eventually(lambda: says(tmp_path / "worker.log", "ready"))
    assert not is_gone(pid)
    end(process)
    await eventually(lambda: is_gone(pid))


def test_the_last_lines_of_a_log_are_quoted(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert last_lines(log) == "(no log)"
    log.write_text("\n\n", encoding="utf-8")
    assert last_lines(log) == "(empty log)"
    log.write_text("x" * 20_000 + "\none\n\n two\nthree\n", encoding="utf-8")
    assert last_lines(log, 2) == "two / three"
