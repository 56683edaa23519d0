"""Private endpoints: who calls, whether the engine takes it, what it costs the signer."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.limits import Charge
from connectors.sandbox.orders import BAD_PAYLOAD
from connectors.sandbox.register import Caller
from connectors.sandbox.replies import UNAUTHORIZED, refuse, reply
from connectors.sandbox.sandbox import Sandbox

Handler = Callable[[Request, Caller], Awaitable[Response]]


async def caller_of(sandbox: Sandbox, request: Request) -> Caller | None:
    """Whose request it is; None where it must be refused with 401."""
    body = await request.body()
    return sandbox.authenticator.caller(
        request.headers, request.method, request.url.path, body, sandbox.clock_ms()
    )


def private(sandbox: Sandbox, path: str, method: str, handler: Handler) -> Route:
    """A route that only knows callers reach; a body of the wrong shape is a status 400."""

    async def endpoint(request: Request) -> Response:
        caller = await caller_of(sandbox, request)
        if caller is None:
            return refuse(UNAUTHORIZED, 401)
        try:
            return await handler(request, caller)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return refuse(BAD_PAYLOAD)

    return Route(path, endpoint, methods=[method])


def closed(sandbox: Sandbox, *, cancels: bool, post_only: bool = False) -> Response | None:
    """The reply of an engine that does not take such a request now; None where it does."""
    why = sandbox.mode.refusal(sandbox.clock_ms(), cancels=cancels, post_only=post_only)
    if why is None:
        return None
    headers = {"Retry-After": str(why.retry_after_s)}
    if not why.body:
        return Response(status_code=why.status, headers=headers)
    return reply(why.body, why.status, headers)


def charge(
    sandbox: Sandbox, caller: Caller, cost: int, *, cancels: bool
) -> tuple[dict[str, str], Response | None]:
    """Take tokens from the signer's bucket.

    Returns:
        The rate-limit headers of the reply, and the 429 where the bucket is empty.
    """
    now_ms = sandbox.clock_ms()
    signer = caller.address or caller.api_key
    taken = sandbox.signers.charge(signer, cost, now_ms, cancels=cancels)
    headers = _headers(sandbox, taken, now_ms)
    if taken.passed:
        return headers, None
    wait_s = -(-taken.wait_ms // 1000)
    headers["Retry-After"] = str(wait_s)
    body = {"error": "rate limited", "retry_after_seconds": taken.wait_ms / 1000}
    return headers, reply(body, 429, headers)


def _headers(sandbox: Sandbox, taken: Charge, now_ms: int) -> dict[str, str]:
    return {
        "Poly-RateLimit-Remaining": f"{taken.remaining:.4g}",
        "Poly-RateLimit-Reset": str(-(-(now_ms + taken.wait_ms) // 1000)),
        "Poly-RateLimit-Tier": sandbox.signers.tier.name,
    }
