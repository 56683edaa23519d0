"""Who calls: the dashboard by its own key, a holder of the API's key, or an address."""

import hmac
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from starlette.requests import Request

KEY_HEADER = "X-API-Key"


class CallerKind(StrEnum):
    """How a caller is known."""

    DASHBOARD = "dashboard"
    KEY = "key"
    ADDRESS = "address"


class Caller(NamedTuple):
    """One client, as quotas count them.

    Attributes:
        name: Tells it from others of its kind.
    """

    kind: CallerKind
    name: str


def dashboard_key(api_key: str) -> str:
    """The dashboard's own key, which gives it a quota of its own.

    It follows from the API's key, so that there is one secret to set; the API's key does not
    follow from it. Where no key is set it is the same everywhere and proves nothing: on loopback
    nothing has to be proved.

    Args:
        api_key: PETS_API_KEY; may be empty.
    """
    return hmac.new(api_key.encode(), b"pets dashboard", sha256).hexdigest()


class Callers:
    """Tells callers apart."""

    def __init__(self, api_key: str) -> None:
        """Know the keys.

        Args:
            api_key: PETS_API_KEY; empty where none is asked for.
        """
        self._key = api_key.encode()
        self._dashboard = dashboard_key(api_key).encode()

    def of(self, request: Request) -> Caller:
        """Whose request it is. A wrong key makes nobody: its address is counted."""
        given = request.headers.get(KEY_HEADER, "").encode()
        if hmac.compare_digest(given, self._dashboard):
            return Caller(CallerKind.DASHBOARD, "dashboard")
        if self._key and hmac.compare_digest(given, self._key):
            return Caller(CallerKind.KEY, "key")
        return Caller(CallerKind.ADDRESS, request.client.host if request.client else "unknown")

    def may_enter(self, caller: Caller) -> bool:
        """Whether the caller showed the key that is asked for."""
        return not self._key or caller.kind is not CallerKind.ADDRESS


def asked_by(request: Request) -> str:
    """Who asks, for the record of a command: `dashboard`, `cli` or `api`."""
    caller = getattr(request.state, "caller", None)
    if caller is not None and caller.kind is CallerKind.DASHBOARD:
        return "dashboard"
    return "cli" if request.headers.get("X-Client") == "cli" else "api"
