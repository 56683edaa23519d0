"""The simulated source: twenty binary markets with makers, takers and fair values of their own.

Deterministic in seed and start: the frames do not depend on how often it is asked to advance.
"""

from collections.abc import Iterator

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.frames import Dispatch, Frame, new_market
from connectors.sandbox.mirror import LEGS
from connectors.sandbox.questions import SLOTS
from connectors.sandbox.source import play
from connectors.sandbox.tenure import tenure_at
from connectors.sandbox.world_market import WorldMarket


class World:
    """All simulated markets.

    Args:
        seed: Same seed and start, same world.
        start_ms: Venue time at which it starts, ms UTC.
        activity: Factor on all arrival rates; 1 is about fifty frames a virtual second.
        accounts: Balances of the venue; its own when played alone.
    """

    def __init__(
        self,
        seed: int,
        start_ms: int,
        activity: float = 1.0,
        accounts: Accounts | None = None,
    ) -> None:
        self._seed = seed
        self._activity = activity
        self._accounts = accounts or Accounts()
        self._open = {slot.key: self._market(index, start_ms) for index, slot in enumerate(SLOTS)}
        self._closed: dict[str, WorldMarket] = {}

    def listings(self) -> list[WorldMarket]:
        """The open markets, then the last closed one of each slot."""
        return [*self._open.values(), *self._closed.values()]

    def advance(self, to_ms: int) -> list[Dispatch]:
        """Frames up to a time, in order."""
        out: list[Dispatch] = []
        for index, slot in enumerate(SLOTS):
            market = self._open[slot.key]
            out += market.advance(to_ms)
            while market.tenure.end_ms <= to_ms:
                out += market.resolve()
                self._closed[slot.key] = market
                market = self._open[slot.key] = self._market(index, market.tenure.end_ms)
                out += self._announce(market)
                out += market.advance(to_ms)
        out.sort(key=lambda dispatch: dispatch.at_ms)
        return out

    def _market(self, index: int, at_ms: int) -> WorldMarket:
        tenure = tenure_at(self._seed, SLOTS[index], at_ms)
        return WorldMarket(tenure, self._seed, at_ms, self._activity, self._accounts)

    def _announce(self, market: WorldMarket) -> list[Dispatch]:
        at_ms = market.tenure.start_ms
        tokens = market.spec.token_ids
        announcement = new_market(market.spec, at_ms)
        return [
            Dispatch(at_ms, announcement, tokens, gated=True, broadcast=True),
            *(Dispatch(at_ms, market.book(leg), (tokens[leg],)) for leg in LEGS),
        ]


def world_frames(
    seed: int, start_ms: int, duration_ms: int, activity: float = 1.0
) -> Iterator[tuple[int, Frame]]:
    """The simulated world's frames, without a server.

    Args:
        seed: Seed of the world.
        start_ms: Venue time of the first frame, ms UTC.
        duration_ms: How long to play, virtual milliseconds.
        activity: Factor on all arrival rates.

    Yields:
        Venue time and frame; `new_market` frames carry each market's metadata.
    """
    return play(World(seed, start_ms, activity), start_ms, duration_ms)
