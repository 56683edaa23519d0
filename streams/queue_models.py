"""Where a simulated order stands in the queue of a price level (STRATEGIES.md E.2).

The public book shows sizes, not orders, so nobody knows whether a level shrank ahead of us or
behind. A model answers that; everything else about the queue is the same under all models.
Quantities are micro-shares and the arithmetic is exact, rounded against us.
"""

from typing import Protocol

import msgspec

UNKNOWABLE = 1 << 62
"""More than any level holds: prints of that time never advance us."""
KEPT_MARKS = 16
"""Shrinkings of a level that are remembered for prints that come after them."""


class QueueModel(Protocol):
    """What a change of the displayed size says about the quantity ahead."""

    @property
    def name(self) -> str:
        """The model's word in configuration and reports."""

    @property
    def wants_more(self) -> bool:
        """Whether a taker who took all that was displayed at our price would have taken ours."""

    def front_after(self, front: int, previous: int, size: int, traded: int) -> int:
        """The quantity ahead after a level changed; never more than before.

        Args:
            front: The quantity ahead before.
            previous: Displayed size before.
            size: Displayed size now.
            traded: Printed at this level since its last change.
        """


class RiskAverse:
    """Only trades advance us; a level that shrinks is taken to shrink behind us."""

    name = "risk_averse"
    wants_more = False

    def front_after(self, front: int, previous: int, size: int, traded: int) -> int:
        """`min(front, size)`."""
        return min(front, size)


class PowerProbability:
    """Cancellations fall ahead of or behind us by the n-th powers of both quantities."""

    name = "power_probability"
    wants_more = False

    def __init__(self, exponent: int = 3) -> None:
        """Set the exponent.

        Args:
            exponent: n, at least 1; higher puts more cancellations behind us while we are near
                the front.
        """
        self._exponent = exponent

    def front_after(self, front: int, previous: int, size: int, traded: int) -> int:
        """`max(0, min(front − (1−P)·chg + min(back − P·chg, 0), size))`, rounded up.

        `chg` is what vanished without a trade, `back` stands behind us and
        `P = back^n/(back^n + front^n)` is the share of it that vanished there.
        """
        change = previous - size - traded
        if change < 0:
            return min(front, size)
        back = max(previous - front, 0)
        behind: int = back**self._exponent
        ahead: int = front**self._exponent
        total = behind + ahead
        if total == 0:
            behind = total = 1
        overshoot = min(back * total - behind * change, 0)
        moved = -(-(front * total - (total - behind) * change + overshoot) // total)
        return max(0, min(moved, size))


class Optimistic:
    """The most that the public book allows, the upper end of an interval and never a headline.

    Every cancellation was ahead of us. A taker who took all that was displayed had a limit that
    nobody saw, and would have taken our order as well.
    """

    name = "optimistic"
    wants_more = True

    def front_after(self, front: int, previous: int, size: int, traded: int) -> int:
        """`max(0, min(front − chg, size))`, where `chg` vanished without a trade."""
        change = max(0, previous - size - traded)
        return max(0, min(front - change, size))


class Queue(msgspec.Struct, kw_only=True):
    """One order's place at its price level.

    A print and the level change it caused come over different topics and may be seen in either
    order. Seen in the wrong order, the same trade would advance us twice: once by the smaller level
    and once by its print. So each shrinking keeps a mark, and a print is applied as if it had come
    before the marks of its own venue time.

    Attributes:
        front: Quantity ahead.
        level: Displayed size at our price, ours not included.
        traded: Printed since the level's last change.
        marks: (venue time in ms, quantity ahead before that shrinking), oldest first.
    """

    front: int = 0
    level: int = 0
    traded: int = 0
    marks: list[tuple[int, int]] = msgspec.field(default_factory=list)

    def to_back(self, level: int, venue_ms: int) -> None:
        """Stand behind all that is displayed: on acceptance, and after a gap (E.1).

        Args:
            level: Displayed size at our price.
            venue_ms: Venue time of the book that shows it; prints of that time or before do not
                advance us.
        """
        self.front = self.level = level
        self.traded = 0
        self.marks = [(venue_ms, UNKNOWABLE)]

    def change_level(self, model: QueueModel, level: int, venue_ms: int) -> None:
        """The displayed size at our price changed.

        Args:
            model: Who says what that means for the quantity ahead.
            level: The new size.
            venue_ms: When, by the venue's clock.
        """
        if level < self.level:
            self.marks.append((venue_ms, self.front))
            del self.marks[:-KEPT_MARKS]
        self.front = model.front_after(self.front, self.level, level, self.traded)
        self.level = level
        self.traded = 0

    def trade(self, size: int, venue_ms: int, slack_ms: int) -> int:
        """A print at our price by the opposite aggressor.

        Args:
            size: Printed micro-shares.
            venue_ms: When, by the venue's clock.
            slack_ms: How far the stamps of a trade and of its level change lie apart at most.

        Returns:
            What the print leaves after the quantity ahead: fillable, before older orders of ours.
        """
        start = next((i for i, (at, _) in enumerate(self.marks) if at >= venue_ms - slack_ms), None)
        if start is None:
            before = self.front
            self.traded += size
        else:
            before = self.marks[start][1]
            self.marks[start:] = [
                (at, front if front >= UNKNOWABLE else max(0, front - size))
                for at, front in self.marks[start:]
            ]
        front = min(self.front, before - size)
        self.front = max(0, front)
        return max(0, -front)

    @property
    def is_cleared(self) -> bool:
        """Whether prints took all that was displayed at our price since its last change."""
        return 0 < self.level <= self.traded
