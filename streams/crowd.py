"""How one-sided the takers of a day were: the crowd score, 0 to 100 (STRATEGIES.md D.7).

`100 · |B − S| / (B + S)` over the aggressors' volume in dollars, in YES space. Above 80 the flow is
one-sided enough to be information, and is not faded (D-16).
"""

from decimal import Decimal

from streams.rolling import Window

DAY_WINDOW = Window(900_000, 96)
"""24 hours in quarters of an hour."""


def crowd_score(bought: int, sold: int) -> float | None:
    """The score; None without volume, when nothing is known."""
    return 100.0 * abs(bought - sold) / (bought + sold) if bought + sold else None


def is_crowded(bought: int, sold: int, limit: Decimal) -> bool:
    """Whether the score exceeds the limit, exactly."""
    return 100 * abs(bought - sold) > limit * (bought + sold)
