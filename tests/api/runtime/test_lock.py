import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from api.runtime.lock import only_run, running_pid
from schemas.errors import InfrastructureError
from tests.api.runtime.waiting import end, python

HOLDER = (
    "import asyncio, sys\n"
    "from pathlib import Path\n"
    "from api.runtime.lock import only_run\n"
    "async def main():\n"
    "    async with only_run(Path(sys.argv[1])):\n"
    "        print('held', flush=True)\n"
    "        await asyncio.sleep(60)\n"
    "asyncio.run(main())\n"
)


def other_run(home: Path) -> subprocess.Popen[bytes]:
    process = python("-c", HOLDER, str(home))
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


async def test_a_second_run_is_refused_with_the_first_ones_number_and_what_to_do(
    tmp_path: Path,
) -> None:
    first = other_run(tmp_path)
    try:
        assert running_pid(tmp_path) == first.pid
        with pytest.raises(InfrastructureError) as raised:
            async with only_run(tmp_path):
                pass
        for part in (f"process {first.pid}", "Ctrl-C", f"kill {first.pid}", "PETS_HOME"):
            assert part in str(raised.value)
    finally:
        end(first)


async def test_the_lock_of_a_killed_run_is_taken_over(tmp_path: Path) -> None:
    first = other_run(tmp_path)
    end(first)
    assert running_pid(tmp_path) is None
    async with only_run(tmp_path):
        assert (tmp_path / "run" / "lock").read_text(encoding="ascii") == f"{os.getpid()}\n"


async def test_two_starts_in_the_same_moment_get_one_lock(tmp_path: Path) -> None:
    entered = 0

    async def run() -> None:
        nonlocal entered
        async with only_run(tmp_path):
            entered += 1
            await asyncio.sleep(0.3)

    results = await asyncio.gather(run(), run(), run(), return_exceptions=True)
    assert entered == 1
    assert sum(isinstance(result, InfrastructureError) for result in results) == 2


async def test_it_is_free_again_after_a_run(tmp_path: Path) -> None:
    assert running_pid(tmp_path) is None
    for _ in range(2):
        async with only_run(tmp_path):
            assert running_pid(tmp_path) == os.getpid()
        assert running_pid(tmp_path) is None


async def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("not a folder", encoding="utf-8")
    with pytest.raises(InfrastructureError, match=r"cannot write there .* set PETS_HOME"):
        async with only_run(home):
            pass


def child_that_keeps_our_files() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"], close_fds=False)


async def test_children_do_not_keep_the_lock(tmp_path: Path) -> None:
    async with only_run(tmp_path):
        child = child_that_keeps_our_files()
    try:
        assert running_pid(tmp_path) is None
    finally:
        end(child)
