import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.runtime.process_record import (
    ProcessRecord,
    identity_of,
    living_records,
    remove_record,
    signal_exactly,
    stop_leftovers,
    write_record,
)
from api.runtime.service import silent
from tests.api.runtime.conftest import IGNORES_SIGTERM, SLEEPS
from tests.api.runtime.waiting import names_in


def spawn(code: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = spawn(SLEEPS)
    yield process
    process.kill()
    process.communicate()


def test_a_process_keeps_its_identity_and_another_has_another(
    sleeper: subprocess.Popen[bytes],
) -> None:
    assert identity_of(sleeper.pid) == identity_of(sleeper.pid)
    assert identity_of(sleeper.pid) != identity_of(os.getpid())


def test_a_process_that_ended_has_no_identity_even_before_it_is_reaped(
    sleeper: subprocess.Popen[bytes],
) -> None:
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert identity_of(sleeper.pid) is None
    sleeper.wait()
    assert identity_of(sleeper.pid) is None


def test_a_living_process_is_found_again(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    write_record(tmp_path / "run", "kafka", sleeper.pid, signal.SIGINT)
    (record,) = living_records(tmp_path / "run")
    assert (record.name, record.pid, record.stop_signal) == ("kafka", sleeper.pid, signal.SIGINT)
    remove_record(tmp_path / "run", "kafka")
    assert living_records(tmp_path / "run") == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"name": "x", "other": 1}'])
def test_a_damaged_record_is_dropped(tmp_path: Path, content: str) -> None:
    (tmp_path / "kafka.json").write_text(content, encoding="utf-8")
    assert living_records(tmp_path) == []
    assert not (tmp_path / "kafka.json").exists()


async def test_an_unrelated_process_with_a_recorded_number_is_never_touched(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    record = {"name": "kafka", "pid": sleeper.pid, "identity": "earlier boot:1", "stop_signal": 15}
    (tmp_path / "kafka.json").write_text(json.dumps(record), encoding="utf-8")
    assert await stop_leftovers(tmp_path, silent) == []
    assert sleeper.poll() is None
    other = ProcessRecord("kafka", sleeper.pid, "earlier boot:1")
    assert not signal_exactly(other, signal.SIGKILL)
    assert sleeper.poll() is None


async def test_what_a_killed_run_left_is_ended(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    write_record(tmp_path, "kafka", sleeper.pid)
    told: list[str] = []
    assert await stop_leftovers(tmp_path, told.append) == ["kafka"]
    assert sleeper.wait(5) == -signal.SIGTERM
    assert told == [f"Ending kafka (process {sleeper.pid}), left by an earlier run"]
    assert names_in(tmp_path) == []


async def test_one_that_ignores_the_signal_is_ended_by_force(tmp_path: Path) -> None:
    stubborn = spawn(IGNORES_SIGTERM)
    write_record(tmp_path, "worker", stubborn.pid)
    await stop_leftovers(tmp_path, silent, grace_s=0.3)
    assert stubborn.wait(5) == -signal.SIGKILL
    stubborn.communicate()


def test_a_process_that_is_gone_is_neither_recorded_nor_signalled(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    identity = identity_of(sleeper.pid)
    assert identity is not None
    sleeper.kill()
    sleeper.wait()
    write_record(tmp_path / "run", "kafka", sleeper.pid)
    assert not (tmp_path / "run").exists()
    assert not signal_exactly(ProcessRecord("kafka", sleeper.pid, identity), signal.SIGTERM)
