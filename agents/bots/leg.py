"""What became of one leg of a bundle: shared by the bots that trade several legs together."""

from decimal import Decimal

import msgspec

from agents.bots.view import ZERO


class Leg(msgspec.Struct, kw_only=True):
    """One leg of a bundle: its limit price, and what was bought and sold under its id."""

    price: Decimal
    bought: Decimal = ZERO
    cost: Decimal = ZERO
    sold: Decimal = ZERO
    proceeds: Decimal = ZERO

    @property
    def held(self) -> Decimal:
        """Shares."""
        return self.bought - self.sold

    @property
    def average(self) -> Decimal:
        """Dollars paid per share; the limit price before anything filled."""
        return self.cost / self.bought if self.bought else self.price
