"""Forks workers that have imported and configured everything already, so that killing is cheap.

Reads names of groups (`gate,ledger`, or `gate,ledger#2` for a second one), starts each in a fork,
and writes `started GROUP PID` and `ended PID CODE` lines. Ends, with all its workers, when its
input ends.
"""

import asyncio
import gc
import os
import select
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path

import uvloop

from agents.shell.app import PetsApp
from agents.shell.worker import run_stages
from api.service import run_api
from api.stages import Stages
from api.venue import run_connector, run_sandbox
from configs.logging import configure_logging
from configs.settings import Settings
from sinks.service import run_sinks
from tests.integration.crash_board import Board


def start(group: str, settings: Settings, stages: Stages, board: Path) -> int:
    """Fork a worker; the process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.dup2(2, 1)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        names, _, instance = group.partition("#")
        own = settings.model_copy(update={"instance": instance or settings.instance})
        if names == "api":
            run_api(own)
            os._exit(0)
        work = work_of(names, own, stages, board)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
        code = 0
    except BaseException as error:  # noqa: BLE001 - a fork must never return into the zygote
        sys.stderr.write(f"{group}: {type(error).__name__}: {error}\n")
        sys.stderr.flush()
    os._exit(code)


def work_of(
    names: str, settings: Settings, stages: Stages, board: Path
) -> Coroutine[object, object, None]:
    """What a process of that name does."""
    match names:
        case "connector":
            return run_connector(settings)
        case "sandbox":
            return run_sandbox(settings)
        case "sinks":
            return run_sinks(settings)
        case _:
            makes = [make for name in names.split(",") for make in stages.named(name)]
            return run_stages(settings, makes, watch=Board(board).watch)


def serve(board: Path) -> None:
    """Start what is asked for, tell what ended."""
    settings = Settings(_env_file=None)
    configure_logging(settings.log_level)
    stages = Stages(settings)
    running: set[int] = set()
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    warm_up(stages)
    gc.collect()
    gc.freeze()
    say("ready")
    asked = b""
    while True:
        readable, _, _ = select.select([0, told], [], [])
        if told in readable:
            os.read(told, 4096)
        if 0 in readable:
            read = os.read(0, 4096)
            if not read:
                break
            *lines, asked = (asked + read).split(b"\n")
            for line in lines:
                group = line.decode()
                pid = start(group, settings, stages, board)
                running.add(pid)
                say(f"started {group} {pid}")
        reap(running)
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def warm_up(stages: Stages) -> None:
    """Let Faust import what it imports at the first application."""

    async def nothing(_: object) -> None:
        """Never runs."""

    async def make() -> None:
        app = PetsApp(
            "warm",
            broker="127.0.0.1:1",
            instance="warm",
            fetch_wait_ms=500,
            positions=dict,
        )
        app.agent(app.topic("warm"), name="warm")(nothing)
        app.finalize()

    for name in stages.names:
        for factory in stages.named(name):
            factory(0).snapshot()
    asyncio.run(make())


def reap(running: set[int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        running.discard(pid)
        say(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
