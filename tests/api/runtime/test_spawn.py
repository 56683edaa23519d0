import asyncio
import os
from pathlib import Path

import pytest

from api.runtime.spawn import kill_group, spawn
from tests.api.runtime.waiting import is_gone


def pids_in(note: Path) -> list[int]:
    text = note.read_text(encoding="ascii") if note.exists() else ""
    return [int(line) for line in text.splitlines()]


@pytest.mark.parametrize("delay_ms", [0, 1, 5, 30, 100])
async def test_a_start_that_is_cancelled_leaves_neither_it_nor_its_children(
    tmp_path: Path, delay_ms: int
) -> None:
    note = tmp_path / "pids"
    program = f"echo $$ > {note}; sleep 60 & echo $! >> {note}; wait"

    async def run() -> None:
        process = await spawn(("sh", "-c", program), asyncio.subprocess.PIPE)
        try:
            await process.wait()
        finally:
            kill_group(process)
            await process.wait()

    task = asyncio.create_task(run())
    await asyncio.sleep(delay_ms / 1000)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.2)
    assert [pid for pid in pids_in(note) if not is_gone(pid)] == []


async def test_both_outputs_come_through_one_pipe_and_input_is_empty() -> None:
    process = await spawn(("sh", "-c", "cat; echo out; echo err >&2"), asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert sorted(output.split()) == [b"err", b"out"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change the user")
async def test_a_process_of_another_user_keeps_no_group_of_ours() -> None:
    process = await spawn(
        ("sh", "-c", "id -u; id -G"), asyncio.subprocess.PIPE, owner=(65534, 65534), cwd=Path("/")
    )
    output, _ = await process.communicate()
    assert output.split() == [b"65534", b"65534"]


async def test_a_missing_program_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError):
        await spawn(("/no/such/program",), asyncio.subprocess.PIPE)
