"""The session clock: wall time, or a faster virtual time that all processes of a session share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


def machine_ms() -> int:
    """The machine's wall clock now, ms UTC; whoever sets that clock makes it jump."""
    return time.time_ns() // 1_000_000


def boot_ms() -> int:
    """Milliseconds since the machine started, which nobody can set; the same in every process."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
    return time.monotonic_ns() // 1_000_000


class SteadyWall:
    """Wall time that does not jump when the machine's clock is set.

    It takes the machine's clock once and then follows the time since boot. A machine's clock that
    is an hour off afterwards is what `pets doctor` tells, not what orders and books are stamped
    with.
    """

    def __init__(
        self,
        offset_ms: int = 0,
        machine: Callable[[], int] = machine_ms,
        boot: Callable[[], int] = boot_ms,
    ) -> None:
        """Take the machine's clock now, or an earlier taking.

        Args:
            offset_ms: Wall time at boot, ms UTC, as another process of the session took it; 0
                takes it now.
            machine: The machine's clock.
            boot: Time since boot.
        """
        self._machine = machine
        self._boot = boot
        self.offset_ms = offset_ms or machine() - boot()

    def __call__(self) -> int:
        """Wall time now, ms UTC."""
        return self.offset_ms + self._boot()

    def jumped_ms(self) -> int:
        """How far the machine's clock is from this one, ms; positive when it is ahead."""
        return self._machine() - self()


PROCESS_WALL = SteadyWall()
"""The wall time of this process."""


@dataclass(frozen=True, slots=True)
class SessionClock:
    """Maps wall time to session time, `anchor_event_ms + (wall − anchor_wall_ms) · speed`.

    Attributes:
        anchor_wall_ms: Wall time at which the session started, ms UTC.
        anchor_event_ms: Session time at that moment, ms UTC.
        speed: Session milliseconds per wall millisecond; 1 in live trading.
        wall: Where wall time comes from, ms UTC.
    """

    anchor_wall_ms: int = 0
    anchor_event_ms: int = 0
    speed: float = 1.0
    wall: Callable[[], int] = field(default=PROCESS_WALL, compare=False, repr=False)

    def now_ms(self) -> int:
        """Session time now, ms UTC."""
        return self.at(self.wall())

    def at(self, wall_ms: int) -> int:
        """Session time at a wall time."""
        return self.anchor_event_ms + int((wall_ms - self.anchor_wall_ms) * self.speed)

    def wall_age_s(self, event_ms: int) -> float:
        """How long ago in wall seconds a session time was; what screens show as age."""
        return (self.now_ms() - event_ms) / self.speed / 1000
