"""The whole system as an operator meets it: up, trading, halted, stopped, up again, audited."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from api.callers import dashboard_key
from api.runtime.ports import free_port
from schemas.envelope import Message
from schemas.trading import Fill
from sinks.archive.archive import Archive
from topics.catalog import FILLS
from topics.codec import TopicCodec, decode_frame

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]
PETS = str(Path(sys.executable).with_name("pets"))
READY_S = 120.0


class Installation:
    """One `pets up` in a home of its own, on ports of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ports = {
            name: free_port()
            for name in ("BROKER", "BROKER_CONTROLLER", "DATABASE", "SANDBOX", "API", "DASHBOARD")
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


@pytest.fixture(scope="module")
def installation(
    kafka_cache: Path, postgres_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """One installation for the module; its tests follow one another like an operator's day."""
    folder = tmp_path_factory.mktemp("system")
    made = Installation(folder / "home")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGTERM)


def test_up_comes_alive_and_says_what_it_is(installation: Installation) -> None:
    installation.start("--speed", "4")
    summary = installation.said().split("\n\n")[-1]
    assert "recorded and simulated data 4x with paper money" in summary
    assert summary.count("\n") <= 8
    assert re.search(r"Halt +\S+pets halt", summary)
    installation.until(
        lambda: installation.get("/risk/metrics")["data"]["equity"] is not None, "equity"
    )
    status = installation.get("/status")
    assert status["source"] == "recorded + simulated 4x"
    assert status["money"] == "paper"
    installation.until(
        lambda: set(installation.get("/status")["data"]["markets"]) == {"RECORDED", "SIMULATED"},
        "both labels",
    )


def test_figures_move_and_orders_land_in_the_database(installation: Installation) -> None:
    first = installation.get("/risk/metrics")["as_of"]
    installation.until(lambda: installation.get("/risk/metrics")["as_of"] > first, "newer equity")
    installation.until(
        lambda: any(
            order["status"] in ("FILLED", "PARTIALLY_FILLED", "PENDING", "CANCELED")
            for order in installation.get("/orders?limit=200")["data"]["orders"]
        ),
        "orders at the exchange",
        120.0,
    )
    curve = installation.get("/metrics/portfolio")["data"]
    assert len(curve["times"]) >= 2


def test_the_dashboard_answers(installation: Installation) -> None:
    page = httpx.get(f"http://127.0.0.1:{installation.ports['DASHBOARD']}/_stcore/health")
    assert page.text == "ok"


def test_a_second_start_in_the_same_home_is_refused(installation: Installation) -> None:
    second = installation.pets("up")
    assert second.returncode != 0
    assert "already runs" in second.stderr
    assert "Traceback" not in second.stderr


def test_halt_leaves_only_orders_that_reduce(installation: Installation) -> None:
    halted = installation.pets("halt", "--reason", "test")
    assert halted.returncode == 0, halted.stderr
    installation.until(
        lambda: installation.get("/status")["data"]["trading_state"] == "HALTED", "halt"
    )
    resting = "/orders?limit=500&status=PENDING&status=PARTIALLY_FILLED"
    installation.until(
        lambda: all(
            order["kind"] == "REDUCE" for order in installation.get(resting)["data"]["orders"]
        ),
        "end of all orders but those that reduce",
    )


def test_a_stage_killed_hard_comes_back(installation: Installation) -> None:
    victim = next(
        process
        for process in installation.processes()
        if process.cmdline()[-2:] == ["run", "gate,ledger"]
    )
    victim.kill()
    as_of = installation.get("/risk/metrics")["as_of"]
    installation.until(
        lambda: installation.get("/risk/metrics")["as_of"] > as_of + 4_000, "newer equity", 90.0
    )
    assert installation.get("/status")["data"]["trading_state"] == "HALTED"


def test_stop_leaves_no_process(installation: Installation) -> None:
    assert installation.stop() == 0, installation.said()
    assert "Stopped." in installation.said()
    assert installation.processes() == []


def test_the_next_start_finds_everything_as_it_was(installation: Installation) -> None:
    installation.start("--speed", "4")
    installation.until(
        lambda: installation.get("/status")["data"]["trading_state"] == "HALTED", "halt"
    )
    refused = installation.pets("resume")
    assert refused.returncode != 0
    assert "RESUME" in refused.stderr
    resumed = installation.pets("resume", "--phrase", "RESUME", "--reason", "test")
    assert resumed.returncode == 0, resumed.stderr
    installation.until(
        lambda: installation.get("/status")["data"]["trading_state"] == "ACTIVE", "trading"
    )
    assert json.loads(installation.pets("status", "--json").stdout)["money"] == "paper"


def test_the_run_replayed_from_its_inputs_gives_the_decisions_it_made(
    installation: Installation,
) -> None:
    audit = installation.pets("replay", "inputs")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    for stage in ("book", "bots", "gate", "paper", "ledger"):
        assert re.search(
            rf"^{stage}: \d+ inputs; .*equal to the byte\.$", audit.stdout, re.M
        ), audit.stdout
    assert installation.stop() == 0


def test_the_archived_run_gives_the_decisions_it_made_without_a_broker(
    installation: Installation,
) -> None:
    archive = str(installation.archive)
    verified = installation.pets("verify", archive)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    audit = installation.pets("audit", archive)
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert re.search(r"^100 % of [\d,]+ records were derived again", audit.stdout, re.M)
    fills = installation.pets("trace", fill_of(installation.archive), "--archive", archive)
    assert fills.returncode == 0, fills.stdout + fills.stderr
    for role in ("fill:", "order:", "verdict:", "intent:", "the book at that offset:"):
        assert role in fills.stdout, fills.stdout


def fill_of(archive: Path) -> str:
    """The id of a fill in an archive."""
    codec: TopicCodec[Message] = TopicCodec(FILLS)
    rows = Archive.open(archive).partition(FILLS.name, 0)
    messages = (codec.decode(each) for row in rows for each in decode_frame(row.value).messages)
    return next(message.event_id for message in messages if isinstance(message, Fill))


def test_a_killed_system_is_taken_over(installation: Installation) -> None:
    installation.start("--speed", "4", "--source", "world")
    installation.stop(signal.SIGKILL)
    installation.start("--speed", "4", "--source", "world")
    assert installation.stop() == 0, installation.said()
    assert installation.processes() == []


def test_a_taken_port_ends_in_one_sentence(installation: Installation) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.ports["BROKER"]))
        taken.listen()
        refused = installation.pets("up")
    assert refused.returncode != 0
    assert str(installation.ports["BROKER"]) in refused.stderr
    assert "Traceback" not in refused.stderr
