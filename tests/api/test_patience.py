"""Nobody waits longer than they said, whatever the work does when it is given up."""

import asyncio
import time

import pytest

from api.patience import _abandoned, within


async def test_what_is_done_in_time_is_the_result() -> None:
    async def quick() -> int:
        return 7

    assert await within(5, quick()) == 7


async def test_what_fails_in_time_fails() -> None:
    async def failing() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await within(5, failing())


async def test_work_that_resists_its_cancellation_is_not_waited_for() -> None:
    ended = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.3)
            ended.set()
            raise RuntimeError("nobody hears this")

    started = time.monotonic()
    with pytest.raises(TimeoutError):
        await within(0.05, stubborn())
    assert time.monotonic() - started < 0.25
    assert len(_abandoned) == 1, "held until it ends"
    await asyncio.wait_for(ended.wait(), 5)
    await asyncio.sleep(0.05)
    assert not _abandoned


async def test_a_waiter_that_is_cancelled_takes_its_work_along() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waiter = asyncio.create_task(within(60, work()))
    await asyncio.sleep(0.05)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    await asyncio.wait_for(ended.wait(), 5)
