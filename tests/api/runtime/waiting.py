"""Waiting for what happens outside this process, and what a process id still means."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")


async def eventually(read: Callable[[], T | None], timeout_s: float = 15.0) -> T:
    """The first value of `read` that is neither None nor False."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = read()
        if value is not None and value is not False:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen within {timeout_s} s")
        await asyncio.sleep(0.02)


def is_gone(pid: int) -> bool:
    """True when that process has ended, reaped or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def names_in(folder: Path) -> list[str]:
    """Every name in a folder, sorted."""
    return sorted(path.name for path in folder.iterdir())


def python(*arguments: str) -> subprocess.Popen[bytes]:
    """A Python of ours with the product on its path."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill it if it still runs, and reap it."""
    process.kill()
    process.communicate()


def number_in(path: Path) -> int | None:
    """The number a program wrote, once it has."""
    text = path.read_text(encoding="ascii").strip() if path.exists() else ""
    return int(text) if text else None


def says(path: Path, text: str) -> bool:
    """True once a log contains `text`."""
    return path.exists() and text in path.read_text(encoding="utf-8")
