"""The sandbox as a whole: sources, venue, order desk and sockets on one clock."""

import asyncio
from dataclasses import dataclass
from typing import Literal, Protocol

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.auth import Credentials
from connectors.sandbox.desk import Desk
from connectors.sandbox.faults import Faults, FrameFaults
from connectors.sandbox.follow_up import Notice
from connectors.sandbox.http_faults import HttpFaults, OrderFaults
from connectors.sandbox.hub import RESTARTING, Hub, SocketGroup, Subscriber
from connectors.sandbox.journal import Journal
from connectors.sandbox.limits import AddressLimits, SignerLimits
from connectors.sandbox.mode import EngineMode
from connectors.sandbox.recorded import Recorded
from connectors.sandbox.recording import Recording
from connectors.sandbox.signatures import SignedIdentity, SigningCheck
from connectors.sandbox.signed import OrderIdentity
from connectors.sandbox.source import Source
from connectors.sandbox.user_hub import UserHub
from connectors.sandbox.venue import Venue
from connectors.sandbox.world import World, WorldSize

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
        activity: Factor on the world's arrival rates; 1 is about forty frames a virtual second in
            the small world and sixty in the large one.
        size: How many markets the world has.
        speed: Venue milliseconds per wall millisecond, as the clock has it.
        step_s: Wall seconds between two looks at the clock.
    """

    source: SourceName = "both"
    seed: int = 7
    activity: float = 1.0
    size: WorldSize = "small"
    speed: float = 1.0
    step_s: float = 0.025


class Sandbox:
    """A running venue.

    Args:
        settings: What it plays.
        clock: Its time.
        authenticator: Who callers are.
        identity: How orders get their ids; checks their signatures by default.
        recording: The recorded books; those of the package by default.

    Attributes:
        clock: Its time.
        authenticator: Who callers are.
        identity: How orders get their ids.
        faults: Faults of the market channel.
        user_faults: Faults of the user channel.
        http_faults: Faults of requests.
        order_faults: Faults of replies to orders.
        mode: What the engine takes.
        addresses: Rate limits by address.
        signers: Rate limits by signer.
        skew_ms: How far the clock that clients see is off (a switched fault).
        geoblocked: Whether the geoblock check says so (a switched fault).
        world: The simulated source; None where only recorded books are played.
        venue: The markets.
        desk: The orders.
        hub: The sockets of the market channel.
        user_hub: The sockets of the user channel.
        price_hub: The sockets of the live-data channel.
    """

    def __init__(
        self,
        settings: SandboxSettings,
        clock: Clock,
        authenticator: Credentials | None = None,
        identity: OrderIdentity | None = None,
        recording: Recording | None = None,
    ) -> None:
        seed = settings.seed
        self.clock = clock
        self.authenticator = authenticator or Credentials(seed, SigningCheck())
        self.identity = identity or SignedIdentity()
        self.faults = Faults(seed)
        self.user_faults: FrameFaults[Notice] = FrameFaults(seed, "user")
        self.http_faults = HttpFaults(seed)
        self.order_faults = OrderFaults(seed)
        self.mode = EngineMode()
        self.addresses = AddressLimits()
        self.signers = SignerLimits()
        self.skew_ms = 0
        self.geoblocked = False
        self.settings = settings
        self.world: World | None = None
        self._recording = None if settings.source == "world" else recording or Recording()
        self.venue = self._open()
        self.desk = self._staffed()
        self.hub = Hub(self.venue, self.faults)
        self.user_hub = UserHub()
        self.price_hub: SocketGroup[Subscriber] = SocketGroup()

    def clock_ms(self) -> int:
        """The clock that clients see, ms UTC."""
        return self.clock.now_ms() + self.skew_ms

    def restart(self) -> None:
        """Start anew at the clock's time, as after a restart of the matching engine.

        Sockets are closed and resting orders are gone; markets, prices and ids go on, because they
        follow from seed and time.
        """
        self.hub.close_all(RESTARTING)
        self.user_hub.close_all(RESTARTING)
        self.venue = self.hub.venue = self._open()
        self.desk = self._staffed()

    async def run(self) -> None:
        """Follow the clock until cancelled."""
        while True:
            await self.catch_up()
            await asyncio.sleep(self.settings.step_s)

    async def catch_up(self) -> None:
        """Bring the venue to the clock's time, sockets served in between."""
        now_ms = self.clock.now_ms()
        if now_ms - self.venue.now_ms > LEAP_S * 1000 * self.settings.speed:
            self.restart()
        while self.venue.now_ms < now_ms:
            self.step(min(now_ms, self.venue.now_ms + SLICE_MS))
            await asyncio.sleep(0)

    def step(self, to_ms: int) -> None:
        """Advance everything to a time and hand out what happened."""
        self.hub.pump(to_ms)
        self.desk.advance(to_ms)
        for notice in self.desk.follow_up.read_notices():
            self.user_hub.deliver(self.user_faults.disturb(notice))

    def _staffed(self) -> Desk:
        """A desk for the venue, with the wallets' past in its record."""
        desk = Desk(self.venue, self.identity, self.settings.seed)
        crowd = self.world.crowd if self.world is not None else None
        if crowd is not None:
            desk.follow_up.activity.remember(crowd, self.venue.now_ms)
        return desk

    def _open(self) -> Venue:
        now_ms = self.clock.now_ms()
        journal = Journal()
        accounts = Accounts(journal)
        sources: list[Source] = []
        if self.settings.source in ("world", "both"):
            played = self.settings
            self.world = World(played.seed, now_ms, played.activity, accounts, played.size)
            sources.append(self.world)
        if self._recording is not None:
            sources.append(Recorded(self.settings.seed, now_ms, self._recording, None, journal))
        return Venue(sources, accounts, now_ms)
