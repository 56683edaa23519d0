"""Who hangs, and that it is ended and started again."""

import asyncio
from pathlib import Path

from api.runtime.processes import RestartPolicy, supervised
from api.runtime.worker import Worker
from api.watchdog import SILENT_S, STUCK_S, Pulses
from schemas.ops import Heartbeat


def beat(component: str, position: int = 0, lag: int = 0, status: str = "running") -> Heartbeat:
    return Heartbeat(
        event_id="b",
        event_time=0,
        ingest_time=0,
        source=component,
        component=component,
        status=status,
        processed=0,
        lag=lag,
        position=position,
        pid=len(component),
    )


def test_a_component_that_falls_silent_while_others_speak_hangs_once() -> None:
    pulses = Pulses()
    pulses.heard(beat("gate"), 0.0)
    pulses.heard(beat("paper"), SILENT_S + 1)
    assert list(pulses.hanging(SILENT_S + 2)) == [len("gate")]
    assert pulses.hanging(SILENT_S + 2.5) == {}


def test_when_nobody_is_heard_it_is_the_log_and_not_they() -> None:
    pulses = Pulses()
    pulses.heard(beat("gate"), 0.0)
    pulses.heard(beat("paper"), 1.0)
    assert pulses.hanging(1000.0) == {}


def test_a_component_that_speaks_and_does_not_move_hangs() -> None:
    stuck, waiting, moving = Pulses(), Pulses(), Pulses()
    for second in range(int(STUCK_S) + 3):
        stuck.heard(beat("gate", 5, lag=9), second)
        waiting.heard(beat("sinks", 5, lag=9, status="recovering"), second)
        moving.heard(beat("gate", second, lag=9), second)
    now = STUCK_S + 2
    assert list(stuck.hanging(now)) == [len("gate")]
    assert waiting.hanging(now) == moving.hanging(now) == {}


async def test_what_hangs_is_ended_and_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    worker = Worker("deaf", ("sh", "-c", "trap '' TERM; sleep 60"), tmp_path, stop_grace_s=0.1)
    async with supervised(said.append, RestartPolicy(first_pause_s=0.01)) as supervisor:
        await supervisor.start(worker)
        first = worker.pid
        assert first is not None
        supervisor.end(1_999_999_999, "is nobody's")
        supervisor.end(first, "hangs")
        async with asyncio.timeout(10):
            while worker.pid in (None, first):  # noqa: ASYNC110 - a restart tells no one
                await asyncio.sleep(0.02)
        assert supervisor.restarts == {"deaf": 1}
    assert "deaf hangs; ending it" in said
