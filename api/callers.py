"""Who calls and what they may: the dashboard, a holder of a key, or an address."""

import hmac
import re
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from starlette.requests import HTTPConnection, Request

from api.keys import KeyFile, Role

KEY_HEADER = "X-API-Key"
READS = frozenset({"GET", "HEAD", "OPTIONS"})
_ROOT = "/api/v1"
_QUESTIONS = frozenset({f"{_ROOT}/risk/what-if"})
_TRADES = re.compile(rf"{_ROOT}/(?:orders|positions|wallet)(?:/.*)?|{_ROOT}/bots/[^/]+/config")


class CallerKind(StrEnum):
    """How a caller is known."""

    DASHBOARD = "dashboard"
    KEY = "key"
    ADDRESS = "address"


class Caller(NamedTuple):
    """One client, as quotas count them.

    Attributes:
        name: Tells it from others of its kind.
        role: What it may do; None where a key is asked for and none was shown.
    """

    kind: CallerKind
    name: str
    role: Role | None = Role.TRADE


def dashboard_key(api_key: str) -> str:
    """The dashboard's own key, which gives it a quota of its own.

    It follows from the API's key, so that there is one secret to set; the API's key does not
    follow from it. Where no key is set it is the same everywhere and proves nothing: on loopback
    nothing has to be proved.

    Args:
        api_key: PETS_API_KEY; may be empty.
    """
    return hmac.new(api_key.encode(), b"pets dashboard", sha256).hexdigest()


def role_needed(method: str, path: str) -> Role:
    """What a request takes.

    Args:
        method: HTTP method.
        path: Of the URL.
    """
    if method in READS or path in _QUESTIONS:
        return Role.READ
    return Role.TRADE if _TRADES.fullmatch(path) else Role.OPERATE


class Callers:
    """Tells callers apart."""

    def __init__(self, api_key: str, keys: KeyFile) -> None:
        """Know the keys.

        Args:
            api_key: PETS_API_KEY, which may everything; empty where there is none.
            keys: Further keys, each with its role.
        """
        self._key = api_key.encode()
        self._keys = keys
        self._dashboard = dashboard_key(api_key).encode()

    def ask_for_keys(self) -> bool:
        """Whether anybody has to show one.

        Raises:
            ConfigurationError: The file of keys is not one.
        """
        return bool(self._key or self._keys.good())

    def of(self, request: HTTPConnection) -> Caller:
        """Whose request it is. A wrong key makes nobody: its address is counted.

        Raises:
            ConfigurationError: The file of keys is not one.
        """
        asked = self.ask_for_keys()
        text = request.headers.get(KEY_HEADER, "")
        given = text.encode()
        if hmac.compare_digest(given, self._dashboard):
            may = Role.TRADE if self._key or not asked else None
            return Caller(CallerKind.DASHBOARD, "dashboard", may)
        if self._key and hmac.compare_digest(given, self._key):
            return Caller(CallerKind.KEY, "key", Role.TRADE)
        if given and (known := self._keys.find(text)) is not None:
            return Caller(CallerKind.KEY, known.name, known.role)
        address = request.client.host if request.client else "unknown"
        return Caller(CallerKind.ADDRESS, address, None if asked else Role.TRADE)


def asked_by(request: Request) -> str:
    """Who asks, for the record of a command: `dashboard`, `cli`, a key's name or `api`."""
    caller = getattr(request.state, "caller", None)
    if caller is not None and caller.kind is CallerKind.DASHBOARD:
        return "dashboard"
    if request.headers.get("X-Client") == "cli":
        return "cli"
    if caller is not None and caller.kind is CallerKind.KEY and caller.name != "key":
        return f"api: {caller.name}"
    return "api"
