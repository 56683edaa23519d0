"""The sandbox as a whole: sources, venue, order desk and sockets on one clock."""

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.auth import (
    Authenticator,
    DerivedIdentity,
    OrderIdentity,
    TrustingAuthenticator,
)
from connectors.sandbox.desk import Desk
from connectors.sandbox.faults import Faults
from connectors.sandbox.hub import RESTARTING, Hub
from connectors.sandbox.recorded import Recorded
from connectors.sandbox.recording import Recording
from connectors.sandbox.source import Source
from connectors.sandbox.venue import Venue
from connectors.sandbox.world import World

SLICE_MS = 5_000
"""Most virtual milliseconds advanced without letting sockets breathe."""
LEAP_S = 60.0
"""A clock that is further ahead than this many wall seconds has slept: the venue starts anew."""

SourceName = Literal["world", "recorded", "both"]


class Clock(Protocol):
    """Where the venue's time comes from, e.g. `configs.clock.SessionClock`."""

    def now_ms(self) -> int:
        """Session time, ms UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """What the sandbox plays.

    Attributes:
        source: The simulated world, the recorded books, or both side by side.
        seed: Seed of the world and of derived ids.
        activity: Factor on the world's arrival rates; 1 is about forty frames a virtual second.
        speed: Venue milliseconds per wall millisecond, as the clock has it.
        step_s: Wall seconds between two looks at the clock.
    """

    source: SourceName = "both"
    seed: int = 7
    activity: float = 1.0
    speed: float = 1.0
    step_s: float = 0.025


class Sandbox:
    """A running venue.

    Args:
        settings: What it plays.
        clock: Its time.
        authenticator: Who callers are.
        identity: How orders get their ids.
        recording: The recorded books; those of the package by default.

    Attributes:
        clock: Its time.
        authenticator: Who callers are.
        faults: What tests switch on.
        venue: The markets.
        desk: The orders.
        hub: The sockets.
    """

    def __init__(
        self,
        settings: SandboxSettings,
        clock: Clock,
        authenticator: Authenticator | None = None,
        identity: OrderIdentity | None = None,
        recording: Recording | None = None,
    ) -> None:
        self.clock = clock
        self.authenticator = authenticator or TrustingAuthenticator()
        self.faults = Faults()
        self._settings = settings
        self._identity = identity or DerivedIdentity()
        self._recording = None if settings.source == "world" else recording or Recording()
        self.venue = self._open()
        self.desk = Desk(self.venue, self._identity)
        self.hub = Hub(self.venue, self.faults)

    def restart(self) -> None:
        """Start anew at the clock's time, as after a restart of the matching engine.

        Sockets are closed and resting orders are gone; markets, prices and ids go on, because they
        follow from seed and time.
        """
        self.hub.close_all(RESTARTING)
        self.venue = self.hub.venue = self._open()
        self.desk = Desk(self.venue, self._identity)

    async def run(self) -> None:
        """Follow the clock until cancelled."""
        while True:
            await self.catch_up()
            await asyncio.sleep(self._settings.step_s)

    async def catch_up(self) -> None:
        """Bring the venue to the clock's time, sockets served in between."""
        now_ms = self.clock.now_ms()
        if now_ms - self.venue.now_ms > LEAP_S * 1000 * self._settings.speed:
            self.restart()
        while self.venue.now_ms < now_ms:
            self.hub.pump(min(now_ms, self.venue.now_ms + SLICE_MS))
            await asyncio.sleep(0)

    def _open(self) -> Venue:
        now_ms = self.clock.now_ms()
        accounts = Accounts()
        sources: list[Source] = []
        if self._settings.source in ("world", "both"):
            sources.append(World(self._settings.seed, now_ms, self._settings.activity, accounts))
        if self._recording is not None:
            sources.append(Recorded(self._settings.seed, now_ms, self._recording))
        return Venue(sources, accounts, now_ms)
