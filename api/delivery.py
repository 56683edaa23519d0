"""One channel's way out: its notices in order, tried again until they are taken or out of date."""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial

import structlog
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
)

from connectors.notify.channel import Channel, ChannelError, Notice

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 60.0
TEST_ATTEMPTS = 3
MOST_WAITING = 200
"""Notices that wait for a channel; the oldest give way to new ones, and that is told."""


class Delivery:
    """A channel, what waits for it, and what became of its last notices.

    Every channel has its own, so that one that is slow or away holds up no other.

    Attributes:
        channel: Where to.
        sent_at: Session time of the last notice that was taken, ms.
        error: Why the last attempt failed; empty when it did not.
    """

    def __init__(
        self,
        channel: Channel,
        now: Callable[[], int],
        is_wanted: Callable[[str], bool],
        wait_s: float = 0.5,
    ) -> None:
        """Nothing was sent yet.

        Args:
            channel: Where to.
            now: Session time, ms.
            is_wanted: Whether the alert of an id is still worth telling.
            wait_s: Before the second attempt; doubled with each, up to a minute.
        """
        self.channel = channel
        self.sent_at: int | None = None
        self.error = ""
        self._now = now
        self._is_wanted = is_wanted
        self._wait = wait_exponential(wait_s, max=LONGEST_WAIT_S)
        self._waiting: deque[Notice] = deque()
        self._came = asyncio.Event()

    @property
    def waiting(self) -> int:
        """How many notices wait, the one that is being sent included."""
        return len(self._waiting)

    def put(self, notice: Notice) -> None:
        """Send a notice after those that wait."""
        if len(self._waiting) == MOST_WAITING:
            lost = self._waiting.popleft()
            log.warning("alert given up", channel=self.channel.name, rule=lost.rule)
        self._waiting.append(notice)
        self._came.set()

    async def run(self) -> None:
        """Send what waits, oldest first, until cancelled."""
        while True:
            self._came.clear()
            while self._waiting:
                notice = self._waiting[0]
                await self._send(notice, partial(self._gave_way, notice))
                if self._waiting and self._waiting[0] is notice:
                    self._waiting.popleft()
            await self._came.wait()

    async def test(self, notice: Notice) -> str:
        """Send a notice at once, three times at most; why it was not taken, or nothing.

        Args:
            notice: What.
        """
        return await self._send(notice, stop_after_attempt(TEST_ATTEMPTS))

    def _gave_way(self, notice: Notice, _: RetryCallState) -> bool:
        return notice not in self._waiting or not self._is_wanted(notice.alert_id)

    async def _send(self, notice: Notice, stop: Callable[[RetryCallState], bool]) -> str:
        try:
            async for attempt in AsyncRetrying(
                retry=retry_if_exception_type(ChannelError),
                stop=stop,
                wait=self._wait,
                before_sleep=self._failed,
                reraise=True,
            ):
                with attempt:
                    await self.channel.send(notice)
        except ChannelError as error:
            self.error = str(error)
            log.warning("alert not sent", channel=self.channel.name, rule=notice.rule)
        except Exception as error:  # one channel's defect must not end the API
            self.error = f"A defect of the channel ({type(error).__name__}); see the log."
            log.exception("alert not sent", channel=self.channel.name, rule=notice.rule)
        else:
            self.sent_at, self.error = self._now(), ""
        return self.error

    def _failed(self, state: RetryCallState) -> None:
        failure = None if state.outcome is None else state.outcome.exception()
        if state.attempt_number == 1:
            log.warning("alert is tried again", channel=self.channel.name, error=str(failure))
        self.error = str(failure)
