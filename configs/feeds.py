"""Which outside feeds are read, how often and where (`feeds.yaml`)."""

from pydantic import Field

from configs.rules import Strict
from configs.yaml_file import Folder, load_yaml
from schemas.outside import Outlet

FILE = "feeds.yaml"


class Source(Strict):
    """A polled source."""

    url: str = Field(min_length=1, description="Host, or address of the feed.")
    every_s: float = Field(gt=0, description="Session seconds between two looks.")


class RssSource(Source):
    """An RSS or Atom feed."""

    outlet: str = Field(min_length=1, description="Who publishes it.")
    kind: Outlet = Field(description="Decides its weight.")


class SearchSource(Source):
    """A source that is searched."""

    query: str = Field(min_length=1, description="In the source's own search language.")


class RiotSource(Source):
    """Riot's two hosts."""

    stats_url: str = Field(min_length=1, description="Host of the live stats.")


class LeadersSource(Source):
    """The venue's leaderboard."""

    count: int = Field(gt=0, le=500, description="How many wallets are read.")


class KaitoSource(Source):
    """Attention of subjects that are linked to markets."""

    subjects: dict[str, str] = Field(description="Market id by subject.")


class SocketSource(Strict):
    """A WebSocket."""

    url: str = Field(min_length=1)


class PriceSource(SocketSource):
    """The venue's live prices."""

    symbols: tuple[str, ...] = Field(min_length=1, max_length=64, description="As it spells them.")


class Feeds(Strict):
    """All of them; None is off."""

    rss: tuple[RssSource, ...]
    newsapi: SearchSource | None
    x: SearchSource | None
    pandascore: Source | None
    abios: Source | None
    riot: RiotSource | None
    steam: Source | None
    leaders: LeadersSource | None
    wallets: SocketSource | None
    reference: PriceSource | None
    kaito: KaitoSource | None
    estimates: Source | None


def load_feeds(folder: Folder | None = None) -> Feeds:
    """Load `feeds.yaml`.

    Raises:
        ConfigurationError: It is wrong; the sentence names file and line.
    """
    return load_yaml(Feeds, FILE, folder)
