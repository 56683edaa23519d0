"""The typed client of the API; every failure is a sentence for the panel that asked."""

import os
import time
from typing import TypeVar

import httpx
import msgspec

from dashboard.answers import (
    Answer,
    Bot,
    CommandResult,
    Denial,
    Equity,
    Portfolio,
    Position,
    Status,
)

T = TypeVar("T")

READ_S = 4.0
COMMAND_S = 15.0
"""Longer than the API waits for the log and for the gate."""
PAUSE_S = 2.0
"""After the API hung once, reads fail at once for so long, so that buttons stay quick."""


class ApiError(Exception):
    """The API does not answer, or refuses; the message is for the operator."""


class ApiAwayError(ApiError):
    """Nothing answers."""


class ApiClient:
    """Reads panels' data and sends commands."""

    def __init__(
        self, url: str, key: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        """Name the API.

        Args:
            url: Its address, without a path.
            key: The dashboard's key.
            transport: Another transport than the network, for tests.
        """
        self._http = httpx.Client(
            base_url=f"{url}/api/v1",
            headers={"X-API-Key": key} if key else {},
            transport=transport,
        )
        self._paused_until = float("-inf")

    @classmethod
    def from_environment(cls) -> "ApiClient":
        """The API that PETS_API_URL and PETS_API_KEY name."""
        url = os.environ.get("PETS_API_URL", "http://127.0.0.1:8000")
        return cls(url, os.environ.get("PETS_API_KEY", ""))

    def status(self) -> Answer[Status]:
        """The whole system at a glance."""
        return self._get("/status", Answer[Status])

    def portfolio(self) -> Answer[Portfolio]:
        """The account now."""
        return self._get("/risk/metrics", Answer[Portfolio])

    def equity(self) -> Answer[Equity]:
        """The account's equity over time."""
        return self._get("/metrics/portfolio?points=300", Answer[Equity])

    def bots(self) -> Answer[list[Bot]]:
        """Every bot."""
        return self._get("/bots", Answer[list[Bot]])

    def positions(self) -> Answer[list[Position]]:
        """Open positions."""
        return self._get("/positions", Answer[list[Position]])

    def denials(self) -> Answer[list[Denial]]:
        """The newest denied intents."""
        return self._get("/risk/denials?limit=200", Answer[list[Denial]])

    def halt(self, reason: str) -> CommandResult:
        """No new risk, orders cancelled, positions stay."""
        return self._post("/risk/halt", {"reason": reason})

    def emergency_halt(self, reason: str) -> CommandResult:
        """A halt that also unwinds positions passively."""
        return self._post("/risk/emergency-halt", {"reason": reason})

    def resume(self, phrase: str, reason: str) -> CommandResult:
        """End a halt."""
        return self._post("/risk/resume", {"phrase": phrase, "reason": reason})

    def _get(self, path: str, kind: type[T]) -> T:
        if time.monotonic() < self._paused_until:
            raise ApiAwayError("The API does not answer in time.")
        return self._read(self._request("GET", path, None, READ_S), kind)

    def _post(self, path: str, body: dict[str, str]) -> CommandResult:
        return self._read(self._request("POST", path, body, COMMAND_S), CommandResult)

    def _request(
        self, method: str, path: str, body: dict[str, str] | None, timeout_s: float
    ) -> httpx.Response:
        try:
            reply = self._http.request(method, path, json=body, timeout=timeout_s)
        except httpx.TimeoutException as error:
            self._paused_until = time.monotonic() + PAUSE_S
            raise ApiAwayError("The API does not answer in time.") from error
        except httpx.TransportError as error:
            raise ApiAwayError("The API does not answer.") from error
        if reply.is_success:
            return reply
        try:
            problem = reply.json()
            detail, hint = problem["detail"], problem.get("hint", "")
        except (ValueError, KeyError, TypeError):
            detail, hint = f"The API answered {reply.status_code}.", ""
        raise ApiError(f"{detail} {hint}".strip())

    @staticmethod
    def _read(reply: httpx.Response, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(reply.content, type=kind, strict=False)
        except msgspec.DecodeError as error:
            raise ApiError(
                f"The API answered in a form this dashboard does not know ({error}). "
                "Run both in the same version."
            ) from error
