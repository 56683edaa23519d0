"""The simulated source: markets with makers, takers and fair values of their own.

Deterministic in seed and start: the frames do not depend on how often it is asked to advance.
"""

import heapq
from collections.abc import Iterator
from typing import Literal

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.catalogue import BALLOTS, LARGE_SLOTS, QUIET_SLOTS
from connectors.sandbox.coin import coin_of
from connectors.sandbox.crowd import Crowd
from connectors.sandbox.frames import Dispatch, Frame, new_market
from connectors.sandbox.game_seat import GameSeat
from connectors.sandbox.games import PLACES
from connectors.sandbox.mirror import LEGS
from connectors.sandbox.questions import SLOTS
from connectors.sandbox.source import play
from connectors.sandbox.stories import Wire
from connectors.sandbox.tenure import BallotSeat, Seat, SlotSeat
from connectors.sandbox.windows import WindowSeat
from connectors.sandbox.world_market import Surroundings, WorldMarket

WorldSize = Literal["small", "large", "quiet"]


def seats_of(size: WorldSize) -> tuple[Seat, ...]:
    """The places of a world.

    Args:
        size: `small`: twenty lively markets of days to months and a 15-minute window; `large`:
            these and a few hundred quiet ones of all kinds, with news, matches and wallets;
            `quiet`: the large one without the small one, for days played in minutes.
    """
    if size == "small":
        return (*(SlotSeat(slot) for slot in SLOTS), WindowSeat())
    seats: tuple[Seat, ...] = (
        *(SlotSeat(slot) for slot in (LARGE_SLOTS if size == "large" else QUIET_SLOTS)),
        *(BallotSeat(each, index) for each in BALLOTS for index in range(len(each.outcomes))),
        *(GameSeat(place) for place in range(PLACES)),
    )
    return (*seats, WindowSeat()) if size == "large" else seats


class World:
    """All simulated markets.

    Args:
        seed: Same seed and start, same world.
        start_ms: Venue time at which it starts, ms UTC.
        activity: Factor on all arrival rates; 1 is about fifty frames a virtual second.
        accounts: Balances of the venue; its own when played alone.
        size: How many markets.

    Attributes:
        seed: As given.
        coin: What the window is about.
        wire: The news so far.
        crowd: The wallets; None in the small world.
    """

    def __init__(
        self,
        seed: int,
        start_ms: int,
        activity: float = 1.0,
        accounts: Accounts | None = None,
        size: WorldSize = "small",
    ) -> None:
        self.seed = seed
        self.coin = coin_of(seed)
        self.wire = Wire()
        self.crowd = None if size == "small" else Crowd(seed)
        self._around = Surroundings(seed, activity, accounts or Accounts(), self.crowd, self.wire)
        self._seats = seats_of(size)
        self._open = [self._market(seat, start_ms) for seat in self._seats]
        self._closed: dict[str, WorldMarket] = {}
        self._due = [(market.next_ms, index) for index, market in enumerate(self._open)]
        heapq.heapify(self._due)

    def listings(self) -> list[WorldMarket]:
        """The open markets, then the last closed one of each place."""
        return [*self._open, *self._closed.values()]

    def advance(self, to_ms: int) -> list[Dispatch]:
        """Frames up to a time, in order."""
        moved: dict[int, list[Dispatch]] = {}
        while self._due and self._due[0][0] <= to_ms:
            _, index = heapq.heappop(self._due)
            moved.setdefault(index, []).extend(self._advance_one(index, to_ms))
            heapq.heappush(self._due, (self._open[index].next_ms, index))
        out = [dispatch for index in sorted(moved) for dispatch in moved[index]]
        out.sort(key=lambda dispatch: dispatch.at_ms)
        return out

    def _advance_one(self, index: int, to_ms: int) -> list[Dispatch]:
        market = self._open[index]
        out = market.advance(to_ms)
        while market.tenure.end_ms <= to_ms:
            ended_ms = market.tenure.end_ms
            out += market.resolve()
            self._closed[self._seats[index].key] = market
            market = self._open[index] = self._market(self._seats[index], ended_ms)
            out += self._announce(market, ended_ms)
            out += market.advance(to_ms)
        return out

    def _market(self, seat: Seat, at_ms: int) -> WorldMarket:
        return WorldMarket(seat.tenancy(self.seed, at_ms), at_ms, self._around)

    def _announce(self, market: WorldMarket, at_ms: int) -> list[Dispatch]:
        tokens = market.spec.token_ids
        announcement = new_market(market.spec, at_ms)
        return [
            Dispatch(at_ms, announcement, tokens, gated=True, broadcast=True),
            *(Dispatch(at_ms, market.book(leg), (tokens[leg],)) for leg in LEGS),
        ]


def world_frames(
    seed: int,
    start_ms: int,
    duration_ms: int,
    activity: float = 1.0,
    size: WorldSize = "small",
) -> Iterator[tuple[int, Frame]]:
    """The simulated world's frames, without a server.

    Args:
        seed: Seed of the world.
        start_ms: Venue time of the first frame, ms UTC.
        duration_ms: How long to play, virtual milliseconds.
        activity: Factor on all arrival rates.
        size: How many markets.

    Yields:
        Venue time and frame; `new_market` frames carry each market's metadata.
    """
    return play(World(seed, start_ms, activity, size=size), start_ms, duration_ms)
