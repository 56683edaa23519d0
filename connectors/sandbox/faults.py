"""Things that go wrong with frames on their way, switched on by command.

Each fault is armed for a number of frames and then over; the markets themselves stay right, so that
a client that asks again gets the truth.
"""

from typing import Generic, Protocol, Self, TypeVar

from connectors.sandbox.armed import Armed
from connectors.sandbox.frames import Dispatch, Frame
from connectors.sandbox.mirror import LEGS
from connectors.sandbox.source import Listing
from connectors.sandbox.units import price_text
from connectors.sandbox.venue import Venue

WRONG_HASH = "0" * 40
NEW_FIELD = "schema_revision"
"""What an extended frame has more."""


class Carrier(Protocol):
    """Something that carries a frame: a `Dispatch` or a `Notice`."""

    @property
    def frame(self) -> Frame:
        """The frame."""
        ...

    def _replace(self, *, frame: Frame) -> Self: ...


C = TypeVar("C", bound=Carrier)


class FrameFaults(Generic[C]):
    """Faults of any channel: lost, doubled, swapped and differently shaped frames.

    Attributes:
        drop: Frames that never arrive.
        double: Frames sent twice.
        swap: Frames sent after the one that follows them.
        extend: Frames with a field more, which a client must tolerate.
        reshape: Frames whose sizes and prices are renamed, which a client must refuse.
    """

    def __init__(self, seed: int = 0, channel: str = "market") -> None:
        self.drop = Armed(seed, f"{channel} drop")
        self.double = Armed(seed, f"{channel} double")
        self.swap = Armed(seed, f"{channel} swap")
        self.extend = Armed(seed, f"{channel} extend")
        self.reshape = Armed(seed, f"{channel} reshape")
        self._held: list[C] = []

    def armed(self) -> dict[str, int]:
        """Strikes left by fault, those that are off left out."""
        named = {name: value for name, value in vars(self).items() if isinstance(value, Armed)}
        return {name: value.left for name, value in named.items() if value.left}

    def disarm(self) -> None:
        """Switch all off; a frame held back is lost."""
        for value in vars(self).values():
            if isinstance(value, Armed):
                value.disarm()
        self._held.clear()

    def disturb(self, carrier: C) -> list[C]:
        """What is sent instead of a frame: normally just the frame."""
        if self.drop.strikes():
            return []
        if self.extend.strikes():
            carrier = carrier._replace(frame={**carrier.frame, NEW_FIELD: 2})
        if self.reshape.strikes():
            carrier = carrier._replace(frame=_reshaped(carrier.frame))
        out = [carrier]
        if self.double.strikes():
            out = [carrier, carrier]
        held, self._held = self._held, []
        if self.swap.strikes():
            self._held = out
            return held
        return [*out, *held]


class Faults(FrameFaults[Dispatch]):
    """Faults of the market channel.

    Attributes:
        corrupt: Frames whose hash is wrong.
        stale: Whole books, by socket or REST, as they were when the fault was armed.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed, "market")
        self.corrupt = Armed(seed, "market corrupt")
        self.stale = Armed(seed, "market stale")
        self._cross: set[str] = set()
        self._old_books: dict[str, Frame] = {}

    def corrupt_hash(self, frames: int = 1) -> None:
        """Give the next frames that carry a hash a wrong one."""
        self.corrupt.arm(frames)

    def duplicate(self, frames: int = 1) -> None:
        """Send each of the next frames twice."""
        self.double.arm(frames)

    def cross_book(self, token_id: str) -> None:
        """Follow the next frame for a token by a `book` whose best bid is its best ask."""
        self._cross.add(token_id)

    def freeze_books(self, venue: Venue, count: int = 1, share: float = 1.0) -> None:
        """Let the next whole books be those of now."""
        self.stale.arm(count, share)
        self._old_books = {
            token: listing.book(leg)
            for listing in venue.listings()
            for leg, token in enumerate(listing.spec.token_ids)
        }

    def disarm(self) -> None:
        """Switch all off."""
        super().disarm()
        self._cross.clear()

    def book(self, frame: Frame) -> Frame:
        """What is answered instead of a whole book."""
        old = self._old_books.get(str(frame["asset_id"]))
        return old if old is not None and self.stale.strikes() else frame

    def apply(self, dispatch: Dispatch, venue: Venue) -> list[Dispatch]:
        """What is sent instead of a frame: normally just the frame."""
        kind = dispatch.frame["event_type"]
        if self.stale.left and kind == "book":
            dispatch = dispatch._replace(frame=self.book(dispatch.frame))
        if kind in ("book", "price_change") and self.corrupt.strikes():
            dispatch = dispatch._replace(frame=_with_wrong_hash(dispatch.frame))
        out = self.disturb(dispatch)
        for token in self._cross.intersection(dispatch.tokens):
            found = venue.token(token)
            crossed = _crossed(*found) if found else None
            if crossed is not None:
                self._cross.discard(token)
                out.append(Dispatch(dispatch.at_ms, crossed, (token,)))
        return out


def _reshaped(frame: Frame) -> Frame:
    """The frame as a venue might send it that renamed its numbers without notice."""
    renamed = {"price": "px", "size": "qty", "bids": "buys", "asks": "sells"}
    return {renamed.get(key, key): _renamed(value, renamed) for key, value in frame.items()}


def _renamed(value: object, names: dict[str, str]) -> object:
    if not isinstance(value, list):
        return value
    return [
        {names.get(key, key): each for key, each in row.items()} if isinstance(row, dict) else row
        for row in value
    ]


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
