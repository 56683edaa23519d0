import asyncio
from base64 import b64decode

import httpx
import pytest

from api.runtime.ports import free_port
from configs.clock import SessionClock
from configs.meters import served
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ops import Alert, DeadLetter, Heartbeat
from sinks.intake import Place, Refused
from sinks.metrics import SinkMetrics
from sinks.pulse import Pulse
from topics.catalog import ALERTS, DEAD_LETTERS, FILLS, HEARTBEATS, TopicSpec
from topics.dead_letters import PAYLOAD_LIMIT


class Recorder:
    """Remembers what was published."""

    def __init__(self) -> None:
        self.said: list[tuple[TopicSpec, Message]] = []
        self.flushed = 0

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        self.said.append((topic, message))

    async def flush(self) -> None:
        self.flushed = len(self.said)

    def on(self, topic: TopicSpec) -> list[Message]:
        return [message for where, message in self.said if where is topic]


def refused(offset: int, payload: bytes = b"?") -> Refused:
    return Refused(Place(FILLS.name, 0, offset, 3), payload, "DataError: too large")


async def test_dead_letters_are_flushed_and_one_alert_speaks_for_many() -> None:
    log = Recorder()
    pulse = Pulse(log, SessionClock())
    await pulse.bury([refused(1), refused(2)])
    assert log.flushed == 2
    await pulse.bury([refused(3)])
    letters = log.on(DEAD_LETTERS)
    assert [one.offset for one in letters if isinstance(one, DeadLetter)] == [1, 2, 3]
    (alert,) = log.on(ALERTS)
    assert isinstance(alert, Alert)
    assert "2 message(s)" in alert.detail
    assert pulse.metrics.registry.get_sample_value("pets_sink_refused_total") == 3


async def test_the_same_refusal_has_the_same_id() -> None:
    log = Recorder()
    await Pulse(log, SessionClock()).bury([refused(1)])
    await Pulse(log, SessionClock()).bury([refused(1)])
    assert len({one.event_id for one in log.on(DEAD_LETTERS)}) == 1


async def test_a_long_payload_is_cut_and_says_so() -> None:
    log = Recorder()
    await Pulse(log, SessionClock()).bury([refused(1, b"x" * (PAYLOAD_LIMIT + 1))])
    (letter,) = log.on(DEAD_LETTERS)
    assert isinstance(letter, DeadLetter)
    assert b64decode(letter.payload) == b"x" * PAYLOAD_LIMIT
    assert f"cut to {PAYLOAD_LIMIT} of {PAYLOAD_LIMIT + 1} bytes" in letter.error


async def test_a_heartbeat_says_what_is_waited_for() -> None:
    log = Recorder()
    pulse = Pulse(log, SessionClock(anchor_event_ms=1_000_000, speed=1e-9))
    pulse.lag, pulse.position, pulse.waiting = 7, 42, "the database is away"
    beating = asyncio.create_task(pulse.run())
    await asyncio.sleep(0)
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    (beat,) = log.on(HEARTBEATS)
    assert isinstance(beat, Heartbeat)
    assert (beat.component, beat.status, beat.lag, beat.position) == ("sinks", "recovering", 7, 42)
    assert beat.detail == "the database is away"


async def test_metrics_are_served_where_asked() -> None:
    metrics, port = SinkMetrics(), free_port()
    metrics.rows.inc(5)
    with served(metrics.registry, "127.0.0.1", port):
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/metrics")
        assert "pets_sink_rows_total 5.0" in answer.text
        with (
            pytest.raises(InfrastructureError, match="PETS_METRICS_PORT"),
            served(metrics.registry, "127.0.0.1", port),
        ):
            pass


def test_port_0_serves_no_metrics() -> None:
    with served(SinkMetrics().registry, "127.0.0.1", 0):
        pass
