"""All stages in one process, without a broker: the closed loop of a backtest.

A queue takes the place of the log. A message goes to every stage that reads its topic, in the
order in which the stages were given; what follows is queued behind what is already there. The same
inputs therefore give the same messages in the same order, whoever runs it and however fast.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from agents.stages.base import Emit, Stage
from schemas.envelope import Message
from topics.catalog import TopicSpec

Observer = Callable[[TopicSpec, str, Message], None]
"""Sees every message once: topic, key, message."""


class ClosedLoop:
    """Stages joined by a queue.

    Attributes:
        delivered: Messages handed to stages so far.
    """

    def __init__(self, stages: Sequence[Stage], observers: Iterable[Observer] = ()) -> None:
        """Join stages.

        Args:
            stages: In the order in which they see a message of a shared topic.
            observers: See every message, inputs included, in the order of the log.
        """
        self.delivered = 0
        self._observers = tuple(observers)
        self._readers: dict[str, list[Callable[[Message], Sequence[Emit]]]] = {}
        for stage in stages:
            self._readers.setdefault(stage.reads.name, []).append(stage.apply)
        self._queue: deque[Emit] = deque()

    def feed(self, topic: TopicSpec, key: str, message: Message) -> None:
        """Put one input on the log and run until nothing follows any more."""
        queue, readers, observers = self._queue, self._readers, self._observers
        while True:
            for observe in observers:
                observe(topic, key, message)
            for apply in readers.get(topic.name, ()):
                self.delivered += 1
                queue.extend(apply(message))
            if not queue:
                return
            topic, key, message = queue.popleft()
