"""Things that go wrong at a venue, switched on by tests: bad frames. Sockets fail in the hub.

Each fault is armed for a number of frames and then over; the markets themselves stay right, so that
a client that asks again gets the truth.
"""

from connectors.sandbox.frames import Dispatch, Frame
from connectors.sandbox.mirror import LEGS
from connectors.sandbox.source import Listing
from connectors.sandbox.units import price_text
from connectors.sandbox.venue import Venue

WRONG_HASH = "0" * 40


class Faults:
    """Armed faults; everything is off at first."""

    def __init__(self) -> None:
        self._corrupt = 0
        self._duplicate = 0
        self._cross: set[str] = set()

    def corrupt_hash(self, frames: int = 1) -> None:
        """Give the next frames that carry a hash a wrong one."""
        self._corrupt += frames

    def duplicate(self, frames: int = 1) -> None:
        """Send each of the next frames twice."""
        self._duplicate += frames

    def cross_book(self, token_id: str) -> None:
        """Follow the next frame for a token by a `book` whose best bid is its best ask."""
        self._cross.add(token_id)

    def apply(self, dispatch: Dispatch, venue: Venue) -> list[Dispatch]:
        """What is sent instead of a frame: normally just the frame."""
        if not (self._corrupt or self._duplicate or self._cross):
            return [dispatch]
        out = [dispatch]
        if self._corrupt and dispatch.frame["event_type"] in ("book", "price_change"):
            self._corrupt -= 1
            out = [dispatch._replace(frame=_with_wrong_hash(dispatch.frame))]
        if self._duplicate:
            self._duplicate -= 1
            out *= 2
        for token in self._cross.intersection(dispatch.tokens):
            found = venue.token(token)
            crossed = _crossed(*found) if found else None
            if crossed is not None:
                self._cross.discard(token)
                out.append(Dispatch(dispatch.at_ms, crossed, (token,)))
        return out


def _with_wrong_hash(frame: Frame) -> Frame:
    if frame["event_type"] == "book":
        return {**frame, "hash": WRONG_HASH}
    changes = frame["price_changes"]
    if not isinstance(changes, list):
        return frame
    return {**frame, "price_changes": [{**entry, "hash": WRONG_HASH} for entry in changes]}


def _crossed(listing: Listing, leg: int) -> Frame | None:
    """The token's book with a bid at its best ask; None on a one-sided book."""
    frame = listing.book(LEGS[leg])
    bids, (_, ask) = frame["bids"], listing.top(leg)
    if ask is None or not isinstance(bids, list):
        return None
    return {**frame, "bids": [*bids, {"price": price_text(ask), "size": "10"}]}
