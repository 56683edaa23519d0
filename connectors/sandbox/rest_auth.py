"""API keys over HTTP (PROTOCOL.md 2.1)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.sandbox.auth import BAD_L1, TAKEN, Credential, Kind
from connectors.sandbox.private import private
from connectors.sandbox.register import Caller
from connectors.sandbox.replies import refuse, reply
from connectors.sandbox.sandbox import Sandbox


class AuthRest:
    """Creates, lists and deletes credentials."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[Route]:
        """Paths and what answers them."""
        sandbox = self._sandbox
        routes = [
            Route("/auth/api-key", self.create, methods=["POST"]),
            Route("/auth/derive-api-key", self.derive),
            private(sandbox, "/auth/api-keys", "GET", self.listed),
            private(sandbox, "/auth/api-key", "DELETE", self.delete),
        ]
        for path, listed, kind in (
            ("/auth/readonly-api-key", "/auth/readonly-api-keys", "readonly"),
            ("/auth/builder-api-key", "/auth/builder-api-key", "builder"),
        ):
            further = _Further(sandbox, "readonly" if kind == "readonly" else "builder")
            routes.append(private(sandbox, path, "POST", further.create))
            routes.append(private(sandbox, listed, "GET", further.listed))
            routes.append(private(sandbox, path, "DELETE", further.delete))
        return routes

    async def create(self, request: Request) -> Response:
        """A new key; 400 where the nonce has one already."""
        return self._answer(request, create=True)

    async def derive(self, request: Request) -> Response:
        """The key of a nonce."""
        return self._answer(request, create=False)

    async def listed(self, request: Request, caller: Caller) -> Response:
        """Ids of the caller's keys."""
        keys = self._sandbox.authenticator.keys_of(caller.address)
        return reply({"apiKeys": [key.api_key for key in keys]})

    async def delete(self, request: Request, caller: Caller) -> Response:
        """Forget the key that the request is made with."""
        self._sandbox.authenticator.delete(caller.address, caller.api_key)
        return reply("OK")

    def _answer(self, request: Request, *, create: bool) -> Response:
        credentials = self._sandbox.authenticator
        owner = credentials.l1_owner(request.headers, self._sandbox.clock_ms())
        if owner is None:
            return refuse(BAD_L1, 401)
        made = credentials.create(*owner) if create else credentials.derive(*owner)
        return reply(_shown(made)) if made else refuse(TAKEN)


class _Further:
    """Read-only and builder keys of a caller."""

    def __init__(self, sandbox: Sandbox, kind: Kind) -> None:
        self._sandbox = sandbox
        self._kind = kind

    async def create(self, request: Request, caller: Caller) -> Response:
        """A new key."""
        made = self._sandbox.authenticator.create_further(caller.address, self._kind)
        shown = _shown(made)
        if self._kind == "builder":
            shown["key"] = shown.pop("apiKey")
        return reply(shown)

    async def listed(self, request: Request, caller: Caller) -> Response:
        """Ids of the caller's keys of this kind."""
        keys = self._sandbox.authenticator.keys_of(caller.address, self._kind)
        ids = [key.api_key for key in keys]
        return reply(ids if self._kind == "builder" else {"readonlyApiKeys": ids})

    async def delete(self, request: Request, caller: Caller) -> Response:
        """Forget the newest key of this kind."""
        keys = self._sandbox.authenticator.keys_of(caller.address, self._kind)
        if not keys:
            return refuse("no such api key", 404)
        self._sandbox.authenticator.delete(caller.address, keys[-1].api_key)
        return reply("OK")


def _shown(credential: Credential) -> dict[str, str]:
    return {
        "apiKey": credential.api_key,
        "secret": credential.secret,
        "passphrase": credential.passphrase,
    }
