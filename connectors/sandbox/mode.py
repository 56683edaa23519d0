"""What the matching engine takes: everything, or less around a restart (PROTOCOL.md 8.4)."""

from enum import StrEnum
from typing import NamedTuple

RESTART_MS = 90_000
POST_ONLY_MS = 120_000


class Mode(StrEnum):
    """The engine's state."""

    OPEN = "open"
    RESTARTING = "restarting"
    POST_ONLY = "post_only"
    CANCEL_ONLY = "cancel_only"
    DISABLED = "disabled"


class Closed(NamedTuple):
    """Why an order endpoint does not take a request.

    Attributes:
        status: HTTP status.
        body: The reply's fields; empty for an empty body.
        retry_after_s: For the `Retry-After` header.
    """

    status: int
    body: dict[str, object]
    retry_after_s: int


class EngineMode:
    """The state, and when it ends by itself."""

    def __init__(self) -> None:
        self._mode = Mode.OPEN
        self._until_ms = 0

    def restart(self, now_ms: int, restart_ms: int = RESTART_MS) -> None:
        """Answer 425 for a while, then take only post-only orders for two minutes."""
        self._mode, self._until_ms = Mode.RESTARTING, now_ms + restart_ms

    def enter(self, mode: Mode, until_ms: int) -> None:
        """Stay in a state until a time, ms of the venue's clock."""
        self._mode, self._until_ms = mode, until_ms

    def now(self, now_ms: int) -> Mode:
        """The state at a time."""
        if self._mode is Mode.RESTARTING and now_ms >= self._until_ms:
            self._mode, self._until_ms = Mode.POST_ONLY, self._until_ms + POST_ONLY_MS
        if self._mode is not Mode.OPEN and now_ms >= self._until_ms:
            self._mode = Mode.OPEN
        return self._mode

    def refusal(self, now_ms: int, *, cancels: bool, post_only: bool) -> Closed | None:
        """Why a request is not taken now.

        Args:
            now_ms: The venue's clock.
            cancels: Whether the request cancels.
            post_only: Whether all orders of the request are post-only.
        """
        mode, left_s = self.now(now_ms), max(-(-(self._until_ms - now_ms) // 1000), 1)
        match mode:
            case Mode.RESTARTING:
                return Closed(425, {}, left_s)
            case Mode.DISABLED:
                return Closed(503, {"error": "trading is disabled"}, left_s)
            case Mode.CANCEL_ONLY if not cancels:
                return Closed(503, {"error": "Trading is currently cancel-only"}, left_s)
            case Mode.POST_ONLY if not cancels and not post_only:
                text = "post-only mode: only post-only orders and cancels are allowed"
                body = {"error": text, "code": "post_only_mode", "retry_after_seconds": left_s}
                return Closed(503, body, left_s)
            case _:
                return None
