"""One installation as an operator has it: `pets up` in a home of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from api.callers import dashboard_key
from api.runtime.ports import free_port

PETS = str(Path(sys.executable).with_name("pets"))
READY_S = 120.0
PORTS = ("BROKER", "BROKER_CONTROLLER", "DATABASE", "SANDBOX", "CHAIN", "API", "DASHBOARD")


class Installation:
    """One `pets up` in a home of its own, on ports of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = {
            name: free_port()
            for name in (
                "BROKER",
                "BROKER_CONTROLLER",
                "DATABASE",
                "SANDBOX",
                "CHAIN",
                "API",
                "DASHBOARD",
            )
        }
        self.output = home.parent / "up.txt"
        self.archive = home.parent / "archive"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        ports = {f"PETS_{name}_PORT": str(port) for name, port in self.ports.items()}
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("PETS_")},
            **ports,
            "PETS_HOME": str(self.home),
            "PETS_ARCHIVE": str(self.archive),
            "PETS_API_URL": f"http://127.0.0.1:{self.ports['API']}",
            "PETS_BROKER": f"127.0.0.1:{self.ports['BROKER']}",
        }

    def start(self, *options: str) -> None:
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [PETS, "up", *options],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.home.parent,
            )
        self.until(lambda: b"Dashboard" in self.output.read_bytes(), "the summary", READY_S)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def pets(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PETS, *arguments], env=self.environment, capture_output=True, text=True, timeout=120
        )

    def get(self, path: str) -> Any:
        url = f"http://127.0.0.1:{self.ports['API']}/api/v1{path}"
        return httpx.get(url, timeout=10.0, headers={"X-API-Key": dashboard_key("")}).json()

    def until(self, done: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            assert self.process is None or self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, f"no {what} in {seconds:g} s: {self.said()}"
            time.sleep(0.25)

    def said(self) -> str:
        return self.output.read_text(errors="replace")[-3000:]

    def processes(self) -> list[psutil.Process]:
        """Every process that runs for this home."""
        mine = []
        for process in psutil.process_iter(["pid", "environ", "cmdline"]):
            environ = process.info["environ"] or {}
            command = " ".join(process.info["cmdline"] or [])
            if environ.get("PETS_HOME") == str(self.home) or str(self.home) in command:
                mine.append(process)
        return mine
