"""What every channel is: a name, where it sends to, and one call."""

from typing import Protocol

import msgspec

from schemas.errors import InfrastructureError
from schemas.ops import Severity

TIMEOUT_S = 10.0


class ChannelError(InfrastructureError):
    """A channel did not take a notice; the sentence says what to correct, without secrets."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent.

    Attributes:
        title: A few words: severity, rule and scope.
        text: What happened.
        action: What to do.
        at: Session time, ms UTC.
        mode: Data and money, e.g. `simulated 10x, paper`.
    """

    alert_id: str
    rule: str
    scope: str
    severity: Severity
    title: str
    text: str
    action: str
    at: int
    mode: str

    def plain(self) -> str:
        """The notice as a short letter."""
        return f"{self.text}\n\nWhat to do: {self.action}\n\nPETS, {self.mode}"


class Channel(Protocol):
    """One way to an operator."""

    @property
    def name(self) -> str:
        """A word: webhook, telegram, mail."""

    @property
    def target(self) -> str:
        """Where it sends to, without secrets."""

    async def send(self, notice: Notice) -> None:
        """Send a notice.

        Raises:
            ChannelError: It was not taken.
        """
