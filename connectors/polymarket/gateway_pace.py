"""Orders and cancels wait here until the rate budget lets them go; cancels and reductions first."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from streams.rate_budget import RateBudget, Request, Use

T = TypeVar("T")


class Paced(Generic[T]):
    """Items behind the account's one rate budget.

    Attributes:
        budget: The account's.
    """

    def __init__(self, budget: RateBudget) -> None:
        """Start with nothing that waits."""
        self.budget = budget
        self._waiting: dict[Request, deque[T]] = {}

    def add(self, request: Request, item: T, now: int) -> Iterator[T]:
        """Queue an item; what may go now comes out, perhaps including it.

        Args:
            request: Who asks for how much.
            item: What goes when the budget lets it.
            now: ms.
        """
        self._waiting.setdefault(request, deque()).append(item)
        return self._items(self.budget.ask(request, now))

    def release(self, now: int) -> Iterator[T]:
        """What may go at `now`, in the order in which to send it."""
        return self._items(self.budget.release(now)) if self._waiting else iter(())

    def use(self, now: int) -> Use:
        """How much of the budget is used."""
        return self.budget.use(now)

    def _items(self, released: list[Request]) -> Iterator[T]:
        for request in released:
            queue = self._waiting[request]
            yield queue.popleft()
            if not queue:
                del self._waiting[request]
