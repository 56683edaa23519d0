"""Which outside feeds are on, by `feeds.yaml` and the keys there are."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from pydantic import SecretStr

from configs.feeds import Feeds, Source
from configs.settings import Settings
from connectors.esports.abios import AbiosFeed
from connectors.esports.pandascore import PandaScoreFeed
from connectors.esports.riot import RiotFeed
from connectors.esports.steam import SteamFeed
from connectors.feeds.feed import Feed
from connectors.news.newsapi import NewsApiFeed
from connectors.news.rss import RssFeed
from connectors.news.x import XFeed
from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.keys import API
from connectors.polymarket.live_data import NAME as REFERENCE
from connectors.research.estimates import EstimatesFeed
from connectors.sandbox.coin import SYMBOL
from connectors.social.kaito import KaitoFeed
from connectors.social.leaders import LeadersFeed
from schemas.outside import Outlet

SHARED_KEY = "sandbox"
"""What a shared host is asked with; the sandbox wants a key where the real source does."""
ESTIMATES_EVERY_S = 60.0
SHARED_OUTLETS = (
    ("sandbox-wire", Outlet.WIRE),
    ("daily-sandbox", Outlet.MAJOR),
    ("aggregata", Outlet.AGGREGATOR),
)
"""RSS feeds of a shared host, at `rss/OUTLET.xml`: it does not pass for the outlets of the file."""
SHARED_RSS_EVERY_S = 5.0
SHARED_SYMBOLS = (SYMBOL,)
"""Prices of a shared host: the sandbox knows its own coin's alone."""
NOT_SHARED = frozenset({"abios", "riot", "steam"})
"""Sources that a shared host does not stand in for: matches come from `pandascore` there."""

NOTHING_SAID = "the small world has no news, matches or wallets; PETS_WORLD=large has"

S = TypeVar("S", bound=Source)


class Switched(NamedTuple):
    """A source: its feed, or in a few words why it is off."""

    name: str
    feed: Feed | None
    why_off: str = ""


class PricePlan(NamedTuple):
    """Where reference prices are heard, and which."""

    url: str
    credentials: ApiCredentials
    symbols: tuple[str, ...]


class FeedMaker:
    """Makes the feeds; a shared host (`PETS_FEEDS_URL`) stands in for all others.

    Attributes:
        feeds: `feeds.yaml`.
    """

    def __init__(
        self, settings: Settings, feeds: Feeds, venue_key: ApiCredentials | None = None
    ) -> None:
        """Take over what decides.

        Args:
            settings: Keys, and the shared host.
            feeds: `feeds.yaml`.
            venue_key: The venue's API key; None leaves its prices off.
        """
        self._settings = settings
        self._venue_key = venue_key
        self.feeds = feeds

    def all(self) -> Iterator[Switched]:
        """Every polled source, on or off; nothing is said about the small simulated world."""
        sources = (*self._news(), *self._esports(), *self._social())
        if self._settings.feeds_url and self._settings.world == "small":
            sources = tuple(Switched(each.name, None, NOTHING_SAID) for each in sources)
        yield from sources

    def prices(self) -> PricePlan | str:
        """Where reference prices come from, or why from nowhere."""
        source, own = self.feeds.reference, self._settings
        if source is None:
            return "switched off in feeds.yaml"
        if own.feeds_url:
            address = self.host(REFERENCE, "").replace("http", "ws", 1)
            return PricePlan(address, ApiCredentials(*[SHARED_KEY] * 3), SHARED_SYMBOLS)
        if self._venue_key is None:
            return f"no key; {', '.join(API)} hold it"
        return PricePlan(source.url, self._venue_key, source.symbols)

    def host(self, name: str, own: str) -> str:
        """Where a source is read.

        Args:
            name: The source's name, its folder on a shared host.
            own: Its own host.
        """
        shared = self._settings.feeds_url
        return f"{shared.rstrip('/')}/{name}" if shared else own

    def key(self, secret: SecretStr) -> str:
        """The key of a source; empty when it has to stay off."""
        return SHARED_KEY if self._settings.feeds_url else secret.get_secret_value()

    def _news(self) -> Iterator[Switched]:
        feeds, own = self.feeds, self._settings
        shared = ((outlet, kind, self.host("rss", "")) for outlet, kind in SHARED_OUTLETS)
        for outlet, kind, host in shared if own.feeds_url else ():
            feed = RssFeed(outlet, kind, f"{host}/{outlet}.xml", SHARED_RSS_EVERY_S)
            yield Switched(feed.name, feed)
        for rss in () if own.feeds_url else feeds.rss:
            name = f"rss-{rss.outlet}"
            feed = RssFeed(rss.outlet, rss.kind, self.host(name, rss.url), rss.every_s)
            yield Switched(name, feed)
        yield self._keyed(
            "newsapi",
            feeds.newsapi,
            own.newsapi_key,
            lambda source, host, key: NewsApiFeed(host, key, source.query, source.every_s),
        )
        yield self._keyed(
            "x",
            feeds.x,
            own.x_token,
            lambda source, host, key: XFeed(host, key, source.query, source.every_s),
        )

    def _esports(self) -> Iterator[Switched]:
        feeds, own = self.feeds, self._settings
        yield self._keyed(
            "pandascore",
            feeds.pandascore,
            own.pandascore_token,
            lambda source, host, key: PandaScoreFeed(host, key, source.every_s),
        )
        yield self._keyed(
            "abios",
            feeds.abios,
            own.abios_secret,
            lambda source, host, key: AbiosFeed(host, key, source.every_s),
        )
        yield self._keyed(
            "riot",
            feeds.riot,
            own.riot_key,
            lambda source, host, key: RiotFeed(
                host, self.host("riot", source.stats_url), key, source.every_s
            ),
        )
        yield self._keyed(
            "steam",
            feeds.steam,
            own.steam_key,
            lambda source, host, key: SteamFeed(host, key, source.every_s),
        )

    def _social(self) -> Iterator[Switched]:
        feeds, own = self.feeds, self._settings
        yield self._keyed(
            "kaito",
            feeds.kaito,
            own.kaito_key,
            lambda source, host, key: KaitoFeed(host, key, source.subjects, source.every_s),
        )
        leaders, estimates = feeds.leaders, feeds.estimates
        if leaders is not None:
            host = self.host("leaders", leaders.url)
            yield Switched("leaders", LeadersFeed(host, leaders.count, leaders.every_s))
        if estimates is None and not own.feeds_url:
            yield Switched("estimates", None, "feeds.yaml names no list")
        else:
            every_s = estimates.every_s if estimates is not None else ESTIMATES_EVERY_S
            address = self.host("estimates", estimates.url if estimates is not None else "")
            yield Switched("estimates", EstimatesFeed(address, every_s))

    def _keyed(
        self,
        name: str,
        source: S | None,
        secret: SecretStr,
        make: Callable[[S, str, str], Feed],
    ) -> Switched:
        if source is None:
            return Switched(name, None, "switched off in feeds.yaml")
        if self._settings.feeds_url and name in NOT_SHARED:
            return Switched(name, None, "matches come from pandascore on a shared host")
        key = self.key(secret)
        if not key:
            return Switched(name, None, "no key; .env.example names its setting")
        return Switched(name, make(source, self.host(name, source.url), key))
