"""The price of an invented coin that the simulated windows settle on.

It is a Brownian motion of the logarithm, a function of seed and second: a bridge over stretches of
36 hours, refined by halves, so that whoever starts the world later finds it where it would have
been (Lévy's construction).
"""

import math
from decimal import Decimal
from functools import lru_cache
from random import Random

from connectors.sandbox.identity import seed_number

SYMBOL = "simusd"
"""As the live-data socket names it; no real coin has this symbol."""
STRETCH_S = 2**17
DEVIATION = 1.1e-4
"""Of the log price per square root of a second, about 60 % a year."""
MIDDLE = math.log(50_000.0)
TWAP_S = 60
"""Windows settle on the mean price of so many seconds (PROTOCOL.md 6.5)."""
CENT = Decimal("0.01")
SILENCE_EVERY_S = 1_800
SILENCE_S = (5, 15)
"""Once in so long nothing is told for so many seconds, as real streams have gaps of seconds."""


class Coin:
    """The coin of a seed.

    Args:
        seed: Of the world.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._node = lru_cache(maxsize=4_096)(self._draw)

    def price(self, at_ms: int) -> Decimal:
        """Dollars, at the last full second, in whole cents."""
        return Decimal(math.exp(self._log_price(at_ms // 1000))).quantize(CENT)

    def twap(self, at_ms: int, seconds: int = TWAP_S) -> Decimal:
        """The mean price of the seconds up to a time, that second included, in dollars."""
        last = at_ms // 1000
        prices = [self.price(1000 * second) for second in range(last - seconds + 1, last + 1)]
        return sum(prices, Decimal(0)) / seconds

    def is_told(self, at_ms: int) -> bool:
        """Whether the stream of prices speaks at a second."""
        stretch, second = divmod(at_ms // 1000, SILENCE_EVERY_S)
        rng = Random(seed_number("coin silence", self._seed, stretch))
        lasts = rng.randint(*SILENCE_S)
        begins = rng.randrange(SILENCE_EVERY_S - lasts)
        return not begins <= second < begins + lasts

    def _log_price(self, second: int) -> float:
        stretch, place = divmod(second, STRETCH_S)
        left, right, width = self._end(stretch), self._end(stretch + 1), STRETCH_S
        start = 0
        while place > start:
            width //= 2
            middle = (left + right) / 2 + self._node(stretch, width, start)
            if place < start + width:
                right = middle
            else:
                left, start = middle, start + width
        return left

    def _end(self, stretch: int) -> float:
        spread = DEVIATION * math.sqrt(STRETCH_S / 2)
        return MIDDLE + Random(seed_number("coin", self._seed, stretch)).gauss(0.0, spread)

    def _draw(self, stretch: int, width: int, start: int) -> float:
        """How far the middle of a part of the bridge lies off the mean of its ends."""
        rng = Random(seed_number("coin", self._seed, stretch, width, start))
        return rng.gauss(0.0, DEVIATION * math.sqrt(width / 2))


@lru_cache(maxsize=8)
def coin_of(seed: int) -> Coin:
    """The one coin of a world."""
    return Coin(seed)
