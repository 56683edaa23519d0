"""What the matching engine says happened."""

from enum import StrEnum

import msgspec

from connectors.sandbox.mirror import Match
from connectors.sandbox.orders import Order


class Ending(StrEnum):
    """Why an order left the book unfilled, in the venue's status words."""

    CANCELED = "CANCELED"
    EXPIRED = "CANCELED_EXPIRED_ORDER"
    RESOLVED = "CANCELED_MARKET_RESOLVED"
    UNFILLED = "UNMATCHED"


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """The order passed all checks; fills and resting follow."""

    order: Order


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """The order was refused and left no trace in the book."""

    order: Order
    reason: str


class Filled(msgspec.Struct, frozen=True, gc=False):
    """One maker order matched with the taker, at the maker's price.

    Attributes:
        trade_no: Counts the fills of a market from 1.
        yes_pips: Price in YES space.
        size: Micro-shares.
        fee: What the taker pays on top, in money units.
        taker_left: What the taker still wanted after it, micro-shares; 0 for a spent budget.
        maker_left: What the maker order still shows after it, micro-shares.
    """

    trade_no: int
    taker: Order
    maker: Order
    yes_pips: int
    size: int
    match: Match
    fee: int
    taker_left: int
    maker_left: int


class LevelChanged(msgspec.Struct, frozen=True, gc=False):
    """The new total size of a price level in YES space; 0 removes it."""

    side: int
    yes_pips: int
    size: int


class Cancelled(msgspec.Struct, frozen=True, gc=False):
    """What was left of an order is gone."""

    order: Order
    left: int
    ending: Ending


class TickChanged(msgspec.Struct, frozen=True, gc=False):
    """The price grid became finer; sizes in pips."""

    old: int
    new: int


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """The outcome is final; a YES token pays `yes_payout` pips, a NO token the rest of a dollar."""

    yes_payout: int


Event = Accepted | Rejected | Filled | LevelChanged | Cancelled | TickChanged | Resolved
