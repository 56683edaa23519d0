"""Data API v2 over HTTP: public trades, activity, positions, holders, leaderboard (PROTOCOL.md 7).

Everything is computed from the trades of this run (`connectors.sandbox.activity`).
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Iterable, Sequence

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.activity import Activity, PublicTrade, money_number
from connectors.sandbox.data_rows import (
    MIN_SHARES,
    activity_row,
    holder_row,
    leader_row,
    past_row,
    position_row,
    resolution_row,
    trade_row,
)
from connectors.sandbox.frames import Frame
from connectors.sandbox.mirror import LEGS
from connectors.sandbox.replies import refuse, reply
from connectors.sandbox.sandbox import Sandbox
from schemas.values import MICRO

PAGE, MAX_PAGE = 100, 1_000
MAX_CONDITIONS = 20

_Rows = Callable[[Request], Sequence[Frame] | str]


class DataRest:
    """The public record."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        paged: list[tuple[str, _Rows]] = [
            ("/v2/trades", self.trades),
            ("/v2/activity", self.activity),
            ("/v2/positions", self.positions),
            ("/v2/holders", self.holders),
            ("/v2/leaderboard", self.leaderboard),
        ]
        routes = [Route(path, _paged(rows)) for path, rows in paged]
        return [
            *routes,
            Route("/v2/resolutions", self.resolutions),
            Route("/v2/value", self.value),
            Route("/v2/status", self.status),
        ]

    def trades(self, request: Request) -> Sequence[Frame] | str:
        """Public trades, newest first; takers' sides only unless asked otherwise."""
        query = request.query_params
        takers = query.get("taker_only", "true").lower() != "false"
        return _limited(query) or [
            trade_row(trade)
            for trade in self._trades(query)
            if trade.takes or not takers or "user" in query
        ]

    def activity(self, request: Request) -> Sequence[Frame] | str:
        """What a wallet did, newest first."""
        query = request.query_params
        if "user" not in query:
            return "user is required"
        return _limited(query) or [activity_row(trade) for trade in self._trades(query)]

    def positions(self, request: Request) -> Sequence[Frame] | str:
        """What a wallet holds, the most valuable first."""
        query = request.query_params
        if "user" not in query:
            return "user is required"
        wallet, rows = query["user"].lower(), []
        wanted = set(query.get("status", "").split(","))
        for name, held in self._record.holdings.items():
            if name.lower() != wallet:
                continue
            for holding in held.values():
                listing = self._sandbox.venue.market(holding.spec.condition_id)
                if holding.size >= MIN_SHARES * MICRO or "CLOSED" in wanted:
                    rows.append(position_row(name, holding, listing))
        if wanted & {"CLOSED", "ALL", "REDEEMABLE_LOST"}:
            rows += [past_row(each) for each in self._record.past(wallet)]
        return sorted(rows, key=lambda row: (-float(str(row["current_value"])), str(row["slug"])))

    def holders(self, request: Request) -> Sequence[Frame] | str:
        """Who holds the tokens of a market."""
        query = request.query_params
        wanted = query.getlist("condition_id")
        if not wanted:
            return "condition_id is required"
        return [
            holder_row(wallet, holding)
            for condition_id in wanted
            for leg in LEGS
            for wallet, holding in self._record.holders(condition_id, leg)
            if holding.size >= MIN_SHARES * MICRO
        ]

    def leaderboard(self, request: Request) -> Sequence[Frame] | str:
        """Wallets by realised profit or by volume; one wallet's ranks where `user` is given."""
        query, record = request.query_params, self._record
        wallets = record.wallets()
        by_profit = sorted(wallets, key=lambda wallet: (-record.profit(wallet), wallet))
        by_volume = sorted(wallets, key=lambda wallet: (-record.volume(wallet), wallet))
        order = by_volume if query.get("sort_by", "PNL").upper() == "VOLUME" else by_profit
        rows = [leader_row(rank, wallet, record) for rank, wallet in enumerate(order, start=1)]
        if "user" not in query:
            return rows
        user = query["user"].lower()
        mine = [row for row in rows if str(row["user_id"]).lower() == user]
        for row in mine:
            wallet = str(row["user_id"])
            row["rank_pnl"] = by_profit.index(wallet) + 1
            row["rank_volume"] = by_volume.index(wallet) + 1
        return mine

    async def resolutions(self, request: Request) -> Response:
        """Oracle states of markets."""
        wanted = request.query_params.getlist("condition_id")
        listings = (self._sandbox.venue.market(condition_id) for condition_id in wanted)
        now_ms = self._sandbox.venue.now_ms
        return reply({"data": [resolution_row(each, now_ms) for each in listings if each]})

    async def value(self, request: Request) -> Response:
        """What a wallet's positions are worth."""
        rows = self.positions(request)
        if isinstance(rows, str):
            return refuse(rows)
        total = sum(float(str(row["current_value"])) for row in rows)
        user = request.query_params["user"]
        return reply({"data": {"user_id": user, "value": round(total, 6)}})

    async def status(self, request: Request) -> Response:
        """How far the record reaches."""
        return reply({"data": {"last_trade": self._record.last_number}})

    @property
    def _record(self) -> Activity:
        self._sandbox.desk.follow_up.read_journal()
        return self._sandbox.desk.follow_up.activity

    def _trades(self, query: QueryParams) -> Iterable[PublicTrade]:
        """Trades that fit a query, newest first."""
        user, side = query.get("user", "").lower(), query.get("side", "").upper()
        conditions = set(query.getlist("condition_id"))
        least = float(query.get("filter_amount", "0") or 0)
        after, before = query.get("start", ""), query.get("end", "")
        for trade in reversed(self._record.trades):
            seconds = trade.at_ms // 1000
            if (
                (not user or trade.wallet.lower() == user)
                and side in ("", trade.action.value)
                and (not conditions or trade.spec.condition_id in conditions)
                and (not least or money_number(trade.size * trade.pips) >= least)
                and (not after.isdecimal() or seconds >= int(after))
                and (not before.isdecimal() or seconds <= int(before))
            ):
                yield trade


def _limited(query: QueryParams) -> str:
    """Why a query asks for too much; empty where it does not."""
    count = len(query.getlist("condition_id"))
    if count <= MAX_CONDITIONS:
        return ""
    return f"too many condition ids: {count}, max {MAX_CONDITIONS}"


def _paged(rows: _Rows) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        query = request.query_params
        limit_text = query.get("limit", str(PAGE))
        start = _offset(query.get("cursor", "")) if "cursor" in query else 0
        found = rows(request)
        if isinstance(found, str):
            return refuse(found)
        if start is None or not limit_text.isdecimal():
            return refuse("invalid limit or cursor")
        limit = min(int(limit_text), MAX_PAGE)
        shown, more = found[start : start + limit], start + limit < len(found)
        following = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
        page = {
            "limit": limit,
            "offset": start,
            "has_more": more,
            "next_cursor": following if more else None,
        }
        return reply({"data": list(shown), "pagination": page})

    return endpoint


def _offset(cursor: str) -> int | None:
    try:
        return max(int(base64.urlsafe_b64decode(cursor)), 0)
    except (binascii.Error, ValueError):
        return None
