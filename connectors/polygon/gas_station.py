"""What gas costs: Polygon's gas station, or the nodes where it is away; POL's price by its feed."""

from decimal import Decimal
from typing import NamedTuple

import httpx
import msgspec

from connectors.polygon.addresses import POL_FEED
from connectors.polygon.nodes import Nodes
from connectors.polygon.rpc import NodeAwayError
from connectors.polymarket.keccak import keccak

WEI_PER_GWEI = 10**9
FEED_DECIMALS = 8
LATEST_ROUND = "0x" + keccak(b"latestRoundData()")[:4].hex()
HIGHEST_GWEI = 100_000
"""A station that says more is broken."""


class _Speed(msgspec.Struct):
    maxPriorityFee: Decimal  # noqa: N815 - the station's word


class _Station(msgspec.Struct):
    safeLow: _Speed  # noqa: N815 - the station's word
    standard: _Speed
    fast: _Speed
    estimatedBaseFee: Decimal  # noqa: N815 - the station's word


class GasPrice(NamedTuple):
    """What gas costs now, wei a unit; `origin` is "station" or "node"."""

    base_fee: int
    tip_slow: int
    tip_standard: int
    tip_fast: int
    origin: str


class GasStation:
    """Reads the price; falls back by itself and comes back by itself."""

    def __init__(self, http: httpx.AsyncClient, url: str, nodes: Nodes) -> None:
        """Use a client.

        Args:
            http: Closed by its owner.
            url: Of the station; empty asks the nodes alone.
            nodes: The chain.
        """
        self._http = http
        self._url = url
        self._nodes = nodes

    async def price(self) -> GasPrice:
        """What gas costs now.

        Raises:
            NodeAwayError: Neither the station nor a node answers.
        """
        least = await self._nodes.first(lambda node: node.tip())
        told = await self._told()
        if told is None:
            head = await self._nodes.first(lambda node: node.head())
            return GasPrice(head.base_fee, least, least * 11 // 10, least * 13 // 10, "node")
        # A node refuses what is below its own minimum, whatever a station says.
        slow, standard, fast = (
            max(least, _wei(speed.maxPriorityFee))
            for speed in (told.safeLow, told.standard, told.fast)
        )
        return GasPrice(_wei(told.estimatedBaseFee), slow, standard, fast, "station")

    async def pol_usd(self) -> Decimal | None:
        """Dollars per POL; None where the feed does not answer with sense."""
        try:
            answer = await self._nodes.first(lambda node: node.call(POL_FEED, LATEST_ROUND))
        except NodeAwayError:
            return None
        price = int.from_bytes(answer[32:64], "big", signed=True)
        return Decimal(price).scaleb(-FEED_DECIMALS) if len(answer) >= 64 and price > 0 else None

    async def _told(self) -> _Station | None:
        if not self._url:
            return None
        try:
            answer = await self._http.get(self._url)
            answer.raise_for_status()
            told = msgspec.json.decode(answer.content, type=_Station)
        except (httpx.HTTPError, msgspec.DecodeError):
            return None
        figures = (told.estimatedBaseFee, *(s.maxPriorityFee for s in (told.standard, told.fast)))
        return told if all(0 < figure < HIGHEST_GWEI for figure in figures) else None


def _wei(gwei: Decimal) -> int:
    return int(gwei * WEI_PER_GWEI)
