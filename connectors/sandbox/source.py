"""What the venue asks of a source of markets, and how a source is played without a venue."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from connectors.sandbox.events import Event
from connectors.sandbox.frames import Dispatch, Frame, new_market
from connectors.sandbox.ladder import Resting
from connectors.sandbox.market import MarketSpec, MarketState
from connectors.sandbox.mirror import LEGS
from connectors.sandbox.orders import Order
from connectors.sandbox.publisher import Top

STEP_MS = 1_000
"""Virtual milliseconds that a source played on its own advances at a time."""


class Listing(Protocol):
    """One market as the venue shows it."""

    @property
    def spec(self) -> MarketSpec:
        """Its metadata."""
        ...

    @property
    def state(self) -> MarketState:
        """What changes about it."""
        ...

    @property
    def tick(self) -> int:
        """Tick size now, pips."""
        ...

    @property
    def resting(self) -> dict[str, Resting]:
        """Orders that rest in it, by id."""
        ...

    def top(self, leg: int) -> Top:
        """Best bid and ask of a token, pips."""
        ...

    def book(self, leg: int) -> Frame:
        """The whole book of a token, as a `book` frame."""
        ...

    def depth(self) -> int:
        """Money units that resting orders could trade."""
        ...

    def daily_volume(self) -> int | None:
        """Money units traded in a day; None where nobody knows."""
        ...

    def past_price(self, at_ms: int) -> float | None:
        """The price of the first token at a past time, dollars; None where nobody knows."""
        ...

    def resolution(self, at_ms: int) -> str:
        """The oracle's status word: empty, `proposed` or `resolved`."""
        ...

    def place(self, order: Order, now_ms: int) -> tuple[list[Event], list[Dispatch]]:
        """Take an order; its events and the frames it causes."""
        ...

    def cancel(self, order_id: str, now_ms: int) -> tuple[list[Event], list[Dispatch]]:
        """Cancel an order; no events where it does not rest."""
        ...


class Source(Protocol):
    """A source of markets that moves with the venue's clock."""

    def listings(self) -> Iterable[Listing]:
        """All markets it shows now, closed ones for a while too."""
        ...

    def advance(self, to_ms: int) -> list[Dispatch]:
        """Frames of everything that happened since the last call, in order of time."""
        ...


def play(source: Source, start_ms: int, duration_ms: int) -> Iterator[tuple[int, Frame]]:
    """A source's frames as a subscriber of all its markets receives them.

    First every market that is open at the start is announced by `new_market` and its two `book`
    frames, later ones when they are listed; then everything follows in order of time.

    Args:
        source: A source that stands at `start_ms`.
        start_ms: Venue time of the first frame, ms UTC.
        duration_ms: How long to play, virtual milliseconds.

    Yields:
        Venue time and frame.
    """
    for listing in list(source.listings()):
        if listing.state.is_open:
            yield start_ms, new_market(listing.spec, start_ms)
            yield from _books(listing, start_ms)
    end_ms = start_ms + duration_ms
    now_ms = start_ms
    while now_ms < end_ms:
        now_ms = min(now_ms + STEP_MS, end_ms)
        for dispatch in source.advance(now_ms):
            yield dispatch.at_ms, dispatch.frame


def _books(listing: Listing, at_ms: int) -> Iterator[tuple[int, Frame]]:
    for leg in LEGS:
        yield at_ms, listing.book(leg)
