"""Requests that are sent twice are done once: answers are kept by their idempotency key."""

import asyncio
from collections import OrderedDict
from hashlib import blake2b
from typing import NamedTuple

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.callers import READS
from api.problems import problem

HEADER = "Idempotency-Key"
REPLAYED = b"idempotency-replayed"
KEPT = 2_000
LARGEST_BODY = 65_536
LARGEST_ANSWER = 65_536


class _Answer(NamedTuple):
    digest: str
    messages: tuple[Message, ...]


class Repeats:
    """Keeps the last answers to writes that came with a key, per caller."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app.

        Args:
            app: What answers.
        """
        self._app = app
        self._answers: OrderedDict[tuple[str, str], _Answer] = OrderedDict()
        self._turns: dict[tuple[str, str], asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or repeat the answer it had."""
        if scope["type"] != "http" or scope["method"] in READS:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get(HEADER, "")
        if not given:
            await self._app(scope, receive, send)
            return
        caller = getattr(request.state, "caller", None)
        key = (caller.name if caller else "", given[:256])
        turn = self._turns.setdefault(key, asyncio.Lock())
        try:
            async with turn:
                await self._in_turn(key, request, receive, send)
        finally:
            if not turn.locked():
                self._turns.pop(key, None)

    async def _in_turn(
        self, key: tuple[str, str], request: Request, receive: Receive, send: Send
    ) -> None:
        body = await _body(receive)
        if body is None:
            reply = problem(
                413,
                "body-too-large",
                f"Expected at most {LARGEST_BODY} bytes with {HEADER}, received more.",
                "Send a smaller body.",
            )
            await reply(request.scope, receive, send)
            return
        what = f"{request.method} {request.url.path}?{request.url.query}".encode()
        digest = blake2b(what + b"\n" + body, digest_size=16).hexdigest()
        known = self._answers.get(key)
        if known is None:
            await self._first_time(key, digest, body, request, receive, send)
        elif known.digest == digest:
            await _replay(known, send)
        else:
            reply = problem(
                422,
                "idempotency-mismatch",
                f"Expected the request that this {HEADER} came with before, received another.",
                "Use a new key for a new request.",
            )
            await reply(request.scope, receive, send)

    async def _first_time(
        self,
        key: tuple[str, str],
        digest: str,
        body: bytes,
        request: Request,
        receive: Receive,
        send: Send,
    ) -> None:
        said: list[Message] = []
        given = False

        async def receive_again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send_on(message: Message) -> None:
            said.append(message)
            await send(message)

        await self._app(request.scope, receive_again, send_on)
        size = sum(len(each.get("body", b"")) for each in said)
        # What failed on our side may be sent again; ids that follow from the key keep it single.
        if said and said[0]["status"] < 500 and size <= LARGEST_ANSWER:
            self._answers[key] = _Answer(digest, tuple(said))
            if len(self._answers) > KEPT:
                self._answers.popitem(last=False)


async def _replay(known: _Answer, send: Send) -> None:
    start, *rest = known.messages
    headers = [*start["headers"], (REPLAYED, b"true")]
    await send({**start, "headers": headers})
    for message in rest:
        await send(message)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        part = message.get("body", b"")
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)
