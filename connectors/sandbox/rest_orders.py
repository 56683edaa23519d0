"""The CLOB's private side over HTTP: placing, cancelling and listing orders (PROTOCOL.md 3.4)."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.orders import BAD_PAYLOAD
from connectors.sandbox.replies import UNAUTHORIZED, caller_of, json_body, refuse, reply
from connectors.sandbox.sandbox import Sandbox

MAX_ORDERS = 15
MAX_CANCELS = 1_000
LAST_PAGE = "LTE="

Handler = Callable[[Request, str], Awaitable[Response]]


class _CancelOne(msgspec.Struct, frozen=True):
    order_id: str = msgspec.field(name="orderID")


class _CancelMarket(msgspec.Struct, frozen=True):
    market: str = ""
    asset_id: str = ""


class OrdersRest:
    """The venue's order desk."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        return [
            self._private("/order", "POST", self.place),
            self._private("/orders", "POST", self.place_many),
            self._private("/order", "DELETE", self.cancel),
            self._private("/orders", "DELETE", self.cancel_many),
            self._private("/cancel-all", "DELETE", self.cancel_all),
            self._private("/cancel-market-orders", "DELETE", self.cancel_market),
            self._private("/data/orders", "GET", self.open_orders),
        ]

    async def place(self, request: Request, caller: str) -> Response:
        """Place one order; a refusal is a status 400."""
        answer = self._sandbox.desk.place(await json_body(request), caller)
        return reply(answer) if answer["success"] else refuse(str(answer["errorMsg"]))

    async def place_many(self, request: Request, caller: str) -> Response:
        """Place up to 15 orders; each has its own answer."""
        bodies = msgspec.convert(await json_body(request), list[object])
        if len(bodies) > MAX_ORDERS:
            return refuse(f"Too many orders in payload: {len(bodies)}, max allowed: {MAX_ORDERS}")
        return reply([self._sandbox.desk.place(body, caller) for body in bodies])

    async def cancel(self, request: Request, caller: str) -> Response:
        """Cancel one order."""
        asked = msgspec.convert(await json_body(request), _CancelOne)
        return reply(self._sandbox.desk.cancel([asked.order_id], caller))

    async def cancel_many(self, request: Request, caller: str) -> Response:
        """Cancel orders by id."""
        ids = msgspec.convert(await json_body(request), list[str])
        if len(ids) > MAX_CANCELS:
            return refuse(f"Too many orders in payload: {len(ids)}, max allowed: {MAX_CANCELS}")
        return reply(self._sandbox.desk.cancel(ids, caller))

    async def cancel_all(self, request: Request, caller: str) -> Response:
        """Cancel everything the caller has open."""
        return reply(self._sandbox.desk.cancel_where(caller))

    async def cancel_market(self, request: Request, caller: str) -> Response:
        """Cancel what the caller has open in a market or a token."""
        asked = msgspec.convert(await json_body(request), _CancelMarket)
        return reply(self._sandbox.desk.cancel_where(caller, asked.market, asked.asset_id))

    async def open_orders(self, request: Request, caller: str) -> Response:
        """The caller's open orders, all on one page."""
        query = request.query_params
        rows = [
            row
            for row in self._sandbox.desk.open_orders(caller)
            if all(row[key] == query[key] for key in ("id", "market", "asset_id") if key in query)
        ]
        return reply({"data": rows, "next_cursor": LAST_PAGE, "limit": 500, "count": len(rows)})

    def _private(self, path: str, method: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            caller = await caller_of(self._sandbox, request)
            if caller is None:
                return refuse(UNAUTHORIZED, 401)
            try:
                return await handler(request, caller)
            except (msgspec.DecodeError, msgspec.ValidationError):
                return refuse(BAD_PAYLOAD)

        return Route(path, endpoint, methods=[method])
