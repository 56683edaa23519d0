"""A short history of a market's mid: one value a second at first, one in ten seconds later.

Who asks what the mid was before a piece of news must not be told what it was after.
"""

import msgspec

FINE_MS = 1_000
FINE_KEPT_MS = 60_000
COARSE_MS = 10_000

Mid = tuple[int, float | None]
"""When it came to be, ms, and the mid in dollars; None where a side was empty."""


class Mids(msgspec.Struct, array_like=True):
    """Changes of the mid, oldest first.

    Attributes:
        fine: The last of each second, of the last minute.
        coarse: The last of each ten seconds, older than that.
    """

    fine: list[Mid] = []
    coarse: list[Mid] = []

    def add(self, at: int, mid: float | None, kept_ms: int) -> None:
        """Take a mid in.

        Args:
            at: Now, ms; never before the last one's.
            mid: Dollars, or None.
            kept_ms: How far back is asked.
        """
        fine, coarse = self.fine, self.coarse
        if fine and fine[-1][1] == mid:
            return
        if fine and fine[-1][0] // FINE_MS == at // FINE_MS:
            fine[-1] = (at, mid)
            return
        fine.append((at, mid))
        while len(fine) > 1 and fine[1][0] <= at - FINE_KEPT_MS:
            old = fine.pop(0)
            if coarse and coarse[-1][0] // COARSE_MS == old[0] // COARSE_MS:
                coarse[-1] = old
            else:
                coarse.append(old)
        while len(coarse) > 1 and coarse[1][0] <= at - kept_ms:
            coarse.pop(0)

    def at(self, when: int) -> float | None:
        """The mid in force at `when`; None where it is not known or a side was empty."""
        for history in (self.fine, self.coarse):
            for since, mid in reversed(history):
                if since <= when:
                    return mid
        return None
