"""What a token is worth to its holder: the best bid, with a carry rule for bad books (D-9, C.2)."""

from decimal import Decimal

import msgspec

from schemas.values import Side

ZERO = Decimal(0)
ONE = Decimal(1)
HALF = Decimal("0.5")


class MarketMark(msgspec.Struct):
    """The last best bids of a market's tokens.

    Attributes:
        yes_bid: Best YES bid as last told, dollars; None on an empty side.
        no_bid: Best NO bid as last told.
        good_yes: Last YES bid of a good book; None before the first.
        good_no: Last NO bid of a good book.
        bad_since: When the book stopped being good, ms; None while it is good.
    """

    bad_since: int | None
    yes_bid: Decimal | None = None
    no_bid: Decimal | None = None
    good_yes: Decimal | None = None
    good_no: Decimal | None = None

    def tell(self, yes_bid: Decimal | None, no_bid: Decimal | None, good: bool, now: int) -> None:
        """Take new best bids.

        Args:
            yes_bid: Best YES bid, dollars; None on an empty side.
            no_bid: Best NO bid.
            good: Both sides present, spread within the limit, book fresh.
            now: Time of the fold, ms.
        """
        self.yes_bid, self.no_bid = yes_bid, no_bid
        if good and yes_bid is not None and no_bid is not None:
            self.good_yes, self.good_no, self.bad_since = yes_bid, no_bid, None
        elif self.bad_since is None:
            self.bad_since = now

    def carries(self, now: int, carry_ms: int) -> bool:
        """Whether the last good mark still counts although the book is bad."""
        return self.bad_since is not None and now - self.bad_since <= carry_ms

    def bid(self, side: Side, now: int, carry_ms: int) -> Decimal | None:
        """The mark of a token, dollars.

        Returns:
            The best bid of a good book; the last good one for `carry_ms` after it turned bad, None
            standing for the entry price where there never was one; then whatever bid there is, 0
            without any.
        """
        yes = side is Side.YES
        if self.bad_since is None or self.carries(now, carry_ms):
            return self.good_yes if yes else self.good_no
        raw = self.yes_bid if yes else self.no_bid
        return ZERO if raw is None else raw

    def mid(self, side: Side) -> Decimal | None:
        """Mid of a token in the last good book, dollars; None before the first."""
        if self.good_yes is None or self.good_no is None:
            return None
        yes = (self.good_yes + ONE - self.good_no) / 2
        return yes if side is Side.YES else ONE - yes


def complement(price: Decimal) -> Decimal:
    """Price or payout of the other token: `1 − price`."""
    return ONE - price
