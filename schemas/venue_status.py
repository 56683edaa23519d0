"""What the venue lets us do, as whoever talks to it reports (PROTOCOL.md 8.2 to 8.4, C.1)."""

from decimal import Decimal
from enum import StrEnum

from schemas.envelope import Message
from schemas.ids import AccountId


class VenueMode(StrEnum):
    """What the matching engine takes, from everything to nothing."""

    OPEN = "OPEN"
    POST_ONLY = "POST_ONLY"
    CANCEL_ONLY = "CANCEL_ONLY"
    RESTARTING = "RESTARTING"
    DISABLED = "DISABLED"

    @property
    def takes_orders(self) -> bool:
        """Whether a post-only order has a chance."""
        return self in (VenueMode.OPEN, VenueMode.POST_ONLY)


class VenueStatus(Message, frozen=True, kw_only=True, tag="venue-status"):
    """What one reporter knows of the venue, all of it, on every change.

    Attributes:
        reporter: Who says it: "connector" or "execution"; each speaks for itself.
        mode: What the engine takes.
        until: When the mode is expected to end, ms; from then on it counts as over.
        geoblocked: The country that may not trade, as the venue names it; empty when ours may.
        closed_only: The account may only close.
        doubts: Why the venue may mean something else than it did, one sentence each.
        tier: The signer's rate tier; empty when it was not told.
        orders_left: Orders left in the signer's bucket at `event_time`; None when not told.
    """

    account_id: AccountId
    reporter: str
    mode: VenueMode = VenueMode.OPEN
    until: int | None = None
    geoblocked: str = ""
    closed_only: bool = False
    doubts: tuple[str, ...] = ()
    tier: str = ""
    orders_left: Decimal | None = None
