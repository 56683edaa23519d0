"""The sockets beside the market channel: user, sports, and everybody's trades."""

from collections.abc import Awaitable, Callable, Sequence

from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.subscriptions import (
    Frame,
    UserSubscription,
    rtds_change,
    user_change,
    user_first,
)
from connectors.polymarket.venue_ws import VenueSocket

OnFrame = Callable[[str | bytes], Awaitable[None]]
OnState = Callable[[bool, str], Awaitable[None]]


class UserSocket(VenueSocket):
    """Our orders and trades. Nothing is repeated after a loss: REST closes the gap."""

    def __init__(
        self,
        feed: str,
        url: str,
        credentials: ApiCredentials,
        on_frame: OnFrame,
        on_state: OnState,
        wanted: UserSubscription | None = None,
    ) -> None:
        """Follow all markets unless told which."""
        super().__init__(feed, url, on_frame, on_state)
        self._credentials = credentials
        self._wanted = wanted or UserSubscription()

    def first_frames(self) -> Sequence[Frame]:
        """Who we are and what we follow."""
        return [user_first(self._wanted, self._credentials)]

    async def follow(self, wanted: UserSubscription) -> None:
        """Change what is followed."""
        before, self._wanted = self._wanted, wanted
        for frame in user_change(before, wanted):
            await self.send(frame)


class SportsSocket(VenueSocket):
    """Games as they go on. The server asks for signs of life."""

    ping_after_s = None
    frozen_after_s = 15.0

    def answer(self, frame: str | bytes) -> str | None:
        """A pong for a ping."""
        return "pong" if frame in ("ping", b"ping") else None


class ActivitySocket(VenueSocket):
    """Everybody's trades with their wallets."""

    ping_after_s = 5.0
    frozen_after_s = 15.0

    def __init__(
        self, feed: str, url: str, on_frame: OnFrame, on_state: OnState, filters: str = ""
    ) -> None:
        """Follow all trades, or those that a JSON text names."""
        super().__init__(feed, url, on_frame, on_state)
        self._filters = filters

    def first_frames(self) -> Sequence[Frame]:
        """The one topic."""
        return [rtds_change("subscribe", "activity", "trades", self._filters)]
