import asyncio
from collections.abc import Callable

import msgspec
import pytest

from agents.shell.pace import RECORDS_LIMIT, CheckpointPace
from agents.shell.partition_run import PartitionRun
from agents.shell.takeover import PartitionWriters
from agents.stages.framing import FrameFold
from schemas.errors import InfrastructureError
from schemas.ops import Checkpoint
from tests.agents.shell.counting import CountingStage, trade
from tests.agents.shell.doubles import HeldWriter
from topics.codec import encode_frame

SLOW = 60.0


class Bench:
    """A run whose writers can be held, and a diary of what happened in which order."""

    def __init__(self, least_s: float = SLOW) -> None:
        self.diary: list[str] = []
        self.outputs = HeldWriter("outputs", self.diary)
        self.checkpoints = HeldWriter("checkpoint", self.diary)
        self.failures: list[BaseException] = []
        self.run = PartitionRun(
            FrameFold(CountingStage, 0, 1),
            writers=PartitionWriters(self.outputs, self.checkpoints),
            pace=CheckpointPace(least_s, 10**9),
            fail=self.failures.append,
            behind=2,
        )

    async def feed(self, offset: int) -> None:
        payload = encode_frame("connector#1", offset + 1, [trade(offset)])
        await self.run.handle(offset, payload, lambda: self.diary.append(f"input {offset} done"))

    def saved(self) -> list[int]:
        values = [sent.value for sent in self.checkpoints.sent]
        return [msgspec.json.decode(value, type=Checkpoint).offset for value in values]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for tells no one
            await asyncio.sleep(0.001)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_outputs_then_checkpoint_then_inputs_are_acknowledged() -> None:
    bench = Bench()
    bench.outputs.held = bench.checkpoints.held = True
    await bench.feed(0)

    saving = asyncio.create_task(bench.run.checkpoint())
    await settle()
    assert bench.diary == ["outputs write", "outputs write"]

    bench.outputs.release()
    await settle()
    assert bench.diary[2:] == ["outputs acknowledged", "outputs acknowledged", "checkpoint write"]

    bench.checkpoints.release()
    await saving
    assert bench.diary[5:] == ["checkpoint acknowledged", "input 0 done"]


async def test_records_that_come_while_a_checkpoint_waits_are_not_in_it() -> None:
    bench = Bench()
    bench.outputs.held = True
    await bench.feed(0)
    saving = asyncio.create_task(bench.run.checkpoint())
    await settle()

    await bench.feed(1)
    bench.outputs.release()
    await saving

    assert bench.saved() == [0]
    assert "input 1 done" not in bench.diary
    await bench.run.checkpoint()
    assert bench.saved() == [0, 1]


async def test_nothing_is_written_when_nothing_changed() -> None:
    bench = Bench()
    await bench.feed(0)
    await bench.run.checkpoint()
    await bench.run.checkpoint()

    assert bench.saved() == [0]


async def test_checkpoints_are_written_by_themselves_and_only_after_a_change() -> None:
    bench = Bench(least_s=0.01)
    bench.run.start()
    await asyncio.sleep(0.05)
    assert bench.saved() == []

    await bench.feed(0)
    await until(lambda: bench.saved() == [0])

    assert bench.run.unsaved_s == 0.0
    await bench.run.discard()


async def test_many_records_make_a_checkpoint_due_before_its_time() -> None:
    bench = Bench(least_s=SLOW)
    bench.run.start()
    for offset in range(RECORDS_LIMIT):
        await bench.feed(offset)
    await until(lambda: bench.saved() == [RECORDS_LIMIT - 1])
    await bench.run.discard()


async def test_closing_saves_what_is_left_and_takes_no_more() -> None:
    bench = Bench()
    bench.run.start()
    await bench.feed(0)

    await bench.run.close()
    written = len(bench.outputs.sent)
    await bench.feed(1)

    assert bench.saved() == [0]
    assert bench.diary[-1] == "input 0 done"
    assert len(bench.outputs.sent) == written


async def test_closing_while_a_checkpoint_is_on_its_way_waits_for_it() -> None:
    bench = Bench(least_s=0.001)
    bench.outputs.held = True
    bench.run.start()
    await bench.feed(0)
    await until(lambda: bench.run.unsaved_s == 0.0)

    closing = asyncio.create_task(bench.run.close())
    await settle()
    bench.outputs.release()
    await closing

    assert bench.saved() == [0]
    assert bench.diary[-1] == "input 0 done"


async def test_closing_without_a_broker_ends_in_a_sentence() -> None:
    bench = Bench()
    bench.outputs.held = True
    await bench.feed(0)

    with pytest.raises(InfrastructureError, match="could not write its last checkpoint"):
        await bench.run.close(timeout_s=0.05)


async def test_an_output_that_fails_ends_the_worker_without_a_checkpoint() -> None:
    bench = Bench(least_s=0.001)
    bench.run.start()
    await bench.feed(0)
    bench.outputs.broken = True
    await until(lambda: bool(bench.failures))

    assert [str(failure) for failure in bench.failures] == ["outputs is broken"]
    assert bench.saved() == []
    assert "input 0 done" not in bench.diary
    await bench.run.discard()


async def test_a_record_interrupted_half_way_is_never_in_a_checkpoint() -> None:
    bench = Bench()

    async def hang(*_: object) -> object:
        await asyncio.Event().wait()
        raise AssertionError

    await bench.feed(0)
    bench.outputs.write = hang  # type: ignore[method-assign, assignment]
    applying = asyncio.create_task(bench.feed(1))
    await settle()
    applying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await applying

    with pytest.raises(InfrastructureError, match="interrupted in the middle"):
        await bench.run.checkpoint()
    assert bench.saved() == []


async def test_it_catches_up_until_it_reaches_where_the_log_ended() -> None:
    bench = Bench()
    states = [bench.run.is_catching_up]
    for offset in range(2):
        await bench.feed(offset)
        states.append(bench.run.is_catching_up)

    assert states == [True, True, False]
    assert bench.run.position == 2
