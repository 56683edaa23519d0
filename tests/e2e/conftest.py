"""A played system, a real dashboard before it and a real browser."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from api.callers import dashboard_key
from api.runtime.ports import free_port

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
READY_S = 90.0


class Shown:
    """An API that plays the simulated world, and the dashboard that shows it."""

    def __init__(self, folder: Path, speed: float) -> None:
        self.speed = speed
        self.api_port, self.dashboard_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.dashboard_port}"
        self.api = f"http://127.0.0.1:{self.api_port}/api/v1"
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start_api(self) -> None:
        ports = (str(self.api_port), str(self.dashboard_port), str(self.speed))
        self._start("api", sys.executable, "-m", "tests.e2e.played_api", *ports)
        self._until(f"{self.api}/health/live", "api")

    def start_dashboard(self) -> None:
        self._start("dashboard", str(Path(sys.executable).with_name("pets")), "run", "dashboard")
        self._until(f"{self.url}/_stcore/health", "dashboard")

    def stop(self, *names: str) -> None:
        for name in names or tuple(self._running):
            process = self._running.pop(name)
            process.terminate()
            process.wait(30)

    def state(self) -> str:
        """The trading state as the API says it."""
        return str(self._data("/status")["trading_state"])

    def bot_state(self, bot_id: str) -> str:
        """A bot's state as the API says it."""
        return str(self._data(f"/bots/{bot_id}")["state"])

    def parameter(self, bot_id: str, name: str) -> object:
        """A parameter of a bot as the API says it."""
        return self._data(f"/bots/{bot_id}/config")["parameters"][name]

    def _data(self, path: str) -> dict[str, Any]:
        reply = httpx.get(f"{self.api}{path}", headers={"X-API-Key": dashboard_key("")})
        found: dict[str, Any] = reply.json()["data"]
        return found

    def _start(self, name: str, *command: str) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PETS_")}
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={
                    **kept,
                    "PETS_API_URL": f"http://127.0.0.1:{self.api_port}",
                    "PETS_DASHBOARD_PORT": str(self.dashboard_port),
                },
            )

    def _until(self, url: str, name: str) -> None:
        deadline = time.monotonic() + READY_S
        while True:
            try:
                if httpx.get(url, timeout=2.0).is_success:
                    return
            except httpx.TransportError:
                pass
            log = (self._folder / f"{name}.log").read_text(errors="replace")[-3000:]
            assert self._running[name].poll() is None, log
            assert time.monotonic() < deadline, log
            time.sleep(0.2)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """One of each for the module."""
    made = Shown(tmp_path_factory.mktemp("shown"), speed=4.0)
    try:
        made.start_api()
        made.start_dashboard()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium; skips with the reason where there is none, in CI fails."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        reason = f"BROWSER TESTS NOT RUN: none of {', '.join(BROWSERS)} is installed."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield opened
        opened.close()
