"""Books and trades of recordings as the venue's frames."""

from collections.abc import Iterator, Sequence

import msgspec

from connectors.recordings.facts import CENT, pips
from connectors.recordings.item import Item, Listing, VenueFrame
from schemas.ids import MarketId
from schemas.market import Market
from schemas.values import PIPS

Level = tuple[float, float]
"""(price in dollars, shares), the best first."""
FINER = (CENT, 10, 1)
"""Grids of the venue in pips, the coarsest first."""


class MarketTapes:
    """Lists markets at first sight, and makes frames whose grid is fine enough for their prices."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._ticks: dict[MarketId, int] = {}

    def book(
        self,
        market: Market,
        leg: int,
        at: int,
        venue_at: int,
        bids: Sequence[Level],
        asks: Sequence[Level],
    ) -> Iterator[Item]:
        """A whole book of one token.

        Args:
            market: Whose.
            leg: 0 YES, 1 NO.
            at: When it was received, ms UTC.
            venue_at: The venue's time, ms UTC.
            bids: The best first.
            asks: The best first.
        """
        yield from self._seen(market, at)
        prices = [pips(price) for price, _ in (*bids, *asks)]
        yield from self._finer(market, at, venue_at, prices)
        document = {
            "event_type": "book",
            "market": market.market_id,
            "asset_id": token(market, leg),
            "timestamp": str(venue_at),
            "bids": _wire(bids),
            "asks": _wire(asks),
            "tick_size": text(self._ticks[market.market_id]),
        }
        yield VenueFrame(at, msgspec.json.encode(document))

    def both(
        self, market: Market, at: int, venue_at: int, bids: Sequence[Level], asks: Sequence[Level]
    ) -> Iterator[Item]:
        """The YES book and its mirror, as the venue shows the token that was not recorded."""
        yield from self.book(market, 0, at, venue_at, bids, asks)
        yield from self.book(market, 1, at, venue_at, mirrored(asks), mirrored(bids))

    def trade(
        self,
        market: Market,
        leg: int,
        at: int,
        venue_at: int,
        price: float,
        size: float,
        side: str,
        name: str,
    ) -> Iterator[Item]:
        """Somebody's trade.

        Args:
            market: Where.
            leg: 0 YES, 1 NO.
            at: When it was received, ms UTC.
            venue_at: The venue's time, ms UTC.
            price: Dollars.
            size: Shares.
            side: BUY or SELL, the aggressor's.
            name: The venue's hash of it, or what tells it from others.
        """
        yield from self._seen(market, at)
        document = {
            "event_type": "last_trade_price",
            "market": market.market_id,
            "asset_id": token(market, leg),
            "price": text(pips(price)),
            "size": f"{size:.6f}",
            "side": side,
            "timestamp": str(venue_at),
            "transaction_hash": name,
        }
        yield VenueFrame(at, msgspec.json.encode(document))

    def _seen(self, market: Market, at: int) -> Iterator[Item]:
        if market.market_id not in self._ticks:
            self._ticks[market.market_id] = market.tick
            yield Listing(at, market)

    def _finer(
        self, market: Market, at: int, venue_at: int, prices: Sequence[int]
    ) -> Iterator[Item]:
        """The recorders kept no change of the grid: the first price between tells of it."""
        now = self._ticks[market.market_id]
        new = next(tick for tick in FINER if tick <= now and all(p % tick == 0 for p in prices))
        if new == now:
            return
        self._ticks[market.market_id] = new
        document = {
            "event_type": "tick_size_change",
            "market": market.market_id,
            "asset_id": market.yes_token_id,
            "old_tick_size": text(now),
            "new_tick_size": text(new),
            "timestamp": str(venue_at),
        }
        yield VenueFrame(at, msgspec.json.encode(document))


def token(market: Market, leg: int) -> str:
    """The token of a leg."""
    return market.yes_token_id if leg == 0 else market.no_token_id


def mirrored(levels: Sequence[Level]) -> list[Level]:
    """Levels of one token as the other's opposite side."""
    return [(1.0 - price, size) for price, size in levels]


def text(whole: int) -> str:
    """Pips as the venue writes a price."""
    return f"{whole / PIPS:.4f}".rstrip("0")


def _wire(levels: Sequence[Level]) -> list[dict[str, str]]:
    """The venue sends the best level last."""
    return [
        {"price": text(pips(price)), "size": f"{size:.6f}"}
        for price, size in reversed(levels)
        if size > 0
    ]
