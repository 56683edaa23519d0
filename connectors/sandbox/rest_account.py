"""What a caller may read about itself: orders, trades, balances, restrictions (PROTOCOL.md 3.4)."""

import base64
import binascii
from collections.abc import Sequence

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.polymarket.contracts import EXCHANGE_V2, EXCHANGE_V3, NEG_RISK_EXCHANGE_V2
from connectors.sandbox.frames import Frame
from connectors.sandbox.mirror import YES
from connectors.sandbox.private import private
from connectors.sandbox.register import Caller, Placed
from connectors.sandbox.replies import json_body, refuse, reply
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.units import DOLLAR
from schemas.values import MICRO

FIRST_PAGE, LAST_PAGE = "MA==", "LTE="
PAGE = 100
EXCHANGES = (EXCHANGE_V2, NEG_RISK_EXCHANGE_V2, EXCHANGE_V3)
UNLIMITED = str(2**256 - 1)
_FILTERS = ("id", "market", "asset_id")


class AccountRest:
    """Reads of the private side."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        handlers = [
            ("/data/orders", self.open_orders),
            ("/data/order/{order_id}", self.order),
            ("/data/trades", self.trades),
            ("/balance-allowance", self.balance),
            ("/balance-allowance/update", self.update_balance),
            ("/auth/ban-status/closed-only", self.closed_only),
            ("/order-scoring", self.scoring),
            ("/notifications", self.notifications),
            ("/v1/user/rate-limit-tier", self.tier),
        ]
        routes = [private(self._sandbox, path, "GET", handler) for path, handler in handlers]
        routes.append(private(self._sandbox, "/orders-scoring", "POST", self.scoring_many))
        routes.append(private(self._sandbox, "/notifications", "DELETE", self.drop_notifications))
        return routes

    async def open_orders(self, request: Request, caller: Caller) -> Response:
        """The caller's open orders; an order asked for by id is shown in any state."""
        query, desk = request.query_params, self._sandbox.desk
        desk.follow_up.read_journal()
        placed = desk.register.by_id.get(query.get("id", ""))
        if placed is not None:
            rows = [placed.row()] if caller.sees(placed.api_key) else []
        else:
            rows = [placed.row() for placed in desk.open_for(caller)]
        return _page([row for row in rows if _wanted(row, query)], query)

    async def order(self, request: Request, caller: Caller) -> Response:
        """One order in any state."""
        self._sandbox.desk.follow_up.read_journal()
        placed = self._mine(request.path_params["order_id"], caller)
        return reply(placed.row()) if placed else refuse("order not found", 404)

    async def trades(self, request: Request, caller: Caller) -> Response:
        """The caller's trades, newest first."""
        query, desk = request.query_params, self._sandbox.desk
        desk.follow_up.read_journal()
        rows = []
        for trade in reversed(desk.settlement.trades.values()):
            if not _between(trade.matched_ms, query):
                continue
            for api_key, takes in trade.owners().items():
                if caller.sees(api_key):
                    row = trade.row(api_key, takes=takes)
                    rows.append({**row, "status": f"TRADE_STATUS_{trade.status}"})
        keys = (*_FILTERS, "maker_address")
        return _page([row for row in rows if _wanted(row, query, keys)], query)

    async def balance(self, request: Request, caller: Caller) -> Response:
        """Balance of collateral or of a token in 6 decimals, and the exchanges' allowances."""
        query = request.query_params
        owner = self._owner(caller, query.get("signature_type", "0"))
        if owner is None:
            return refuse("invalid signature type")
        desk, accounts = self._sandbox.desk, self._sandbox.venue.accounts
        desk.welcome(owner)
        if query.get("asset_type") == "COLLATERAL":
            units = accounts.cash[owner] * MICRO // DOLLAR
        else:
            found = self._sandbox.venue.token(query.get("token_id", ""))
            if found is None:
                return refuse("invalid token id")
            units = accounts.held(owner, found[0].spec.condition_id, found[1])
        allowances = dict.fromkeys(EXCHANGES, UNLIMITED)
        return reply({"balance": str(units), "allowances": allowances})

    async def update_balance(self, request: Request, caller: Caller) -> Response:
        """Look at the chain again: nothing to do here, balances are never stale."""
        return reply({})

    async def closed_only(self, request: Request, caller: Caller) -> Response:
        """Whether the caller may only close positions."""
        restricted = self._sandbox.desk.restrictions
        return reply({"closed_only": caller.address.lower() in restricted.closed_only})

    async def scoring(self, request: Request, caller: Caller) -> Response:
        """Whether an order earns liquidity rewards now."""
        placed = self._mine(request.query_params.get("order_id", ""), caller)
        return reply({"scoring": placed is not None and self._scores(placed)})

    async def scoring_many(self, request: Request, caller: Caller) -> Response:
        """The same for several orders."""
        ids = await json_body(request)
        if not isinstance(ids, list):
            return refuse("Invalid payload")
        found = {str(order_id): self._mine(str(order_id), caller) for order_id in ids}
        return reply({key: row is not None and self._scores(row) for key, row in found.items()})

    async def notifications(self, request: Request, caller: Caller) -> Response:
        """The sandbox has none to give."""
        return reply([])

    async def drop_notifications(self, request: Request, caller: Caller) -> Response:
        """Mark notifications as read."""
        return reply("OK")

    async def tier(self, request: Request, caller: Caller) -> Response:
        """The signer's rate limits."""
        tier = self._sandbox.signers.tier
        return reply(
            {
                "tier": tier.name,
                "orders_per_second": tier.orders[0],
                "orders_burst": tier.orders[1],
                "cancels_per_second": tier.cancels[0],
                "cancels_burst": tier.cancels[1],
            }
        )

    def _mine(self, order_id: str, caller: Caller) -> Placed | None:
        placed = self._sandbox.desk.register.by_id.get(order_id)
        return placed if placed is not None and caller.sees(placed.api_key) else None

    def _owner(self, caller: Caller, signature_type: str) -> str | None:
        if not signature_type.isdecimal() or int(signature_type) > 3:
            return None
        return self._sandbox.identity.wallet(caller, int(signature_type))

    def _scores(self, placed: Placed) -> bool:
        reward = placed.spec.reward
        listing = self._sandbox.venue.market(placed.spec.condition_id)
        bid, ask = listing.top(YES) if listing else (None, None)
        if reward is None or bid is None or ask is None:
            return False
        left = placed.size - placed.matched
        near = abs(2 * placed.order.yes_pips - bid - ask) < 2 * reward.max_spread
        return placed.status == "LIVE" and left >= reward.min_size * MICRO and near


def _page(rows: Sequence[Frame], query: QueryParams) -> Response:
    start = _offset(query.get("next_cursor", FIRST_PAGE) or FIRST_PAGE)
    if start is None:
        return refuse("invalid next_cursor")
    shown = rows[start : start + PAGE]
    end = start + len(shown)
    following = base64.b64encode(str(end).encode()).decode() if end < len(rows) else LAST_PAGE
    return reply(
        {"data": list(shown), "next_cursor": following, "limit": PAGE, "count": len(shown)}
    )


def _offset(cursor: str) -> int | None:
    try:
        return max(int(base64.b64decode(cursor, validate=True)), 0)
    except (binascii.Error, ValueError):
        return None


def _wanted(row: Frame, query: QueryParams, keys: Sequence[str] = _FILTERS) -> bool:
    return all(row[key] == query[key] for key in keys if key in query)


def _between(at_ms: int, query: QueryParams) -> bool:
    after, before = query.get("after", ""), query.get("before", "")
    if after.isdecimal() and at_ms // 1000 < int(after):
        return False
    return not (before.isdecimal() and at_ms // 1000 > int(before))
