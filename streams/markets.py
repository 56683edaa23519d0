"""What the account must know of a market, and which markets the short-horizon profile serves."""

from decimal import Decimal

import msgspec

from schemas.ids import BotId, TokenId, VenueEventId
from schemas.market import Market
from schemas.values import PIPS, MarketStatus, Side


class MarketFacts(msgspec.Struct):
    """A market's metadata without its texts.

    Attributes:
        tick: Tick size in pips.
        event_markets: How many markets its venue event has; 0 when unknown.
        resolved_at: When the gate or ledger heard of its resolution, ms.
    """

    venue_event_id: VenueEventId
    yes_token_id: TokenId
    no_token_id: TokenId
    tick: int
    min_size: Decimal
    neg_risk: bool
    status: MarketStatus
    series: str
    auto_resolved: bool
    window_start_at: int | None
    resolves_at: int | None
    clears_at: int | None
    event_markets: int = 0
    resolved_at: int | None = None

    @property
    def tick_size(self) -> Decimal:
        """Tick size in dollars."""
        return Decimal(self.tick) / PIPS

    def token(self, side: Side) -> TokenId:
        """The token id of a side."""
        return self.yes_token_id if side is Side.YES else self.no_token_id


class ShortHorizon(msgspec.Struct, frozen=True, kw_only=True):
    """The `short_horizon` profile as far as account and gate follow it (STRATEGIES.md D.5, J).

    Attributes:
        min_window_ms: Shortest window that takes the profile; shorter ones stay closed.
        max_window_ms: Longest one; longer ones take the standard numbers.
        bots: Bots that may trade there.
        stop_ms: No opening order this close to the end.
        block_ms: Length of the UTC blocks whose windows make one episode.
        mm_side: Limit of one quote side as a share of E_b.
        bundle: Limit of one bundle.
        market: Limit of one window.
        same_end: Limit of all windows that end together.
    """

    min_window_ms: int
    max_window_ms: int
    bots: tuple[BotId, ...]
    paper_only: bool
    book_max_age_ms: int
    feed_silence_ms: int
    stop_ms: int
    carry_ms: int
    block_ms: int
    mm_side: Decimal
    bundle: Decimal
    market: Decimal
    same_end: Decimal

    def serves(self, market: MarketFacts) -> bool:
        """Whether the market takes the profile."""
        window = window_of(market)
        return window is not None and self.min_window_ms <= window <= self.max_window_ms

    def is_too_short(self, market: MarketFacts) -> bool:
        """Whether the market is shorter than any profile serves, and so stays closed."""
        window = window_of(market)
        return window is not None and window < self.min_window_ms


def facts_of(market: Market) -> MarketFacts:
    """The facts of a listed market."""
    return MarketFacts(
        venue_event_id=market.venue_event_id,
        yes_token_id=market.yes_token_id,
        no_token_id=market.no_token_id,
        tick=market.tick,
        min_size=market.min_size,
        neg_risk=market.neg_risk,
        status=market.status,
        series=market.series,
        auto_resolved=market.auto_resolved,
        window_start_at=market.window_start_at,
        resolves_at=market.resolves_at,
        clears_at=market.clears_at,
        event_markets=market.event_markets,
    )


def window_of(market: MarketFacts) -> int | None:
    """Length of an automatically resolved market's window, ms; None where there is no window."""
    if not market.auto_resolved or market.window_start_at is None or market.resolves_at is None:
        return None
    return market.resolves_at - market.window_start_at
