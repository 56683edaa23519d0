"""A way into the venue for one key: its hosts, its API key, its clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

from api.money.keys import account_for, signer_for
from configs.clock import SessionClock
from configs.settings import Settings
from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.keys import load_credentials
from connectors.polymarket.public_reads import PublicReads
from connectors.polymarket.signer import Signer
from connectors.polymarket.trading_rest import TradingRest, obtain_credentials, private_headers
from connectors.polymarket.venue_http import VenueHttp
from schemas.values import Money
from schemas.venue import VenueAccount


class VenueClock:
    """The venue's clock, as far off ours as it said when it was asked last."""

    def __init__(self, clock: SessionClock) -> None:
        """Start as if both were the same."""
        self._clock = clock
        self.skew_s = 0

    def seconds(self) -> int:
        """The venue's time, seconds UTC."""
        return self._clock.now_ms() // 1000 + self.skew_s

    async def measure(self, reads: PublicReads) -> None:
        """Ask the venue for its time."""
        told = await reads.server_seconds()
        self.skew_s = told - self._clock.now_ms() // 1000


class VenueAccess(NamedTuple):
    """One key at one venue.

    Attributes:
        http: The CLOB host, with L2 headers on private calls.
        skew_s: Seconds that the venue's clock is ahead of ours.
    """

    signer: Signer
    account: VenueAccount
    credentials: ApiCredentials
    http: VenueHttp
    rest: TradingRest
    reads: PublicReads
    drift: DriftSentinel
    skew_s: int


@asynccontextmanager
async def open_access(settings: Settings, environ: Mapping[str, str]) -> AsyncIterator[VenueAccess]:
    """Sign in; the API key is derived from the signing key unless the environment gives one.

    Args:
        settings: Hosts and money mode.
        environ: Where keys are named.

    Raises:
        ConfigurationError: A key is missing or wrong.
        InfrastructureError: The venue does not answer, or does not take the key.
    """
    signer = signer_for(settings, environ)
    account = account_for(settings, signer)
    drift, clock = DriftSentinel(), VenueClock(settings.clock())
    async with (
        VenueHttp(settings.clob_url) as public,
        VenueHttp(settings.data_url) as data,
        VenueHttp(settings.site_url) as site,
    ):
        reads = PublicReads(public, data, site, drift)
        await clock.measure(reads)
        given = load_credentials(environ) if settings.money is Money.LIVE else None
        credentials = given or await obtain_credentials(public, signer, clock.seconds(), drift)
        headers = private_headers(signer.address, credentials, clock.seconds)
        async with VenueHttp(settings.clob_url, headers) as http:
            rest = TradingRest(http, drift)
            yield VenueAccess(signer, account, credentials, http, rest, reads, drift, clock.skew_s)
