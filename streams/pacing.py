"""A rate limit as one number: when the next request may be sent (generic cell rate algorithm)."""

import msgspec

MICROSECONDS = 1_000_000


class Pacer(msgspec.Struct, kw_only=True):
    """A token bucket that tells when, instead of yes or no; requests keep their order.

    Attributes:
        due_us: Theoretical arrival time of the next request, microseconds.
    """

    due_us: int = 0

    def send_at(self, now_ms: int, per_s: int, burst: int) -> int:
        """Take one token and return when the request may leave, ms, not before `now_ms`.

        Args:
            now_ms: When it is wanted.
            per_s: Tokens that come back a second.
            burst: Tokens of a full bucket.
        """
        interval = MICROSECONDS // per_s
        now = now_ms * 1000
        at = max(now, self.due_us - (burst - 1) * interval)
        self.due_us = max(self.due_us, now) + interval
        return -(-at // 1000)
