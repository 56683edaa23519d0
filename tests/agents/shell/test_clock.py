import asyncio
import time

import msgspec
import pytest

from agents.shell import clock as module
from agents.shell.clock import ClockService, tick_at, tick_frame
from agents.stages.framing import AppliedFrames
from configs.clock import SessionClock
from schemas.errors import ConfigurationError
from schemas.ops import Checkpoint, ClockTick
from tests.agents.shell.doubles import HeldWriter, context
from topics.catalog import CHECKPOINTS, DECIDE_INPUTS, GATE_INPUTS
from topics.catalog_wallet import WALLET_INPUTS
from topics.codec import TopicCodec, decode_frame

TICKS: TopicCodec[ClockTick] = TopicCodec(DECIDE_INPUTS)


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


async def ticked(service: ClockService, writer: HeldWriter, records: int) -> None:
    """Run the clock until it has written some records."""
    running = asyncio.create_task(service.run())
    async with asyncio.timeout(20):
        while len(writer.sent) < records:  # noqa: ASYNC110 - the writer tells no one
            await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


def remember(monkeypatch: pytest.MonkeyPatch, last: int | None) -> None:
    async def load(*_: object) -> Checkpoint | None:
        if last is None:
            return None
        return Checkpoint(
            stage="clock", partition=0, offset=last, applied={}, state=msgspec.Raw(b"null")
        )

    monkeypatch.setattr(module, "load_checkpoint", load)


def test_a_reader_takes_no_tick_that_is_not_later_than_the_last() -> None:
    reader = AppliedFrames()
    taken = [
        reader.is_news(decode_frame(tick_frame(second))) for second in (3000, 2000, 3000, 4000)
    ]

    assert taken == [True, False, False, True]


def test_the_same_second_gives_the_same_tick() -> None:
    assert tick_frame(5000) == tick_frame(5000)
    assert tick_at(5000).event_id != tick_at(6000).event_id


async def test_ticks_come_once_a_second_of_session_time_to_every_deciding_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remember(monkeypatch, None)
    outputs = HeldWriter("outputs", [])
    fast = SessionClock(anchor_wall_ms=wall_ms(), anchor_event_ms=1_000_000, speed=50.0)
    service = ClockService(context(clock=fast, outputs=outputs))
    await service.resume()

    await ticked(service, outputs, 15)

    by_topic = {
        topic: [
            TICKS.decode(decode_frame(sent.value).messages[0]).ingest_time
            for sent in outputs.sent
            if sent.topic is topic
        ]
        for topic in (DECIDE_INPUTS, GATE_INPUTS, WALLET_INPUTS)
    }
    ticks = by_topic[DECIDE_INPUTS]
    assert by_topic[GATE_INPUTS] == by_topic[WALLET_INPUTS] == ticks
    assert ticks[0] >= 1_000_000
    assert all(tick % 1000 == 0 for tick in ticks)
    assert ticks == sorted(set(ticks))
    assert len(ticks) >= 5


async def test_a_restarted_clock_does_not_tick_before_it_is_past_the_last_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remember(monkeypatch, 1_003_000)
    outputs = HeldWriter("outputs", [])
    fast = SessionClock(anchor_wall_ms=wall_ms(), anchor_event_ms=1_000_000, speed=50.0)
    service = ClockService(context(clock=fast, outputs=outputs))
    await service.resume()

    await ticked(service, outputs, 2)

    first = TICKS.decode(decode_frame(outputs.sent[0].value).messages[0])
    assert first.ingest_time > 1_003_000


async def test_the_clock_remembers_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch, None)
    outputs = HeldWriter("outputs", [])
    service = ClockService(context(clock=SessionClock(), outputs=outputs))
    await service.resume()

    await ticked(service, outputs, 3)

    [sent] = [sent for sent in outputs.sent if sent.topic is CHECKPOINTS]
    kept = msgspec.json.decode(sent.value, type=Checkpoint)
    assert (sent.key, kept.stage) == (b"clock/0", "clock")
    assert abs(kept.offset - wall_ms()) < 5_000


async def test_a_session_that_would_run_back_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch, wall_ms() + 70_000)
    service = ClockService(context(clock=SessionClock()))

    with pytest.raises(ConfigurationError, match="Set PETS_ANCHOR_EVENT_MS to at least"):
        await service.resume()


async def test_a_fast_session_soon_passes_the_last_tick_and_is_let_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remember(monkeypatch, 70_000)
    fast = SessionClock(anchor_wall_ms=wall_ms(), anchor_event_ms=0, speed=10.0)

    await ClockService(context(clock=fast)).resume()
