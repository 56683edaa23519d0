"""The dead-man switch: a credential that stops beating loses its orders (PROTOCOL.md 3.5)."""

from connectors.sandbox.identity import uuid_text

LAPSE_MS = 10_000
"""A credential is late after this long without a beat."""
SWEEP_MS = 5_000
"""How often the venue looks."""


class Heartbeats:
    """Who beats. A credential that never did is not covered."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, int]] = {}
        self._count = 0
        self._swept_ms = 0

    def beat(self, api_key: str, heartbeat_id: str, at_ms: int) -> tuple[bool, str]:
        """Take one beat.

        Args:
            api_key: Whose.
            heartbeat_id: The id of the last reply; empty for the first beat.
            at_ms: The venue's clock.

        Returns:
            Whether the id was right, and the id to send next.
        """
        expected, _ = self._last.get(api_key, ("", 0))
        if heartbeat_id != expected:
            return False, expected
        self._count += 1
        following = uuid_text("heartbeat", api_key, self._count)
        self._last[api_key] = following, at_ms
        return True, following

    def lapsed(self, at_ms: int) -> list[str]:
        """Credentials found late by a sweep; each is forgotten until it beats again."""
        if at_ms - self._swept_ms < SWEEP_MS:
            return []
        self._swept_ms = at_ms
        late = [key for key, (_, beat_ms) in self._last.items() if at_ms - beat_ms >= LAPSE_MS]
        for key in late:
            del self._last[key]
        return late
