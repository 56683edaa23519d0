"""Waiting for a while, and not a moment longer, not even for the end of what was given up.

A database driver that is cancelled first asks the server to cancel, and a server that hangs does
not answer that either; so what takes too long is left to end by itself.
"""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")

_abandoned: set[asyncio.Task[object]] = set()


async def within(seconds: float, work: Coroutine[object, object, T]) -> T:
    """The result of some work.

    Args:
        seconds: How long to wait for it.
        work: Cancelled when it takes longer, or when the waiter is cancelled.

    Raises:
        TimeoutError: It took longer.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task}, timeout=seconds)
        if task.done():
            return task.result()
    finally:
        if not task.done():
            _abandon(task)
    raise TimeoutError


def _abandon(task: asyncio.Task[T]) -> None:
    """Cancel a task and forget how it ends."""

    def forget(ended: asyncio.Task[T]) -> None:
        _abandoned.discard(ended)
        if not ended.cancelled():
            ended.exception()

    _abandoned.add(task)
    task.add_done_callback(forget)
    task.cancel()
