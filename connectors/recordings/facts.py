"""What files say about markets, beside what happened in them: names, tokens, times, outcomes."""

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256

import msgspec

from connectors.recordings.item import Item, Listing, VenueFrame
from schemas.ids import MarketId, TokenId, VenueEventId
from schemas.market import Market
from schemas.values import PIPS, DataLabel

MIN_SIZE = Decimal(5)
"""Shares of a new order, where a recording does not say; the venue's usual least."""
CENT = 100
"""The usual grid, pips."""
DAY_MS = 86_400_000
"""How long after its start something is taken to have ended, where nobody recorded the end."""


class Outcome(msgspec.Struct, frozen=True):
    """How a market ended.

    Attributes:
        at: When it was known, ms UTC.
        yes_payout: Dollars a YES token paid: 0, 0.5 or 1.
    """

    at: int
    yes_payout: Decimal


class Facts:
    """Markets and outcomes that the files of one import tell of.

    Attributes:
        markets: By condition id.
        listed: When each was listed, ms UTC; only where a file says so.
        outcomes: By condition id.
        by_slug: Condition ids.
        by_token: Condition ids.
        labels: What YES paid, by the source's own name of a market, where no time is known.
        ends: When an outcome was released, by the source's own name, ms UTC.
        titles: Question and category, by the source's own name.
        firsts: Name of the first outcome, by the source's own name.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self.markets: dict[MarketId, Market] = {}
        self.listed: dict[MarketId, int] = {}
        self.outcomes: dict[MarketId, Outcome] = {}
        self.by_slug: dict[str, MarketId] = {}
        self.by_token: dict[str, MarketId] = {}
        self.labels: dict[str, Decimal] = {}
        self.ends: dict[str, int] = {}
        self.titles: dict[str, tuple[str, str]] = {}
        self.firsts: dict[str, str] = {}

    def add(self, market: Market, listed: int | None = None) -> None:
        """Know a market; what is known of it already stays."""
        if market.market_id in self.markets:
            return
        self.markets[market.market_id] = market
        self.by_slug.setdefault(market.slug, market.market_id)
        for token in (market.yes_token_id, market.no_token_id):
            self.by_token[token] = market.market_id
        if listed is not None:
            self.listed[market.market_id] = listed

    def listings(self) -> Iterator[Item]:
        """Markets whose listing time is known, in that order."""
        for market_id, at in sorted(self.listed.items(), key=lambda pair: pair[1]):
            yield Listing(at, self.markets[market_id])

    def resolutions(self) -> Iterator[Item]:
        """Known outcomes in the order of time, as the venue announces them."""
        for market_id, outcome in sorted(self.outcomes.items(), key=lambda pair: pair[1].at):
            if market_id in self.markets:
                market = self.markets[market_id]
                yield resolved_frame(market, outcome.at, outcome.yes_payout)


def resolved_frame(market: Market, at: int, yes_payout: Decimal) -> VenueFrame:
    """The venue's announcement of an outcome."""
    winner = {1: market.yes_token_id, 0: market.no_token_id}
    winning = "" if yes_payout == Decimal("0.5") else winner[int(yes_payout)]
    document = {
        "event_type": "market_resolved",
        "market": market.market_id,
        "winning_asset_id": winning,
        "timestamp": str(at),
    }
    return VenueFrame(at, msgspec.json.encode(document))


def derived_id(*parts: str | int) -> str:
    """An id where a recording kept none: `0x` and 64 hex digits from what names the thing."""
    return "0x" + sha256("|".join(("recording", *map(str, parts))).encode()).hexdigest()


def recorded_market(
    market_id: str,
    slug: str,
    *,
    question: str = "",
    tokens: tuple[str, str] | None = None,
    outcomes: tuple[str, str] = ("Yes", "No"),
    category: str = "",
    window: tuple[int, int] | None = None,
    tick: int = CENT,
    event: str = "",
    match_id: str = "",
) -> Market:
    """A market as far as a recording describes it; what it does not say is the venue's usual.

    Args:
        market_id: Its condition id.
        slug: Its name in addresses.
        question: Its title.
        tokens: YES and NO; derived from the condition id where nobody recorded them.
        outcomes: Names of the two.
        category: Lower case.
        window: Start and end of the window it is about, ms UTC.
        tick: Grid, pips.
        event: The venue event; the market itself by default.
        match_id: The match it is about.
    """
    yes, no = tokens or (_token(market_id, 0), _token(market_id, 1))
    return Market(
        market_id=MarketId(market_id),
        venue_event_id=VenueEventId(event or market_id),
        question=question or slug,
        slug=slug,
        yes_token_id=TokenId(yes),
        no_token_id=TokenId(no),
        tick=tick,
        min_size=MIN_SIZE,
        label=DataLabel.RECORDED,
        outcomes=outcomes,
        category=category,
        tags=("recorded",),
        window_start_at=window[0] if window else None,
        resolves_at=window[1] if window else None,
        auto_resolved=window is not None,
        series=slug.rsplit("-", 1)[0] if window else "",
        match_id=match_id,
    )


def pips(price: float) -> int:
    """A price in pips; floats of recordings are decimals that lost nothing but their last bit."""
    return round(price * PIPS)


def _token(market_id: str, leg: int) -> str:
    return str(int(derived_id(market_id, leg), 16))
