import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from schemas.errors import InfrastructureError
from topics import pump as module
from topics.frames import MAX_BYTES, MAX_MESSAGES
from topics.pump import FramePump
from topics.writer import Acknowledgement, Written

GAP_S = 0.03


class Sink:
    """Takes frames; can be made to wait or to fail."""

    def __init__(self) -> None:
        self.frames: list[list[bytes]] = []
        self.at: list[float] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failure: InfrastructureError | None = None

    async def write(self, messages: list[msgspec.Raw]) -> Acknowledgement:
        await self.open.wait()
        if self.failure is not None:
            raise self.failure
        loop = asyncio.get_running_loop()
        self.frames.append([bytes(message) for message in messages])
        self.at.append(loop.time())
        done: Acknowledgement = loop.create_future()
        done.set_result(Written(0, len(self.frames)))
        return done


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
async def pump(sink: Sink) -> AsyncIterator[FramePump]:
    subject = FramePump(sink.write, GAP_S)
    yield subject
    subject.stop(InfrastructureError("the test is over"))


def raw(number: int, size: int = 0) -> msgspec.Raw:
    return msgspec.Raw(str(number).encode() + b" " * size)


async def settled(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the pump tells no one
            await asyncio.sleep(0.001)


async def test_a_message_in_the_quiet_goes_at_once_and_alone(sink: Sink) -> None:
    pump = FramePump(sink.write, gap_s=60.0)
    await pump.add(raw(1))
    await settled(lambda: bool(sink.frames))
    pump.stop(InfrastructureError("the test is over"))

    assert sink.frames == [[b"1"]]


async def test_messages_within_the_gap_go_together_after_it(sink: Sink, pump: FramePump) -> None:
    await pump.add(raw(1))
    await settled(lambda: len(sink.frames) == 1)
    for number in (2, 3, 4):
        await pump.add(raw(number))
    await settled(lambda: len(sink.frames) == 2)

    assert sink.frames[1] == [b"2", b"3", b"4"]
    assert sink.at[1] - sink.at[0] >= GAP_S * 0.9


async def test_frames_are_cut_at_their_caps_and_keep_the_order(sink: Sink, pump: FramePump) -> None:
    for number in range(MAX_MESSAGES + 10):
        await pump.add(raw(number))
    for number in range(3):
        await pump.add(raw(1000 + number, size=MAX_BYTES // 2))
    await pump.flush()

    assert [len(frame) for frame in sink.frames] == [MAX_MESSAGES, 11, 1, 1]
    flat = [int(message) for frame in sink.frames for message in frame]
    assert flat == [*range(MAX_MESSAGES + 10), 1000, 1001, 1002]


async def test_adding_waits_while_too_much_waits(
    sink: Sink, pump: FramePump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PENDING_MESSAGES", 5)
    sink.open.clear()

    async def fill() -> None:
        for number in range(50):
            await pump.add(raw(number))

    filling = asyncio.create_task(fill())
    await asyncio.sleep(0.05)
    assert not filling.done()

    sink.open.set()
    await filling
    await pump.flush()
    assert [int(m) for frame in sink.frames for m in frame] == list(range(50))
    assert max(len(frame) for frame in sink.frames) <= 5


async def test_adding_waits_while_too_many_bytes_wait(
    sink: Sink, pump: FramePump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PENDING_BYTES", 100)
    sink.open.clear()
    await pump.add(raw(1))
    await settled(lambda: not pump._waiting)
    await pump.add(raw(2, size=200))

    waiting = asyncio.create_task(pump.add(raw(3)))
    await asyncio.sleep(0.02)
    assert not waiting.done()
    sink.open.set()
    await waiting


async def test_sending_goes_behind_what_waits(sink: Sink, pump: FramePump) -> None:
    await pump.add(raw(1))
    await settled(lambda: len(sink.frames) == 1)
    await pump.add(raw(2))
    done = await pump.send(raw(3))

    assert sink.frames == [[b"1"], [b"2"], [b"3"]]
    assert (await done).offset == 3


async def test_a_frame_that_cannot_be_written_is_told_to_the_next_writer(
    sink: Sink, pump: FramePump
) -> None:
    sink.failure = InfrastructureError("the broker said no")
    await pump.add(raw(1))
    await settled(lambda: pump._failure is not None)

    with pytest.raises(InfrastructureError, match="the broker said no"):
        await pump.add(raw(2))


async def test_whoever_waits_for_room_is_told_when_the_pump_stops(
    sink: Sink, pump: FramePump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PENDING_MESSAGES", 1)
    sink.open.clear()
    await pump.add(raw(1))
    await settled(lambda: not pump._waiting)
    await pump.add(raw(2))
    waiting = asyncio.create_task(pump.add(raw(3)))
    await asyncio.sleep(0.01)

    pump.stop(InfrastructureError("closed"))

    with pytest.raises(InfrastructureError, match="closed"):
        await waiting
