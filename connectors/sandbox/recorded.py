"""The recorded source: real order books of settled markets, played lap after lap.

A lap is the whole recording. Laps follow one another without a gap at multiples of 15 minutes from
the recorded time, so that windows start on the quarter hour of the venue's clock, and whoever
starts the venue again finds the lap where it would be. Lap 0 is the recording at its own times and
ids; every other lap has ids of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from connectors.sandbox.fees import SCHEDULES
from connectors.sandbox.frames import Dispatch, Frame, new_market
from connectors.sandbox.identity import bytes32
from connectors.sandbox.journal import Journal
from connectors.sandbox.market import MarketSpec, VenueEvent
from connectors.sandbox.recorded_market import RecordedMarket
from connectors.sandbox.recording import CREDIT, Recording, Window
from connectors.sandbox.source import play
from schemas.values import MICRO

RESOLVES_AFTER_MS = 1_000
"""From the last recorded book to the announcement of the payout."""
KEPT_CLOSED = 20
"""Resolved markets that stay visible."""


class _Showing(NamedTuple):
    """One window in one lap; times moved, ms UTC."""

    window: Window
    lap: int
    shift_ms: int

    @property
    def listed_ms(self) -> int:
        return self.window.first_ms + self.shift_ms

    @property
    def resolves_ms(self) -> int:
        last = max(self.window.last_ms, self.window.end_ms)
        return last + RESOLVES_AFTER_MS + self.shift_ms


class Recorded:
    """All recorded markets that are open at a time, and those that follow.

    Args:
        seed: Part of the ids of all laps but lap 0.
        start_ms: Venue time at which it starts, ms UTC.
        recording: The recorded books.
        laps: How many laps to play from the one that `start_ms` lies in; None also shows what is
            still open from the lap before, and goes on for ever.
        journal: Where markets write what happens to orders.
    """

    def __init__(
        self,
        seed: int,
        start_ms: int,
        recording: Recording,
        laps: int | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._seed = seed
        self._journal = journal
        self._recording = recording
        windows = recording.windows
        self._lap_ms = windows[-1].end_ms - windows[0].start_ms
        lap = (start_ms - windows[0].first_ms) // self._lap_ms
        self._next = (lap if laps else lap - 1) * len(windows)
        self._stop = (lap + laps) * len(windows) if laps else None
        self._open: list[RecordedMarket] = []
        self._closed: list[RecordedMarket] = []
        while self._showing(self._next).resolves_ms <= start_ms:
            self._next += 1
        self._list(start_ms)
        for market in self._open:
            market.skip_to(start_ms)

    def listings(self) -> list[RecordedMarket]:
        """The open markets, the earliest window first, then those resolved lately."""
        return [*self._open, *self._closed]

    def advance(self, to_ms: int) -> list[Dispatch]:
        """Frames up to a time, in order."""
        out = self._list(to_ms)
        for market in self._open:
            out += market.advance(to_ms)
        self._retire()
        out.sort(key=lambda dispatch: dispatch.at_ms)
        return out

    def _list(self, to_ms: int) -> list[Dispatch]:
        """Open the markets whose first book is due, and announce them."""
        out: list[Dispatch] = []
        while self._next != self._stop and self._showing(self._next).listed_ms <= to_ms:
            showing = self._showing(self._next)
            self._next += 1
            market = self._market(showing)
            self._open.append(market)
            at_ms, tokens = showing.listed_ms, market.spec.token_ids
            frame = new_market(market.spec, at_ms)
            out.append(Dispatch(at_ms, frame, tokens, gated=True, broadcast=True))
        return out

    def _retire(self) -> None:
        resolved = [market for market in self._open if not market.state.is_open]
        if resolved:
            self._open = [market for market in self._open if market.state.is_open]
            self._closed = [*self._closed, *resolved][-KEPT_CLOSED:]

    def _showing(self, position: int) -> _Showing:
        windows = self._recording.windows
        lap, index = divmod(position, len(windows))
        return _Showing(windows[index], lap, lap * self._lap_ms)

    def _market(self, showing: _Showing) -> RecordedMarket:
        return RecordedMarket(
            _spec(showing, self._seed),
            self._recording.snapshots(showing.window),
            showing.shift_ms,
            showing.resolves_ms,
            showing.window.yes_payout,
            self._journal,
        )


def _spec(showing: _Showing, seed: int) -> MarketSpec:
    window, shift_ms = showing.window, showing.shift_ms
    start_ms = window.start_ms + shift_ms
    slug = f"{window.slug.rsplit('-', 1)[0]}-{start_ms // 1000}"
    derived = bytes32("recorded", seed, window.condition_id, showing.lap)
    moved = f" Played again {shift_ms / 1000:+.0f} s from its own time." if shift_ms else ""
    return MarketSpec(
        condition_id=window.condition_id if showing.lap == 0 else derived,
        slug=slug,
        question=window.question,
        description=(
            "RECORDED. Real order books of a settled market: this market resolves to "
            f'"{window.outcomes[0]}" if the price at the end of the window named in the title is '
            f"not below the price at its beginning.{moved} {CREDIT}"
        ),
        outcomes=window.outcomes,
        category=window.category,
        label="recorded",
        listed_ms=showing.listed_ms,
        end_ms=window.end_ms + shift_ms,
        event=VenueEvent(
            slug=slug,
            title=window.question,
            series_slug="btc-up-or-down-15m",
            series_title="BTC Up or Down 15m",
        ),
        tick=100,
        min_size=5 * MICRO,
        fee=SCHEDULES["crypto"],
        window_start_ms=start_ms,
        automatically_resolved=True,
        resolution_source="https://data.chain.link/streams/btc-usd",
    )


def recorded_frames(
    seed: int = 0,
    start_ms: int | None = None,
    duration_ms: int | None = None,
    recording: Recording | None = None,
) -> Iterator[tuple[int, Frame]]:
    """The recorded markets' frames, without a server.

    Args:
        seed: Part of the ids of moved laps.
        start_ms: Venue time of the first frame, ms UTC; None plays the recording once, at its own
            times and under its own condition ids.
        duration_ms: How long to play; None plays one lap to its last resolution.
        recording: The recorded books; those of the package by default.

    Yields:
        Venue time and frame; `new_market` frames carry each market's metadata.
    """
    recording = recording or Recording()
    windows = recording.windows
    begin_ms = windows[0].first_ms if start_ms is None else start_ms
    whole = windows[-1].last_ms + RESOLVES_AFTER_MS - windows[0].first_ms
    source = Recorded(seed, begin_ms, recording, laps=1 if start_ms is None else None)
    return play(source, begin_ms, whole if duration_ms is None else duration_ms)
