"""The venue's private REST: orders, cancels, what is open, trades, balances, heartbeat."""

from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from connectors.polymarket.auth import ApiCredentials, l1_headers, l2_headers
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.event_fields import Fields, RejectedEventError
from connectors.polymarket.order_body import batch_body
from connectors.polymarket.order_replies import (
    Accepted,
    OrderReplyWire,
    Refused,
    UnexpectedReplyError,
    read_order_reply,
)
from connectors.polymarket.replies import (
    ApiKey,
    Balance,
    Canceled,
    ClosedOnly,
    Heartbeat,
    Page,
    VenueOrder,
)
from connectors.polymarket.signer import Signer
from connectors.polymarket.user_events import UserTrade, read_trade
from connectors.polymarket.venue_http import Headers, VenueHttp

LAST_PAGE = "LTE="
MOST_CANCELS = 1000


def private_headers(
    address: str, credentials: ApiCredentials, seconds: Callable[[], int]
) -> Headers:
    """The L2 headers of each call.

    Args:
        address: The key's own address.
        credentials: The API key.
        seconds: The venue's clock.
    """

    def headers(method: str, path: str, body: bytes) -> dict[str, str]:
        return l2_headers(address, credentials, seconds(), method, path, body)

    return headers


async def obtain_credentials(
    http: VenueHttp, signer: Signer, seconds: int, drift: DriftSentinel, nonce: int = 0
) -> ApiCredentials:
    """Derive the API key of a nonce; make it when there is none.

    Args:
        http: The CLOB host.
        signer: The key.
        seconds: The venue's clock.
        drift: Reads the reply.
        nonce: Names one of several API keys.
    """
    headers = l1_headers(signer, seconds, nonce)
    body = await http.authenticate(headers)
    found = drift.read("api key", body, ApiKey)
    return ApiCredentials(found.apiKey, found.secret, found.passphrase)


