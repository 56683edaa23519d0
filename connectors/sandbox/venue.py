"""The venue: all markets of its sources under one roof, found by condition and by token."""

from collections.abc import Sequence

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.events import Event
from connectors.sandbox.frames import Dispatch
from connectors.sandbox.orders import Order
from connectors.sandbox.source import Listing, Source


class Venue:
    """Markets, books and the frames they cause.

    Args:
        sources: Where the markets come from.
        accounts: Balances, shared with the sources that trade.
        now_ms: The venue's clock at the start; sources stand there.

    Attributes:
        accounts: Balances of all owners.
        now_ms: How far the sources have advanced, ms UTC.
    """

    def __init__(self, sources: Sequence[Source], accounts: Accounts, now_ms: int) -> None:
        self.accounts = accounts
        self.now_ms = now_ms
        self._sources = tuple(sources)
        self._outbox: list[Dispatch] = []
        self._by_condition: dict[str, Listing] = {}
        self._by_token: dict[str, tuple[Listing, int]] = {}
        self._index()

    def listings(self) -> list[Listing]:
        """All markets, open ones and those closed lately."""
        return list(self._by_condition.values())

    def market(self, condition_id: str) -> Listing | None:
        """The market of a condition id."""
        return self._by_condition.get(condition_id)

    def token(self, token_id: str) -> tuple[Listing, int] | None:
        """The market and the leg of a token id."""
        return self._by_token.get(token_id)

    def advance(self, to_ms: int) -> list[Dispatch]:
        """Everything that happened since the last call, in order of time.

        Args:
            to_ms: The venue's clock; an earlier time than the last one changes nothing.
        """
        self.now_ms = max(to_ms, self.now_ms)
        out, self._outbox = self._outbox, []
        for source in self._sources:
            out += source.advance(self.now_ms)
        out.sort(key=lambda dispatch: dispatch.at_ms)
        if any(dispatch.broadcast for dispatch in out):
            self._index()
        return out

    def place(self, listing: Listing, order: Order) -> list[Event]:
        """Send an order into its market; the frames go out with the next `advance`."""
        events, frames = listing.place(order, self.now_ms)
        self._outbox += frames
        return events

    def cancel(self, listing: Listing, order_id: str) -> list[Event]:
        """Cancel an order; no events where it does not rest."""
        events, frames = listing.cancel(order_id, self.now_ms)
        self._outbox += frames
        return events

    def _index(self) -> None:
        listings = [listing for source in self._sources for listing in source.listings()]
        self._by_condition = {listing.spec.condition_id: listing for listing in listings}
        self._by_token = {
            token: (listing, leg)
            for listing in listings
            for leg, token in enumerate(listing.spec.token_ids)
        }
