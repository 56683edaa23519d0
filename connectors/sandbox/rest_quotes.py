"""Quotes of many tokens, histories, fees and rewards over HTTP (PROTOCOL.md 4.3 and 5.2)."""

from decimal import Decimal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.polymarket.contracts import COLLATERAL
from connectors.sandbox.frames import Frame, quote_text
from connectors.sandbox.market import Reward
from connectors.sandbox.replies import json_body, refuse, reply
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.source import Listing
from connectors.sandbox.units import json_number
from schemas.values import PIPS

MAX_ITEMS = 500
MAX_POINTS = 2_000
WINDOWS_S = {"1h": 3_600, "6h": 21_600, "1d": 86_400, "1w": 604_800, "max": 1_296_000}
MINUTE_MS = 60_000


class _Asked(msgspec.Struct, frozen=True):
    token_id: str
    side: str = ""


Found = list[tuple[_Asked, Listing, int]]


class QuotesRest:
    """Public market data in lists."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        return [
            Route("/prices", self.prices, methods=["POST"]),
            Route("/midpoints", self.midpoints, methods=["POST"]),
            Route("/spreads", self.spreads, methods=["POST"]),
            Route("/last-trades-prices", self.last_trades, methods=["POST"]),
            Route("/fee-rate", self.fee_rate),
            Route("/prices-history", self.history),
            Route("/rewards/markets/current", self.rewards),
            Route("/rewards/markets/{condition_id}", self.rewards_of),
            Route("/deployed", self.deployed),
        ]

    async def prices(self, request: Request) -> Response:
        """Best prices by token and side."""
        found = await self._found(request)
        if isinstance(found, Response):
            return found
        shown: dict[str, dict[str, str]] = {}
        for asked, listing, leg in found:
            bid, ask = listing.top(leg)
            price = quote_text(bid if asked.side.upper() == "BUY" else ask)
            shown.setdefault(asked.token_id, {})[asked.side.upper()] = price or "0"
        return reply(shown)

    async def midpoints(self, request: Request) -> Response:
        """Middles by token; one-sided books are left out."""
        found = await self._found(request)
        if isinstance(found, Response):
            return found
        tops = [(asked.token_id, listing.top(leg)) for asked, listing, leg in found]
        return reply(
            {
                token: f"{(Decimal(bid + ask) / (2 * PIPS)).normalize():f}"
                for token, (bid, ask) in tops
                if bid is not None and ask is not None
            }
        )

    async def spreads(self, request: Request) -> Response:
        """Spreads by token; one-sided books are left out."""
        found = await self._found(request)
        if isinstance(found, Response):
            return found
        tops = [(asked.token_id, listing.top(leg)) for asked, listing, leg in found]
        return reply(
            {
                token: f"{(Decimal(ask - bid) / PIPS).normalize():f}"
                for token, (bid, ask) in tops
                if bid is not None and ask is not None
            }
        )

    async def last_trades(self, request: Request) -> Response:
        """Last trades."""
        found = await self._found(request)
        if isinstance(found, Response):
            return found
        return reply(
            [
                {
                    "token_id": asked.token_id,
                    "price": quote_text(listing.state.last_trade[leg]) or "0.5",
                    "side": listing.state.last_action[leg],
                }
                for asked, listing, leg in found
            ]
        )

    async def fee_rate(self, request: Request) -> Response:
        """The legacy number, which has nothing to do with the fee charged."""
        found = self._sandbox.venue.token(request.query_params.get("token_id", ""))
        if found is None:
            return refuse("market not found", 404)
        return reply({"base_fee": 1000 if found[0].spec.fee.rate else 0})

    async def history(self, request: Request) -> Response:
        """Prices of a token at regular times; none of recorded markets."""
        query = request.query_params
        found = self._sandbox.venue.token(query.get("market", ""))
        if found is None:
            return reply({"history": []})
        now_ms = self._sandbox.venue.now_ms
        end_ms = int(query.get("endTs", now_ms // 1000)) * 1000
        span_s = WINDOWS_S.get(query.get("interval", "1d"), WINDOWS_S["1d"])
        start_ms = int(query.get("startTs", end_ms // 1000 - span_s)) * 1000
        step_ms = max(int(query.get("fidelity", "10")), 1) * MINUTE_MS
        step_ms = max(step_ms, (end_ms - start_ms) // MAX_POINTS)
        points: list[Frame] = []
        for at_ms in range(start_ms, min(end_ms, now_ms) + 1, step_ms):
            price = found[0].past_price(at_ms)
            if price is not None:
                shown = price if found[1] == 0 else 1 - price
                points.append({"t": at_ms // 1000, "p": round(shown, 4)})
        return reply({"history": points})

    async def rewards(self, request: Request) -> Response:
        """Markets that pay liquidity rewards."""
        rows = [
            _reward_row(each, each.spec.reward)
            for each in self._sandbox.venue.listings()
            if each.spec.reward is not None and each.state.is_open
        ]
        return reply({"data": rows, "next_cursor": "LTE=", "limit": 500, "count": len(rows)})

    async def rewards_of(self, request: Request) -> Response:
        """One market's rewards."""
        listing = self._sandbox.venue.market(request.path_params["condition_id"])
        reward = listing.spec.reward if listing else None
        rows = [_reward_row(listing, reward)] if listing and reward else []
        return reply({"data": rows, "next_cursor": "LTE=", "limit": 100, "count": len(rows)})

    async def deployed(self, request: Request) -> Response:
        """The relayer's answer: every wallet is on the chain, there is none."""
        return reply({"deployed": True})

    async def _found(self, request: Request) -> Found | Response:
        try:
            asked = msgspec.convert(await json_body(request), list[_Asked])
        except (msgspec.DecodeError, msgspec.ValidationError):
            return refuse("Invalid payload")
        if len(asked) > MAX_ITEMS:
            return refuse(f"Too many items in payload: {len(asked)}, max allowed: {MAX_ITEMS}")
        rows = [(item, self._sandbox.venue.token(item.token_id)) for item in asked]
        return [(item, *found) for item, found in rows if found is not None]


def _reward_row(listing: Listing, reward: Reward) -> Frame:
    return {
        "condition_id": listing.spec.condition_id,
        "rewards_max_spread": json_number(Decimal(reward.max_spread) * 100 / PIPS),
        "rewards_min_size": reward.min_size,
        "rewards_config": [
            {
                "asset_address": COLLATERAL,
                "start_date": "2026-01-01",
                "end_date": "2500-12-31",
                "rate_per_day": reward.daily,
                "total_rewards": 0,
            }
        ],
    }