class TradingRest:
    """Private calls of one API key."""

    def __init__(self, http: VenueHttp, drift: DriftSentinel) -> None:
        """Take a host whose private calls carry L2 headers."""
        self._http = http
        self._drift = drift

    async def place(self, body: bytes) -> Accepted | Refused:
        """Send one order; the bytes are `order_body`'s."""
        reply = await self._http.change("POST", "/order", body)
        return self._reply(_document(reply.body))

    async def place_batch(self, bodies: Sequence[bytes]) -> list[Accepted | Refused]:
        """Send up to 15 orders; the answers come in their order."""
        reply = await self._http.change("POST", "/orders", batch_body(bodies))
        found = _document(reply.body)
        if not isinstance(found, list) or len(found) != len(bodies):
            raise UnexpectedReplyError(
                f"Expected {len(bodies)} answers to a batch, received {str(found)[:200]}. "
                "Ask the venue for the orders by their hashes."
            )
        return [self._reply(each) for each in found]

    async def cancel(self, order_id: str) -> Canceled:
        """Cancel one order."""
        return await self._cancel("/order", msgspec.json.encode({"orderID": order_id}))

    async def cancel_many(self, order_ids: Sequence[str]) -> Canceled:
        """Cancel some orders, a thousand in a call."""
        canceled: tuple[str, ...] = ()
        refused: dict[str, str] = {}
        for start in range(0, len(order_ids), MOST_CANCELS):
            body = msgspec.json.encode(list(order_ids[start : start + MOST_CANCELS]))
            found = await self._cancel("/orders", body)
            canceled += found.canceled
            refused |= found.not_canceled
        return Canceled(canceled=canceled, not_canceled=refused)

    async def cancel_all(self) -> Canceled:
        """Cancel every order of the account."""
        return await self._cancel("/cancel-all", b"")

    async def cancel_market(self, condition_id: str = "", asset_id: str = "") -> Canceled:
        """Cancel the orders of a market, of a token, or of a token in a market."""
        named = {"market": condition_id, "asset_id": asset_id}
        body = msgspec.json.encode({name: value for name, value in named.items() if value})
        return await self._cancel("/cancel-market-orders", body)

    async def order(self, order_id: str) -> VenueOrder | None:
        """An order in any state; None when the venue does not know it."""
        body = await self._http.read(f"/data/order/{order_id}", private=True)
        if body.strip() in (b"", b"null", b"{}"):
            return None
        return self._drift.read("order", body, VenueOrder)

    async def open_orders(self, condition_id: str = "") -> list[VenueOrder]:
        """All open orders, over all pages."""
        named = {"market": condition_id} if condition_id else {}
        return [
            self._drift.read("order", bytes(raw), VenueOrder)
            async for raw in self._pages("/data/orders", named)
        ]

    async def trades(self, after: int = 0, condition_id: str = "") -> list[UserTrade]:
        """Our trades, over all pages.

        Args:
            after: Seconds UTC.
            condition_id: Of one market.
        """
        named = {"after": str(after)} if after else {}
        if condition_id:
            named["market"] = condition_id
        return [self._trade(raw) async for raw in self._pages("/data/trades", named)]

    async def balance(self, signature_type: int, token_id: str = "") -> Balance:
        """Collateral, or a token's balance, with allowances."""
        path = "/balance-allowance"
        body = await self._http.read(path, _asset(signature_type, token_id), private=True)
        return self._drift.read("balance", body, Balance)

    async def refresh_balance(self, signature_type: int, token_id: str = "") -> None:
        """Tell the venue to look at the chain again."""
        path = "/balance-allowance/update"
        await self._http.read(path, _asset(signature_type, token_id), private=True)

    async def heartbeat(self, last: str = "") -> str:
        """Send a sign of life; the id to send next.

        Raises:
            VenueRefusedError: The id was stale; its failure names the right one.
        """
        body = msgspec.json.encode({"heartbeat_id": last})
        reply = await self._http.change("POST", "/v1/heartbeats", body)
        return self._drift.read("heartbeat", reply.body, Heartbeat).heartbeat_id

    async def closed_only(self) -> bool:
        """Whether the account may only close."""
        body = await self._http.read("/auth/ban-status/closed-only", private=True)
        return self._drift.read("closed-only", body, ClosedOnly).closed_only

    async def scoring(self, order_id: str) -> bytes:
        """Whether an order scores for rewards, as the venue says it."""
        return await self._http.read("/order-scoring", {"order_id": order_id}, private=True)

    async def rate_tier(self) -> bytes:
        """The signer's tier, as the venue says it."""
        return await self._http.read("/v1/user/rate-limit-tier", private=True)

    async def earnings(self, date: str) -> bytes:
        """Liquidity rewards of a UTC day, such as 2026-11-22, as the venue says it."""
        return await self._http.read("/rewards/user/total", {"date": date}, private=True)

    def _reply(self, raw: object) -> Accepted | Refused:
        """Read what became of an order; a reply of another form stops opening."""
        try:
            found = read_order_reply(raw)
        except UnexpectedReplyError as error:
            self._drift.doubt("order reply", f"the form of order replies changed: {error}")
            raise
        self._drift.notice("order reply", raw, OrderReplyWire)
        return found

    def _trade(self, raw: msgspec.Raw) -> UserTrade:
        """Read a trade; one of another form stops opening."""
        try:
            fields = Fields(msgspec.json.decode(raw))
            found = read_trade(fields)
        except RejectedEventError as error:
            self._drift.doubt("trade", f"the form of trades changed: {error}")
            raise UnexpectedReplyError(
                f"Expected a trade in its known form, received another: {error}"
            ) from error
        self._drift.count("trade", fields.unknown)
        return found

    async def _cancel(self, path: str, body: bytes) -> Canceled:
        reply = await self._http.change("DELETE", path, body)
        return self._drift.read("cancel", reply.body, Canceled)

    async def _pages(self, path: str, named: dict[str, str]) -> AsyncIterator[msgspec.Raw]:
        cursor = ""
        while cursor != LAST_PAGE:
            parameters = {**named, "next_cursor": cursor} if cursor else named
            body = await self._http.read(path, parameters, private=True)
            page = self._drift.read(f"page of {path}", body, Page)
            for raw in page.data:
                yield raw
            if page.next_cursor == cursor:
                raise UnexpectedReplyError(
                    f"Expected {path} to go on after {cursor!r}, received the same cursor again."
                )
            cursor = page.next_cursor or LAST_PAGE


def _asset(signature_type: int, token_id: str) -> dict[str, str]:
    kind = {"asset_type": "COLLATERAL"}
    if token_id:
        kind = {"asset_type": "CONDITIONAL", "token_id": token_id}
    return {**kind, "signature_type": str(signature_type)}


def _document(body: bytes) -> object:
    try:
        found: object = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise UnexpectedReplyError(
            f"Expected JSON as the reply to an order, received {body[:80]!r}."
        ) from error
    return found
