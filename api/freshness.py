"""Up to when a figure holds.

Figures are told when they change. One that did not change is as fresh as the stage that would have
told the change: its heartbeat says that it lives and has read what there is. What the market is
worth also needs books that move.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from api.live import LiveState
from schemas.ops import Heartbeat

BOOKS = "books"
"""Stands among stages for market data as a whole."""
EXECUTION = "execution"
"""Stands among stages for whichever executes orders: the paper exchange, or live execution."""
EXECUTIONS = ("paper", EXECUTION)
LAG_LIMIT = 500
"""Records a stage may have before it and still count as having read what there is."""


class Known(NamedTuple):
    """What is known, and how long ago.

    Attributes:
        as_of: Session time up to which it holds, ms; 0 when nothing is known yet.
        behind: Who is furthest behind, in a sentence.
    """

    as_of: int
    behind: str


class _Reach(NamedTuple):
    until: int
    sentence: str


def known(state: LiveState, needs: Iterable[str], newest: int = 0) -> Known:
    """Up to when a figure holds.

    Args:
        state: The present.
        needs: Stages that would have told a change, `BOOKS` among them where prices matter.
        newest: Session time of the newest fact in the figure, ms; it holds at least until then.
    """
    last = min(_reaches(state, needs), key=lambda reach: reach.until, default=_Reach(newest, ""))
    return Known(max(newest, last.until), last.sentence)


def _reaches(state: LiveState, needs: Iterable[str]) -> Iterator[_Reach]:
    for name in needs:
        if name == BOOKS:
            yield _Reach(state.market_data_at, "No book has changed since.")
            continue
        beat = _newest(state, EXECUTIONS if name == EXECUTION else (name,))
        if beat is None:
            yield _Reach(0, f"The stage {name} has not reported.")
        elif beat.lag > LAG_LIMIT:
            yield _Reach(0, f"The stage {name} is {beat.lag:,} records behind.")
        else:
            yield _Reach(beat.ingest_time, f"The stage {name} has not reported since.")


def _newest(state: LiveState, names: Iterable[str]) -> Heartbeat | None:
    beats = filter(None, map(state.heartbeats.get, names))
    return max(beats, key=lambda beat: beat.ingest_time, default=None)
