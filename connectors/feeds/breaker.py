"""A circuit breaker for calls to one source: after failures it waits before it tries again."""

FAILURES = 5
"""Failed rounds in a row that open it."""
COOL_DOWN_S = 60.0
"""Wall seconds that it then stays open."""


class Breaker:
    """Closed, open for a while after failures, then open to one trial."""

    def __init__(self, failures: int = FAILURES, cool_down_s: float = COOL_DOWN_S) -> None:
        """Start closed.

        Args:
            failures: In a row, until it opens.
            cool_down_s: How long no call is made.
        """
        self._limit = failures
        self._cool_down_s = cool_down_s
        self._failed = 0
        self._open_until = 0.0

    @property
    def is_tripped(self) -> bool:
        """Whether the last calls failed so often that it opened and no trial has succeeded yet."""
        return self._failed >= self._limit

    def allows(self, at: float) -> bool:
        """Whether a call may be made now.

        Args:
            at: Monotonic seconds.
        """
        return at >= self._open_until

    def succeeded(self) -> None:
        """A call was answered: closed."""
        self._failed = 0
        self._open_until = 0.0

    def failed(self, at: float) -> None:
        """A call failed; at the limit, and after a failed trial, it opens."""
        self._failed += 1
        if self.is_tripped:
            self._open_until = at + self._cool_down_s
