"""The price that a market order needs (PROTOCOL.md section 3.3), from one side of a book. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from schemas.errors import DomainError
from schemas.values import Action, TimeInForce


class InsufficientLiquidityError(DomainError):
    """The book cannot fill the order: it is empty, or too thin for fill-or-kill."""


def marketable_price(
    action: Action,
    tif: TimeInForce,
    amount: Decimal,
    levels: Sequence[tuple[Decimal, Decimal]],
) -> Decimal:
    """The worst price that has to be accepted.

    Args:
        action: BUY counts dollars, SELL counts shares.
        tif: FOK wants all of it; FAK takes the worst level where the book is too thin.
        amount: Dollars of a BUY, shares of a SELL.
        levels: Price and size of the side that is taken, worst level first as on the wire.

    Raises:
        InsufficientLiquidityError: There is no level, or not enough for FOK.
    """
    covered = Decimal(0)
    for price, size in reversed(levels):
        covered += price * size if action is Action.BUY else size
        if covered >= amount:
            return price
    if not levels or tif is TimeInForce.FOK:
        raise InsufficientLiquidityError(
            f"Expected {amount} to be on the book, received {covered}. "
            "Wait, or ask for less, or use FAK."
        )
    return levels[0][0]
