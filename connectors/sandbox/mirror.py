"""One book, two views: every order of either token seen as an order on YES (STRATEGIES.md A.1).

`BUY NO @ c` is `SELL YES @ 1−c`, because the exchange mints a pair to match two buyers and merges a
pair to match two sellers.
"""

from enum import StrEnum

from schemas.values import PIPS, Action

YES, NO = 0, 1
"""The two legs, in the order of a market's token ids."""
BID, ASK = 0, 1
"""The two sides of a book."""
LEGS = (YES, NO)


class Match(StrEnum):
    """What a match does to the number of tokens in the world."""

    TRANSFER = "TRANSFER"
    MINT = "MINT"
    MERGE = "MERGE"


def book_side(leg: int, action: Action) -> int:
    """The side on which an order rests in YES space."""
    return BID if (action is Action.BUY) is (leg == YES) else ASK


def mirrored(leg: int, pips: int) -> int:
    """A price carried between a token and YES space; its own inverse."""
    return pips if leg == YES else PIPS - pips


def leg_side(leg: int, side: int) -> int:
    """The side of a token's own book on which a YES-space side shows; its own inverse."""
    return side if leg == YES else 1 - side


def side_word(side: int) -> str:
    """The wire's word for a book side."""
    return "BUY" if side == BID else "SELL"


def match_kind(first: Action, second: Action) -> Match:
    """Two buyers mint, two sellers merge, otherwise tokens change hands."""
    if first is not second:
        return Match.TRANSFER
    return Match.MINT if first is Action.BUY else Match.MERGE
