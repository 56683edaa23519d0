"""How a run is told to stop: Ctrl-C, SIGTERM, a closed terminal."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def unless_stopped(stop: asyncio.Event, work: Coroutine[object, object, None]) -> bool:
    """Do `work`, but give it up when `stop` is set first; True when it was done.

    Ctrl-C during a long start, a download for example, then takes effect at once.
    """
    doing: asyncio.Task[None] = asyncio.ensure_future(work)
    waiting = asyncio.create_task(stop.wait())
    tasks: set[asyncio.Task[None] | asyncio.Task[bool]] = {doing, waiting}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            doing.cancel()
            await asyncio.gather(doing, return_exceptions=True)
            return False
        await doing
        return True
    finally:
        waiting.cancel()
        doing.cancel()


@asynccontextmanager
async def stop_signals(
    signals: Sequence[signal.Signals] = STOP_SIGNALS,
) -> AsyncIterator[asyncio.Event]:
    """An event that Ctrl-C, SIGTERM or a closed terminal sets, while the block runs.

    Open it outside :func:`api.runtime.processes.supervised`, so that a second Ctrl-C cannot
    interrupt the stop.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
