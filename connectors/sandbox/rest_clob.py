"""The CLOB's public side over HTTP: books, quotes, market parameters, clock (PROTOCOL.md 5.2)."""

from decimal import Decimal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.clob import clob_market, rest_book
from connectors.sandbox.frames import Frame, quote_text
from connectors.sandbox.replies import json_body, refuse, reply
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.source import Listing
from connectors.sandbox.units import json_number
from schemas.values import PIPS

NO_BOOK = "No orderbook exists for the requested token id"
MAX_BOOKS = 500


class _TokenRequest(msgspec.Struct, frozen=True):
    token_id: str


class ClobRest:
    """Public market data of the venue."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        return [
            Route("/time", self.time),
            Route("/version", self.version),
            Route("/book", self.book),
            Route("/books", self.books, methods=["POST"]),
            Route("/clob-markets/{condition_id}", self.market),
            Route("/markets-by-token/{token_id}", self.by_token),
            Route("/tick-size", self.tick_size),
            Route("/neg-risk", self.neg_risk),
            Route("/price", self.price),
            Route("/midpoint", self.midpoint),
            Route("/spread", self.spread),
            Route("/last-trade-price", self.last_trade),
        ]

    async def time(self, request: Request) -> Response:
        """The venue's clock in whole seconds."""
        return reply(self._sandbox.clock_ms() // 1000)

    async def version(self, request: Request) -> Response:
        """The order version that is accepted."""
        return reply({"version": 2})

    async def book(self, request: Request) -> Response:
        """One book."""
        found = self._token(request)
        return reply(self._book(*found)) if found else refuse(NO_BOOK, 404)

    async def books(self, request: Request) -> Response:
        """Several books; unknown tokens are left out."""
        try:
            asked = msgspec.convert(await json_body(request), list[_TokenRequest])
        except (msgspec.DecodeError, msgspec.ValidationError):
            return refuse("Invalid payload")
        if len(asked) > MAX_BOOKS:
            return refuse(f"Too many items in payload: {len(asked)}, max allowed: {MAX_BOOKS}")
        rows = [self._sandbox.venue.token(item.token_id) for item in asked]
        return reply([self._book(*row) for row in rows if row is not None])

    async def market(self, request: Request) -> Response:
        """A market in short keys."""
        listing = self._sandbox.venue.market(request.path_params["condition_id"])
        return reply(clob_market(listing)) if listing else refuse("market not found", 404)

    async def by_token(self, request: Request) -> Response:
        """The condition of a token."""
        found = self._sandbox.venue.token(request.path_params["token_id"])
        if found is None:
            return refuse("market not found", 404)
        spec = found[0].spec
        primary, secondary = spec.token_ids
        return reply(
            {
                "condition_id": spec.condition_id,
                "primary_token_id": primary,
                "secondary_token_id": secondary,
            }
        )

    async def tick_size(self, request: Request) -> Response:
        """The tick size of a token."""
        found = self._token(request)
        if found is None:
            return refuse("market not found", 404)
        return reply({"minimum_tick_size": json_number(Decimal(found[0].tick) / PIPS)})

    async def neg_risk(self, request: Request) -> Response:
        """Whether a token belongs to a neg-risk event."""
        found = self._token(request)
        if found is None:
            return refuse("market not found", 404)
        return reply({"neg_risk": found[0].spec.neg_risk})

    async def price(self, request: Request) -> Response:
        """The best bid for BUY, the best ask for SELL; 0 on an empty side."""
        found, side = self._token(request), request.query_params.get("side", "").upper()
        if side not in ("BUY", "SELL"):
            return refuse("Invalid side")
        if found is None:
            return refuse(NO_BOOK, 404)
        bid, ask = found[0].top(found[1])
        return reply({"price": quote_text(bid if side == "BUY" else ask) or "0"})

    async def midpoint(self, request: Request) -> Response:
        """The middle between the best prices."""
        quotes = self._quotes(request)
        if quotes is None:
            return refuse(NO_BOOK, 404)
        middle = Decimal(quotes[0] + quotes[1]) / (2 * PIPS)
        return reply({"mid": f"{middle.normalize():f}"})

    async def spread(self, request: Request) -> Response:
        """Best ask less best bid."""
        quotes = self._quotes(request)
        if quotes is None:
            return refuse(NO_BOOK, 404)
        return reply({"spread": f"{(Decimal(quotes[1] - quotes[0]) / PIPS).normalize():f}"})

    async def last_trade(self, request: Request) -> Response:
        """The last trade of a token; side is empty without one."""
        found = self._token(request)
        if found is None:
            return refuse(NO_BOOK, 404)
        state, leg = found[0].state, found[1]
        price = quote_text(state.last_trade[leg])
        return reply({"price": price or "0.5", "side": state.last_action[leg]})

    def _book(self, listing: Listing, leg: int) -> Frame:
        return rest_book(self._sandbox.faults.book(listing.book(leg)))

    def _token(self, request: Request) -> tuple[Listing, int] | None:
        return self._sandbox.venue.token(request.query_params.get("token_id", ""))

    def _quotes(self, request: Request) -> tuple[int, int] | None:
        found = self._token(request)
        bid, ask = found[0].top(found[1]) if found else (None, None)
        return None if bid is None or ask is None else (bid, ask)
