"""Entity tags on what is read: an answer whose data has not changed is 304 without a body.

The tag leaves out `as_of` and `age_s`: they move while the data rests. They come in headers.
"""

import re
from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

AS_OF_HEADER = "X-As-Of"
LARGEST = 4 * 1024 * 1024
_AGE = re.compile(rb'"as_of":(\d+),"age_s":[-+.e\d]+')
_TAIL = 500


class Conditional:
    """Tags JSON answers to reads, and answers `If-None-Match`."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app.

        Args:
            app: What answers.
        """
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Tagging(Headers(scope=scope), send))


class _Tagging:
    """Holds one answer back until its tag is known; what is no JSON passes as it comes."""

    def __init__(self, asked: Headers, send: Send) -> None:
        self._asked = asked
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_taggable(message):
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        start, self._start = self._start, None
        await self._answer(start, self._body)

    async def _answer(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(scope=start)
        tail = body[-_TAIL:]
        age = _AGE.search(tail)
        steady = body[:-_TAIL] + _AGE.sub(b"", tail) if age else body
        tag = f'W/"{blake2b(steady, digest_size=12).hexdigest()}"'
        headers.setdefault("ETag", tag)
        headers.setdefault("Cache-Control", "no-cache")
        if age is not None:
            headers[AS_OF_HEADER] = age[1].decode()
        wanted = [each.strip() for each in self._asked.get("if-none-match", "").split(",")]
        if headers["ETag"] in wanted or "*" in wanted:
            del headers["content-length"]
            del headers["content-type"]
            await self._send({**start, "status": 304})
            await self._send({"type": "http.response.body", "body": b""})
            return
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_taggable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "")
    size = int(headers.get("content-length", LARGEST + 1))
    return start["status"] == 200 and kind.startswith("application/json") and size <= LARGEST
