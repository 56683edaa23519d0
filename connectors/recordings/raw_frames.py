"""Frames of the market channel as they were sent, a frame (or an array of them) a line.

Today's form passes unchanged. The form of 2024, `changes` of one token, is written in today's; both
say the same. A line may carry `received_at` (ms) of its recorder; else the venue's time counts.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from connectors.polymarket.wire import split_frame
from connectors.recordings.facts import Facts, recorded_market
from connectors.recordings.files import LINES, Shape, raw_lines
from connectors.recordings.item import Item, Listing, VenueFrame
from schemas.errors import ApplicationError
from schemas.ids import MarketId

NEEDED = frozenset({"event_type", "market"})
SECONDS = 100_000_000_000
"""A time stamp below this is in seconds."""
FINE = 10
"""Grid of a market that no file describes, pips: every price the venue has at most of the time."""


class _Change(msgspec.Struct):
    price: str
    size: str
    side: str


class _Frame(msgspec.Struct):
    event_type: str
    market: str
    asset_id: str = ""
    timestamp: str = ""
    changes: list[_Change] = []
    received_at: int = 0


_decode = msgspec.json.Decoder(_Frame, strict=False).decode


class RawFrames:
    """The venue's own frames."""

    name = "venue-frames"
    about = "Frames of the market channel, as today or as in 2024, with their hashes."

    def fits(self, shape: Shape) -> int:
        """How many fields it knows; more than any other reader of lines."""
        return len(shape.fields) + 1 if shape.kind == LINES and shape.fields >= NEEDED else 0

    def learn(self, path: Path, facts: Facts) -> None:
        """Tokens of markets that no other file describes: the first one seen counts as YES."""
        tokens: dict[MarketId, list[str]] = {}
        for _, frame, _ in _frames(path):
            seen = tokens.setdefault(MarketId(frame.market), [])
            if frame.asset_id and frame.asset_id not in seen:
                seen.append(frame.asset_id)
        for market_id, seen in tokens.items():
            if market_id not in facts.markets and seen:
                named = (seen[0], seen[1] if len(seen) > 1 else f"unseen-{seen[0]}")
                facts.add(recorded_market(market_id, market_id, tokens=named, tick=FINE))

    def play(self, path: Path, facts: Facts) -> Iterator[Item]:
        """The frames in the order of the file, which is that of their receipt."""
        listed: set[str] = set()
        now = 0
        for payload, frame, received in _frames(path):
            now = max(now, received)
            market = facts.markets.get(MarketId(frame.market))
            if market is not None and frame.market not in listed:
                listed.add(frame.market)
                yield Listing(now, market)
            yield VenueFrame(now, _today(payload, frame))


def _frames(path: Path) -> Iterator[tuple[bytes, _Frame, int]]:
    """Payload, what it says, and when it came."""
    for number, line in enumerate(raw_lines(path), start=1):
        try:
            for payload in split_frame(line):
                frame = _decode(payload)
                yield payload, frame, frame.received_at or _millis(frame.timestamp)
        except (msgspec.DecodeError, ValueError) as error:
            raise ApplicationError(
                f"Expected a frame of the market channel in line {number} of {path.name}, "
                f"received {line[:80]!r}: {error}."
            ) from error


def _millis(timestamp: str) -> int:
    value = int(timestamp or 0)
    return value if value > SECONDS else value * 1_000


def _today(payload: bytes, frame: _Frame) -> bytes:
    """A change of 2024 in today's form; everything else as it is."""
    if not frame.changes:
        return payload
    changes = [
        {"asset_id": frame.asset_id, "price": each.price, "size": each.size, "side": each.side}
        for each in frame.changes
    ]
    return msgspec.json.encode(
        {
            "event_type": frame.event_type,
            "market": frame.market,
            "timestamp": frame.timestamp,
            "price_changes": changes,
        }
    )
