"""The CLOB's order endpoints over HTTP: placing, cancelling, beating (PROTOCOL.md 3.4, 3.5)."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.frames import Frame
from connectors.sandbox.private import charge, closed, private
from connectors.sandbox.register import Caller
from connectors.sandbox.replies import UNAUTHORIZED, json_body, refuse, reply
from connectors.sandbox.sandbox import Sandbox

MAX_ORDERS = 15
MAX_CANCELS = 1_000
BAD_HEARTBEAT = "Invalid Heartbeat ID"


class _CancelOne(msgspec.Struct, frozen=True):
    order_id: str = msgspec.field(name="orderID")


class _CancelMarket(msgspec.Struct, frozen=True):
    market: str = ""
    asset_id: str = ""


class _Beat(msgspec.Struct, frozen=True):
    heartbeat_id: str


class OrdersRest:
    """The venue's order desk."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        handlers = [
            ("/order", "POST", self.place),
            ("/orders", "POST", self.place_many),
            ("/order", "DELETE", self.cancel),
            ("/orders", "DELETE", self.cancel_many),
            ("/cancel-all", "DELETE", self.cancel_all),
            ("/cancel-market-orders", "DELETE", self.cancel_market),
            ("/v1/heartbeats", "POST", self.beat),
        ]
        return [private(self._sandbox, path, method, run) for path, method, run in handlers]

    async def place(self, request: Request, caller: Caller) -> Response:
        """Place one order; a refusal is a status 400."""
        body = await json_body(request)
        headers, refused = self._admit(caller, [body])
        if refused is not None:
            return refused
        answer = self._answer(body, caller)
        if answer["success"]:
            return reply(answer, headers=headers)
        return reply({"error": answer["errorMsg"]}, 400, headers)

    async def place_many(self, request: Request, caller: Caller) -> Response:
        """Place up to 15 orders; each has its own answer."""
        bodies = msgspec.convert(await json_body(request), list[object])
        if len(bodies) > MAX_ORDERS:
            return refuse(f"Too many orders in payload: {len(bodies)}, max allowed: {MAX_ORDERS}")
        headers, refused = self._admit(caller, bodies)
        if refused is not None:
            return refused
        return reply([self._answer(body, caller) for body in bodies], headers=headers)

    async def cancel(self, request: Request, caller: Caller) -> Response:
        """Cancel one order."""
        asked = msgspec.convert(await json_body(request), _CancelOne)
        return self._cancelled([asked.order_id], caller)

    async def cancel_many(self, request: Request, caller: Caller) -> Response:
        """Cancel orders by id."""
        ids = msgspec.convert(await json_body(request), list[str])
        if len(ids) > MAX_CANCELS:
            return refuse(f"Too many orders in payload: {len(ids)}, max allowed: {MAX_CANCELS}")
        return self._cancelled(ids, caller)

    async def cancel_all(self, request: Request, caller: Caller) -> Response:
        """Cancel everything the caller has open."""
        return self._cancelled_where(caller, _CancelMarket())

    async def cancel_market(self, request: Request, caller: Caller) -> Response:
        """Cancel what the caller has open in a market or a token."""
        asked = msgspec.convert(await json_body(request), _CancelMarket)
        return self._cancelled_where(caller, asked)

    async def beat(self, request: Request, caller: Caller) -> Response:
        """Keep the caller's orders alive; a wrong id is answered with the right one."""
        asked = msgspec.convert(await json_body(request), _Beat)
        beats, now_ms = self._sandbox.desk.heartbeats, self._sandbox.clock_ms()
        right, following = beats.beat(caller.api_key, asked.heartbeat_id, now_ms)
        if right:
            return reply({"heartbeat_id": following})
        wrong = {"error": BAD_HEARTBEAT, "error_msg": BAD_HEARTBEAT, "heartbeat_id": following}
        return reply(wrong, 400)

    def _answer(self, body: object, caller: Caller) -> Frame:
        answer = self._sandbox.desk.place(body, caller)
        return self._sandbox.order_faults.answer(answer)

    def _admit(
        self, caller: Caller, bodies: list[object]
    ) -> tuple[dict[str, str], Response | None]:
        """Whether orders may come in now."""
        if self._sandbox.authenticator.is_readonly(caller.api_key):
            return {}, refuse(UNAUTHORIZED, 401)
        resting = all(isinstance(body, dict) and body.get("postOnly") is True for body in bodies)
        shut = closed(self._sandbox, cancels=False, post_only=resting)
        if shut is not None:
            return {}, shut
        return charge(self._sandbox, caller, len(bodies), cancels=False)

    def _cancelled(self, ids: list[str], caller: Caller) -> Response:
        shut = closed(self._sandbox, cancels=True)
        if shut is not None:
            return shut
        headers, refused = charge(self._sandbox, caller, len(ids), cancels=True)
        if refused is not None:
            return refused
        return reply(self._sandbox.desk.cancel(ids, caller), headers=headers)

    def _cancelled_where(self, caller: Caller, asked: _CancelMarket) -> Response:
        shut = closed(self._sandbox, cancels=True)
        if shut is not None:
            return shut
        desk = self._sandbox.desk
        cost = 1 + len(desk.open_for(caller, asked.market, asked.asset_id))
        headers, refused = charge(self._sandbox, caller, cost, cancels=True)
        if refused is not None:
            return refused
        return reply(desk.cancel_where(caller, asked.market, asked.asset_id), headers=headers)
