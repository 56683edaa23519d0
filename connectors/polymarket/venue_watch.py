"""What replies tell of the venue, folded into one status for the gate (PROTOCOL.md 8.2 to 9). Pure.

Each reporter has a watch of its own: the connector tells where we are and whether the venue still
means what it did; whoever sends orders also what the engine and the account may do.
"""

from decimal import Decimal

from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.failures import Failure, RateState, Reaction, Restriction
from connectors.polymarket.replies import Geoblock
from schemas.envelope import Header
from schemas.ids import AccountId, derive_id
from schemas.venue_status import VenueMode, VenueStatus

RESTART_MS = 90_000
"""How long a restart takes where the venue does not say (section 8.4)."""
POST_ONLY_MS = 120_000
"""How long it takes post-only orders alone afterwards."""
PROBE_MS = 60_000
"""After so long an order may try whether a mode without a named end is over."""
_MODES = {
    Restriction.RESTARTING: VenueMode.RESTARTING,
    Restriction.POST_ONLY: VenueMode.POST_ONLY,
    Restriction.CANCEL_ONLY: VenueMode.CANCEL_ONLY,
}
UNAVAILABLE = 503


class VenueWatch:
    """One reporter's view.

    Attributes:
        drift: What replies were read with; its doubts are part of the status.
    """

    def __init__(self, reporter: str, account_id: AccountId, drift: DriftSentinel) -> None:
        """Start with an open venue.

        Args:
            reporter: Who reports, in words of `VenueStatus`.
            account_id: Whose gate is told.
            drift: The reporter's sentinel.
        """
        self.drift = drift
        self._reporter = reporter
        self._account_id = account_id
        self._mode = VenueMode.OPEN
        self._until: int | None = None
        self._geoblocked = ""
        self._closed_only = False
        self._rate: RateState | None = None
        self._told: VenueStatus | None = None

    @property
    def forbids_opening(self) -> str:
        """Why nothing may be opened, behind the code that orders are refused with; else empty."""
        if self._geoblocked:
            return f"CLOSED_ONLY: The venue does not let {self._geoblocked} trade."
        if self._closed_only:
            return "CLOSED_ONLY: The venue lets this account close positions only."
        return "; ".join(self.drift.reasons.values())

    def geoblock(self, found: Geoblock) -> None:
        """Take the answer of the geoblock check."""
        self._geoblocked = (found.country or "an unnamed country") if found.blocked else ""

    def closed_only(self, closed: bool) -> None:
        """Take the answer of the account's check."""
        self._closed_only = closed

    def answered(self, rate: RateState | None, now: int) -> None:
        """An order was taken: the engine runs, in post-only mode at most.

        Args:
            rate: The signer's bucket, where the reply told it.
            now: Session time, ms.
        """
        self._rate = rate or self._rate
        is_over = self._until is not None and now >= self._until
        if self._mode is not VenueMode.POST_ONLY or is_over:
            self._mode, self._until = VenueMode.OPEN, None

    def failed(self, failure: Failure, now: int) -> None:
        """A private call was refused; what that says of the venue."""
        self._rate = failure.rate or self._rate
        if failure.restriction is not None:
            self._enter(_MODES[failure.restriction], failure, now)
        elif failure.reaction is Reaction.WAIT and failure.status == UNAVAILABLE:
            self._enter(VenueMode.DISABLED, failure, now)
        elif failure.reaction is Reaction.STOP_OPENING:
            self._closed_only = True
        elif failure.reaction is Reaction.STOP_SIGNING:
            self.drift.doubt("orders", f"the venue refuses our form of orders: {failure.text}")

    def news(self, now: int) -> VenueStatus | None:
        """The status, where it differs from what was told last.

        Args:
            now: Session time, ms.
        """
        told, rate = self._told, self._rate
        left = None if rate is None or rate.remaining is None else Decimal(str(rate.remaining))
        head: Header = {
            "event_id": derive_id("venue-status", self._reporter, now),
            "event_time": now,
            "ingest_time": now,
            "source": self._reporter,
            "causation_id": "",
        }
        status = VenueStatus(
            **head,
            account_id=self._account_id,
            reporter=self._reporter,
            mode=self._mode,
            until=self._until,
            geoblocked=self._geoblocked,
            closed_only=self._closed_only,
            doubts=tuple(self.drift.reasons.values()),
            tier="" if rate is None else rate.tier or "",
            orders_left=left,
        )
        if told is not None and _said(told) == _said(status):
            return None
        self._told, self._rate = status, self._rate
        return status

    def _enter(self, mode: VenueMode, failure: Failure, now: int) -> None:
        wait = {VenueMode.RESTARTING: RESTART_MS, VenueMode.POST_ONLY: POST_ONLY_MS}.get(mode)
        if failure.retry_after is not None:
            wait = max(int(failure.retry_after * 1000), 1)
        self._mode, self._until = mode, now + (PROBE_MS if wait is None else wait)


def _said(status: VenueStatus) -> tuple[object, ...]:
    """Everything but when it was said."""
    return (
        status.mode,
        status.until,
        status.geoblocked,
        status.closed_only,
        status.doubts,
        status.tier,
        status.orders_left,
    )
