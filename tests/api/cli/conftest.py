"""The command line before a real API, served on this machine."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import structlog
import uvicorn
from typer.testing import CliRunner, Result

import api.cli as cli
from schemas.control import Command, Verb
from schemas.envelope import Message
from schemas.ops import ClockTick
from tests.api.running import NOW, GateBehindLog, Running, beats
from tests.sinks.messages import ACCOUNT, BOT, at, denied, equity, listed, order, position, top
from topics.catalog import GATE_INPUTS, TopicSpec

Pets = Callable[..., Result]


class TickingGate(GateBehindLog):
    """The session clock ticks after whatever the gate reads, so that it tells its state."""

    _ticks = 0

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> None:
        await super().send_now(topic, key, message)
        if topic is GATE_INPUTS:
            self.tick()

    def tick(self) -> None:
        self._ticks += 1
        self.tell(ClockTick(**at(NOW + 1_000 * self._ticks, "tick", str(self._ticks))))


@pytest.fixture
def running() -> Running:
    """A system that has just spoken and answers commands at once."""
    made = Running()
    gate = TickingGate(made.settings)
    gate.take = made.read
    made.log = made.context.commander._log = gate
    made.fund(BOT)
    gate.tell(
        Command(
            **at(0, "start"),
            account_id=ACCOUNT,
            verb=Verb.START,
            bot_id=BOT,
            reason="first start",
            by="test",
        )
    )
    gate.tick()
    made.tell(
        listed(0),
        equity(NOW - 500, "10010.5", realised="12.25"),
        equity(NOW - 500, "20010.5", bot=None, realised="12.25"),
        position(NOW - 500, "10"),
        top(NOW - 500),
        denied(order("o9"), NOW - 500),
        *beats(NOW - 500),
    )
    return made


@pytest.fixture
def served(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """The API of it, where PETS_API_URL says."""
    server = uvicorn.Server(
        uvicorn.Config(running.app, host="127.0.0.1", port=0, log_level="error", ws="none")
    )
    thread = threading.Thread(target=server.run)
    # The API logs in this process: its lines are not what the command prints.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        monkeypatch.setenv("PETS_API_URL", f"http://127.0.0.1:{port}")
        yield running
    finally:
        server.should_exit = True
        thread.join()
        structlog.reset_defaults()


@pytest.fixture
def pets() -> Pets:
    """Runs a line of the command line; errors come back as they are."""
    if not cli.app.registered_groups:
        cli._add_groups()

    def run(*line: str) -> Result:
        return CliRunner().invoke(cli.app, list(line))

    return run
