"""The venue's public REST beyond books: markets of CLOB, the Data API v2, rewards, geoblock."""

from collections.abc import AsyncIterator, Mapping

import msgspec

from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.position_ids import condition_key
from connectors.polymarket.replies import (
    ClobMarket,
    DataPage,
    Geoblock,
    Page,
    Version,
    WalletTrade,
)
from connectors.polymarket.trading_rest import LAST_PAGE
from connectors.polymarket.venue_http import VenueHttp

DATA_PAGE = 1000
MOST_PAGES = 1000
"""A list that does not end by then is cut; it would be the venue's error."""


class PublicReads:
    """Public calls of CLOB, Data API and the geoblock check."""

    def __init__(
        self, clob: VenueHttp, data: VenueHttp, site: VenueHttp, drift: DriftSentinel
    ) -> None:
        """Take the hosts."""
        self._clob = clob
        self._data = data
        self._site = site
        self._drift = drift

    async def market(self, condition_id: str) -> ClobMarket:
        """A market's tokens, tick, minimum, fee and flags."""
        body = await self._clob.read(f"/clob-markets/{condition_key(condition_id)}")
        return self._drift.read("clob market", body, ClobMarket)

    async def version(self) -> int:
        """The form of orders that the venue takes; another one than ours stops opening."""
        body = await self._clob.read("/version")
        found = self._drift.read("version", body, Version).version
        self._drift.version(found)
        return found

    async def server_seconds(self) -> int:
        """The venue's clock, seconds UTC."""
        return int(await self._clob.read("/time"))

    async def geoblock(self) -> Geoblock:
        """Whether the place we call from may trade."""
        return self._drift.read("geoblock", await self._site.read("/api/geoblock"), Geoblock)

    async def reward_markets(self) -> AsyncIterator[msgspec.Raw]:
        """Markets with liquidity rewards, as the venue tells them."""
        cursor = ""
        while cursor != LAST_PAGE:
            named = {"next_cursor": cursor} if cursor else {}
            body = await self._clob.read("/rewards/markets/current", named)
            page = self._drift.read("reward markets", body, Page)
            for raw in page.data:
                yield raw
            cursor = LAST_PAGE if page.next_cursor in ("", cursor) else page.next_cursor

    async def wallet_trades(self, user: str, most: int = DATA_PAGE) -> list[WalletTrade]:
        """A wallet's trades, newest first."""
        found: list[WalletTrade] = []
        async for raw in self.data("/v2/trades", {"user": user}):
            found.append(self._drift.read("wallet trade", bytes(raw), WalletTrade))
            if len(found) >= most:
                break
        return found

    async def data(self, path: str, parameters: Mapping[str, str]) -> AsyncIterator[msgspec.Raw]:
        """Any list of the Data API v2, item by item over all pages."""
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            named = {"limit": str(DATA_PAGE), **parameters}
            if cursor:
                named["cursor"] = cursor
            page = self._drift.read(f"data {path}", await self._data.read(path, named), DataPage)
            for raw in page.data:
                yield raw
            cursor = page.pagination.next_cursor
            if not cursor or not page.pagination.has_more:
                return
