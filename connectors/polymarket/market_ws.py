"""The market channel's WebSocket: tokens come and go while it is connected."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from connectors.polymarket.subscriptions import (
    Frame,
    MarketSubscription,
    market_change,
    market_first,
)
from connectors.polymarket.venue_ws import VenueSocket


class MarketSocket(VenueSocket):
    """A market connection that stays."""

    def __init__(
        self,
        feed: str,
        url: str,
        on_frame: Callable[[str | bytes], Awaitable[None]],
        on_state: Callable[[bool, str], Awaitable[None]],
    ) -> None:
        """Start without tokens."""
        super().__init__(feed, url, on_frame, on_state)
        self._wanted = MarketSubscription()

    @property
    def size(self) -> int:
        """How many tokens it is subscribed to."""
        return len(self._wanted.assets)

    def first_frames(self) -> Sequence[Frame]:
        """The whole subscription."""
        return [market_first(self._wanted)]

    async def subscribe(self, tokens: Iterable[str]) -> None:
        """Add tokens; sent at once when connected, else with the next connection."""
        await self._change(self._wanted.assets | frozenset(tokens))

    async def unsubscribe(self, tokens: Iterable[str]) -> None:
        """Drop tokens."""
        await self._change(self._wanted.assets - frozenset(tokens))

    async def _change(self, assets: frozenset[str]) -> None:
        before, self._wanted = self._wanted, self._wanted._replace(assets=assets)
        for frame in market_change(before, self._wanted):
            await self.send(frame)
