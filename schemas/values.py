"""Value objects and enumerations, in the mission's words."""

from decimal import Decimal
from enum import StrEnum
from typing import Self

from schemas.errors import InvalidOrderError

MICRO = 1_000_000
"""Micro-units in one share or one dollar."""
PIPS = 10_000
"""Pips in one dollar; a tick size is a whole number of pips (0.01 is 100)."""


class Side(StrEnum):
    """The outcome token of a binary market."""

    YES = "YES"
    NO = "NO"

    @property
    def complement(self) -> "Side":
        """The other token."""
        return Side.NO if self is Side.YES else Side.YES


class Action(StrEnum):
    """What is done with the token."""

    BUY = "BUY"
    SELL = "SELL"


class IntentKind(StrEnum):
    """Why an order is placed (STRATEGIES.md B.3); the gate verifies it."""

    DIRECTIONAL = "DIRECTIONAL"
    ARB = "ARB"
    MM = "MM"
    REDUCE = "REDUCE"


class TimeInForce(StrEnum):
    """Order types, in the venue's words; PETS sends GTC and GTD only."""

    GTC = "GTC"
    GTD = "GTD"
    FOK = "FOK"
    FAK = "FAK"


class OrderStatus(StrEnum):
    """The life of an order; the last four absorb."""

    PENDING = "PENDING"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing but a proven late fill can follow."""
        return self not in (OrderStatus.PENDING, OrderStatus.PARTIALLY_FILLED)


class TradeStatus(StrEnum):
    """How far a fill is on its way to the chain (PROTOCOL.md 3.6); the last two absorb."""

    MATCHED = "MATCHED"
    """The venue matched it; its transaction is not on the chain."""
    RETRYING = "RETRYING"
    """Its transaction failed and is sent again; open until proven either way."""
    MINED = "MINED"
    """In a block; what it brought can be sold and merged, and may still be taken back."""
    CONFIRMED = "CONFIRMED"
    FAILED = "FAILED"
    """It never happened: money and tokens are where they were."""

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self in (TradeStatus.CONFIRMED, TradeStatus.FAILED)

    @property
    def is_delivered(self) -> bool:
        """Whether what was bought is there to be sold or merged."""
        return self in (TradeStatus.MINED, TradeStatus.CONFIRMED)


class BotState(StrEnum):
    """One bot's life."""

    IDLE = "IDLE"
    STARTING = "STARTING"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    ERROR = "ERROR"
    EMERGENCY_HALT = "EMERGENCY_HALT"


class Trust(StrEnum):
    """How far a book can be believed; opening orders need at least CONSISTENT."""

    VERIFIED = "VERIFIED"
    CONSISTENT = "CONSISTENT"
    SUSPECT = "SUSPECT"
    STALE = "STALE"

    @property
    def may_open(self) -> bool:
        """Whether an opening order may rest on this book."""
        return self in (Trust.VERIFIED, Trust.CONSISTENT)


class MarketStatus(StrEnum):
    """What the venue allows in a market."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    PROPOSED = "PROPOSED"
    DISPUTED = "DISPUTED"
    RESOLVED = "RESOLVED"


class DataLabel(StrEnum):
    """Where a market's data comes from; shown on every screen."""

    LIVE = "LIVE"
    RECORDED = "RECORDED"
    SIMULATED = "SIMULATED"


class Money(StrEnum):
    """Whose money is at stake."""

    PAPER = "paper"
    """Nobody's: the paper exchange fills orders on this machine."""
    SANDBOX = "sandbox"
    """Nobody's: orders go over the network to the sandbox venue, signed with a throw-away key."""
    LIVE = "live"
    """The operator's."""

    @property
    def is_real(self) -> bool:
        """Whether it can be lost."""
        return self is Money.LIVE


class Zone(StrEnum):
    """Price zones of the acquired token (STRATEGIES.md B.1), half-open, the last one closed."""

    ZONE_1 = "ZONE_1"
    ZONE_2 = "ZONE_2"
    ZONE_3 = "ZONE_3"
    ZONE_4 = "ZONE_4"
    ZONE_5 = "ZONE_5"


ZONE_BOUNDS: tuple[tuple[Zone, Decimal, Decimal], ...] = (
    (Zone.ZONE_1, Decimal("0.05"), Decimal("0.20")),
    (Zone.ZONE_2, Decimal("0.20"), Decimal("0.40")),
    (Zone.ZONE_3, Decimal("0.40"), Decimal("0.60")),
    (Zone.ZONE_4, Decimal("0.60"), Decimal("0.80")),
    (Zone.ZONE_5, Decimal("0.80"), Decimal("0.98")),
)
"""Lower bound inclusive, upper bound exclusive, but 0.98 belongs to zone 5."""


class Price(Decimal):
    """An order price in dollars per token, 0.01 to 0.99, that knows its zone.

    Book prices are not orders: feeds carry integer ticks down to 0.0001.
    """

    LOWEST = Decimal("0.01")
    HIGHEST = Decimal("0.99")

    def __new__(cls, value: Decimal | str) -> Self:
        """Check the range.

        Raises:
            InvalidOrderError: The value is outside 0.01 to 0.99.
        """
        price = super().__new__(cls, value)
        if not cls.LOWEST <= price <= cls.HIGHEST:
            raise InvalidOrderError(
                f"An order price must lie between 0.01 and 0.99, received {value}. "
                "Quote inside the range; prices beyond it can only be held to resolution."
            )
        return price

    @property
    def zone(self) -> Zone | None:
        """The zone of this price; None in [0.01, 0.05) and (0.98, 0.99]."""
        for zone, low, high in ZONE_BOUNDS:
            if low <= self < high:
                return zone
        return Zone.ZONE_5 if self == ZONE_BOUNDS[-1][2] else None


class Quantity(Decimal):
    """A positive number of shares."""

    def __new__(cls, value: Decimal | str) -> Self:
        """Check the sign.

        Raises:
            InvalidOrderError: The value is not above zero.
        """
        quantity = super().__new__(cls, value)
        if not quantity > 0:
            raise InvalidOrderError(
                f"A quantity must be above zero shares, received {value}. Send the size to trade."
            )
        return quantity
