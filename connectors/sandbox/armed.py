"""A switched fault: how often it strikes, decided by seed."""

from random import Random

from connectors.sandbox.identity import seed_number


class Armed:
    """Counts down the strikes of one fault.

    Args:
        seed: Of the venue; decides which occasions are hit where the share is below 1.
        name: The fault's, so that every fault draws for itself.
    """

    def __init__(self, seed: int, name: str) -> None:
        self._name = name
        self._seed = seed
        self.left = 0
        self._share = 1.0
        self._rng = Random(0)

    def arm(self, count: int, share: float = 1.0) -> None:
        """Strike the next `count` occasions, or that many of them at a rate of `share`."""
        self.left += count
        self._share = share
        self._rng = Random(seed_number("fault", self._seed, self._name, self.left, share))

    def disarm(self) -> None:
        """Strike no more."""
        self.left = 0

    def strikes(self) -> bool:
        """Whether this occasion is hit; uses one strike up."""
        if self.left <= 0 or (self._share < 1 and self._rng.random() >= self._share):
            return False
        self.left -= 1
        return True
