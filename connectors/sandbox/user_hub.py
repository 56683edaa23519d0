"""Sockets of the user channel: each belongs to a credential and hears of its orders and trades."""

from collections.abc import Iterable

from connectors.sandbox.follow_up import Notice
from connectors.sandbox.frames import encode
from connectors.sandbox.hub import SocketGroup, Subscriber


class UserSubscriber(Subscriber):
    """One authenticated socket.

    Attributes:
        api_key: The credential; empty before the first frame.
        markets: Condition ids it follows; None for all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.api_key = ""
        self.markets: set[str] | None = None

    def wants(self, notice: Notice) -> bool:
        """Whether a frame is for this socket."""
        if not self.api_key or notice.api_key != self.api_key:
            return False
        return self.markets is None or notice.condition_id in self.markets


class UserHub(SocketGroup[UserSubscriber]):
    """All sockets of the user channel."""

    def deliver(self, notices: Iterable[Notice]) -> None:
        """Hand frames to the sockets of their owners."""
        for notice in notices:
            for subscriber in self.subscribers:
                if subscriber.wants(notice):
                    subscriber.send(encode(notice.frame))
