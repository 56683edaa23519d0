"""Live data v2: the prices that windows settle on, heard or not (PROTOCOL.md 6.5).

What a market maker needs of a reference price is to know that it is still told: each price becomes
a `FeedStatus` of `CHANNEL/SYMBOL`, and a loss of the connection one that says so. A price that the
venue only carries forward, because its own source is silent, does not count as heard.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec
import structlog

from configs.clock import SessionClock
from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.subscriptions import Frame
from connectors.polymarket.venue_ws import VenueSocket
from schemas.ids import derive_id
from schemas.market import FeedStatus

log = structlog.get_logger(__name__)

NAME = "reference"
CHANNEL = "price.crypto"
FORM = 1
"""The version of frames that is read."""


class LivePrice(NamedTuple):
    """A price as it was told; `at` is the source's time, ms UTC.

    Attributes:
        seq: Of the subscription.
        text: Dollars, exact.
    """

    symbol: str
    at: int
    seq: int
    text: str


class Refusal(NamedTuple):
    """The venue did not take what was asked."""

    channel: str
    code: str


class _Payload(msgspec.Struct, frozen=True):
    symbol: str
    timestamp: int
    full_accuracy_value: str
    is_carried_forward: bool = False


class _Head(msgspec.Struct, frozen=True):
    op: str = ""
    code: str = ""
    v: int = 0
    channel: str = ""
    seq: int = 0
    snapshot: bool = False
    payload: msgspec.Raw = msgspec.Raw(b"null")


def read_live(frame: str | bytes) -> LivePrice | Refusal | None:
    """Read one frame; None for acknowledgements, snapshots, and what other channels say.

    Raises:
        msgspec.DecodeError: The frame has another form than the documented one.
    """
    head = msgspec.json.decode(frame, type=_Head)
    if head.op == "error":
        return Refusal(head.channel, head.code)
    if head.op or head.v != FORM or head.channel != CHANNEL or head.snapshot:
        return None
    price = msgspec.json.decode(head.payload, type=_Payload)
    if price.is_carried_forward:
        return None
    return LivePrice(price.symbol.lower(), price.timestamp, head.seq, price.full_accuracy_value)


def feed_of(symbol: str) -> str:
    """The name under which `FeedStatus` speaks of a symbol's price."""
    return f"{CHANNEL}/{symbol}"


class LiveDataSocket(VenueSocket):
    """Follows the prices of some symbols.

    Attributes:
        published: Prices handed on.
        detail: Why something is not heard, one sentence; empty while all is well.
    """

    ping_after_s = None
    frozen_after_s = 30.0

    def __init__(
        self,
        url: str,
        credentials: ApiCredentials,
        symbols: Sequence[str],
        publish: Callable[[FeedStatus], Awaitable[None]],
        clock: SessionClock,
    ) -> None:
        """Wire it.

        Args:
            url: Address of the channel.
            credentials: The venue's L2 key; the channel wants one.
            symbols: As the channel spells them, e.g. "btcusd"; at most 64.
            publish: The log.
            clock: Session time.
        """
        super().__init__(NAME, url, self._take, self._say)
        self.published = 0
        self.detail = ""
        self._credentials = credentials
        self._symbols = symbols
        self._publish = publish
        self._clock = clock
        self._heard: dict[str, int] = {}

    def first_frames(self) -> Sequence[Frame]:
        """Who we are and which prices we follow; carries the secret and is never logged."""
        known = self._credentials
        auth = {
            "apiKey": known.key,
            "secret": known.secret_text,
            "passphrase": known.passphrase,
        }
        wanted = [{"channel": CHANNEL, "filter": {"symbol": symbol}} for symbol in self._symbols]
        return [
            {"op": "auth", "auth": auth, "rid": "1"},
            {"op": "subscribe", "subscriptions": wanted, "rid": "2"},
        ]

    async def _take(self, frame: str | bytes) -> None:
        try:
            said = read_live(frame)
        except msgspec.DecodeError as error:
            self.detail = f"A price could not be read: {error}."
            log.warning("price left out", feed=NAME, error=str(error))
            return
        if isinstance(said, Refusal):
            self.detail = f"The venue refused a price subscription: {said.code}."
            log.warning("subscription refused", feed=NAME, code=said.code)
        elif said is not None:
            now = self._clock.now_ms()
            self._heard[said.symbol] = now
            self.published += 1
            await self._publish(_status(said.symbol, said.at, now, now, said.text, said.seq))

    async def _say(self, connected: bool, reason: str) -> None:
        """Tell of a loss at once; that it is back is told by the next price."""
        self.detail = "" if connected else f"Not connected: {reason}."
        if connected:
            return
        now = self._clock.now_ms()
        for symbol, heard in self._heard.items():
            await self._publish(_status(symbol, now, now, heard, reason, 0, connected=False))


def _status(
    symbol: str,
    at: int,
    now: int,
    heard_at: int,
    detail: str,
    seq: int,
    *,
    connected: bool = True,
) -> FeedStatus:
    return FeedStatus(
        event_id=derive_id(NAME, symbol, at, seq, int(connected)),
        event_time=at,
        ingest_time=now,
        source=NAME,
        feed=feed_of(symbol),
        connected=connected,
        heard_at=heard_at,
        detail=detail,
    )
