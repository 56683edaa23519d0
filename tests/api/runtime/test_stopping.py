import asyncio
import os
import signal

import pytest

from api.runtime.stopping import STOP_SIGNALS, stop_signals, unless_stopped
from schemas.errors import InfrastructureError


@pytest.mark.parametrize("number", STOP_SIGNALS, ids=lambda number: number.name)
async def test_each_stop_signal_sets_the_event_and_raises_nothing(number: signal.Signals) -> None:
    async with stop_signals() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stop.wait(), 2)
        os.kill(os.getpid(), number)
        await asyncio.sleep(0.05)


async def test_work_that_ends_first_is_done() -> None:
    done: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.append("work")

    assert await unless_stopped(asyncio.Event(), work())
    assert done == ["work"]


async def test_work_is_given_up_when_told_to_stop_and_cleans_up() -> None:
    stop = asyncio.Event()
    cleaned: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            cleaned.append("work")

    asyncio.get_running_loop().call_later(0.05, stop.set)
    assert not await unless_stopped(stop, work())
    assert cleaned == ["work"]


async def test_an_error_of_the_work_is_raised() -> None:
    async def work() -> None:
        raise InfrastructureError("no Java")

    with pytest.raises(InfrastructureError, match="no Java"):
        await unless_stopped(asyncio.Event(), work())


async def test_a_cancelled_caller_cancels_the_work() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    task = asyncio.create_task(unless_stopped(asyncio.Event(), work()))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(cancelled.wait(), 1)
