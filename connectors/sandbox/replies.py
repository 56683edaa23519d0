"""HTTP replies in the venue's form."""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

UNAUTHORIZED = "Unauthorized/Invalid api key"


def reply(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON reply."""
    return Response(
        msgspec.json.encode(content),
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/json",
    )


def refuse(reason: str, status: int = 400) -> Response:
    """An error reply, `{"error": reason}`."""
    return reply({"error": reason}, status)


async def json_body(request: Request) -> object:
    """The decoded body.

    Raises:
        msgspec.DecodeError: The body is not JSON.
    """
    decoded: object = msgspec.json.decode(await request.body())
    return decoded
