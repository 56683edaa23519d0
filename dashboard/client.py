"""The typed client of the API; every failure is a sentence for the panel that asked."""

import os
import time
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote

import httpx
import msgspec

from dashboard.answers.envelope import Answer
from dashboard.answers.overview import (
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
        return self.get("/status", Answer[Status])

    def portfolio(self) -> Answer[Portfolio]:
        """The account now."""
        return self.get("/risk/metrics", Answer[Portfolio])

    def equity(self) -> Answer[Equity]:
        """The account's equity over time."""
        return self.get("/metrics/portfolio", Answer[Equity], points=300)

    def bots(self) -> Answer[list[Bot]]:
        """Every bot."""
        return self.get("/bots", Answer[list[Bot]])

    def positions(self) -> Answer[list[Position]]:
        """Open positions."""
        return self.get("/positions", Answer[list[Position]])

    def denials(self) -> Answer[list[Denial]]:
        """The newest denied intents."""
        return self.get("/risk/denials", Answer[list[Denial]], limit=200)

    def halt(self, reason: str) -> CommandResult:
        """No new risk, orders cancelled, positions stay."""
        return self._command("/risk/halt", {"reason": reason})

    def emergency_halt(self, reason: str) -> CommandResult:
        """A halt that also unwinds positions passively."""
        return self._command("/risk/emergency-halt", {"reason": reason})

    def resume(self, phrase: str, reason: str) -> CommandResult:
        """End a halt."""
        return self._command("/risk/resume", {"phrase": phrase, "reason": reason})

    def bot_command(self, bot_id: str, verb: str, reason: str) -> CommandResult:
        """Start, pause, resume, stop or emergency-halt one bot."""
        return self._command(f"/bots/{part(bot_id)}/{verb}", {"reason": reason})

    def rearm(self, scope: str, phrase: str, reason: str, confirms: str = "") -> CommandResult:
        """Close a drawdown breaker of a bot, or, in two steps, of the portfolio."""
        body = {"phrase": phrase, "reason": reason, "confirms": confirms}
        return self._command(f"/risk/rearm/{part(scope)}", body)

    def get(self, path: str, kind: type[T], **query: object) -> T:
        """What a path answers.

        Args:
            path: Below `/api/v1`.
            kind: The answer's type; another form is an error.
            query: What is asked for; None and the empty text are left out.

        Raises:
            ApiError: It does not answer, refuses, or answers in another form.
        """
        if time.monotonic() < self._paused_until:
            raise ApiAwayError("The API does not answer in time.")
        return self._read(self._request("GET", path, None, READ_S, query), kind)

    def send(self, method: str, path: str, kind: type[T], body: object, tag: str = "") -> T:
        """What a path answers to a change.

        Args:
            method: POST, PUT or DELETE.
            path: Below `/api/v1`.
            kind: The answer's type.
            body: What is sent, as JSON.
            tag: The entity tag that the change rests on; empty for none.

        Raises:
            ApiError: It does not answer, refuses, or answers in another form.
        """
        headers = {"If-Match": tag} if tag else {}
        return self._read(self._request(method, path, body, COMMAND_S, headers=headers), kind)

    def _command(self, path: str, body: Mapping[str, str]) -> CommandResult:
        return self.send("POST", path, CommandResult, body)

    def _request(
        self,
        method: str,
        path: str,
        body: object,
        timeout_s: float,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        asked = {
            name: str(value) for name, value in (query or {}).items() if value not in (None, "")
        }
        try:
            reply = self._http.request(
                method, path, params=asked or None, json=body, headers=headers, timeout=timeout_s
            )
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


def part(text: str) -> str:
    """An id as one part of a path, whatever is in it."""
    return quote(text, safe="")
