"""The session clock: wall time, or a faster virtual time that all processes of a session share."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionClock:
    """Maps wall time to session time, `anchor_event_ms + (wall − anchor_wall_ms) · speed`.

    Attributes:
        anchor_wall_ms: Wall time at which the session started, ms UTC.
        anchor_event_ms: Session time at that moment, ms UTC.
        speed: Session milliseconds per wall millisecond; 1 in live trading.
    """

    anchor_wall_ms: int = 0
    anchor_event_ms: int = 0
    speed: float = 1.0

    def now_ms(self) -> int:
        """Session time now, ms UTC."""
        return self.at(time.time_ns() // 1_000_000)

    def at(self, wall_ms: int) -> int:
        """Session time at a wall time."""
        return self.anchor_event_ms + int((wall_ms - self.anchor_wall_ms) * self.speed)

    def wall_age_s(self, event_ms: int) -> float:
        """How long ago in wall seconds a session time was; what screens show as age."""
        return (self.now_ms() - event_ms) / self.speed / 1000
