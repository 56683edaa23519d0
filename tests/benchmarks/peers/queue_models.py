"""The peers' queue models on our sessions: the public tape and the orders go to their processes."""

import json
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from api.fill_truth.market import Played
from api.fill_truth.results import Execution, Executions
from api.fill_truth.study import Session
from schemas.market import BookDelta, BookSnapshot, MarketTrade
from streams.book import ASK, BID, YES
from streams.prints import to_yes_space
from tests.benchmarks.peers.environments import Peer

LEVEL, TRADE = 0, 1
NS = 1_000_000
CANCELS_NS, ARRIVALS_NS = 400_000, 500_000
"""Within its millisecond: after what others do, our cancels before our orders."""

Row = tuple[int, int, int, int, int, bool]
"""Nanoseconds, level or trade, side (of a trade the side that was hit), pips, micro-shares, and
whether the book is whole after it."""


class PeerProcess:
    """A peer that stays and plays one session after another."""

    def __init__(self, peer: Peer) -> None:
        """Start it; its environment is made where it is missing."""
        self._process = subprocess.Popen(
            peer.command("queue_runner"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fills(self, session: Path) -> dict[str, Executions]:
        """What its models make of a session."""
        asks, answers = self._process.stdin, self._process.stdout
        assert asks is not None
        assert answers is not None
        asks.write(f"{session}\n")
        asks.flush()
        line = answers.readline()
        if not line:
            raise SystemExit(f"A peer ended with {self._process.wait()}; see its error above.")
        found: dict[str, dict[str, list[tuple[int, int]]]] = json.loads(line)
        return {
            model: {int(key): [Execution(*fill) for fill in fills] for key, fills in each.items()}
            for model, each in found.items()
        }


def peer_fills(session: Session) -> dict[str, Executions]:
    """Every peer's fills of one session."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.json"
        orders = [
            (
                order.number,
                order.side,
                order.pips,
                order.size,
                order.arrives_ms * NS + ARRIVALS_NS,
                order.gone_ms * NS + CANCELS_NS,
            )
            for order in session.orders
        ]
        path.write_text(json.dumps({"events": rows(session.played), "orders": orders}))
        found: dict[str, Executions] = {}
        for peer in Peer:
            found |= _process(peer).fills(path)
    return found


def rows(played: Played) -> list[Row]:
    """The public tape in YES space; the snapshots after trades repeat what the changes said."""
    out: list[Row] = []
    opened = False
    for message in played.messages:
        match message:
            case BookSnapshot(leg=leg) if leg == YES and not opened:
                opened = True
                both = ((BID, message.bids), (ASK, message.asks))
                levels = [(side, ticks, size) for side, all_ in both for ticks, size in all_]
                out += _levels(message.event_time, message.tick, levels)
            case BookDelta():
                levels = [change[1:] for change in message.changes if change[0] == YES]
                out += _levels(message.event_time, message.tick, levels)
            case MarketTrade():
                seen = to_yes_space(message)
                side = BID if seen.hits_bids else ASK
                out.append((seen.venue_ms * NS, TRADE, side, seen.pips, seen.size, True))
            case _:
                pass
    return out


def _levels(at_ms: int, tick: int, levels: list[tuple[int, int, int]]) -> list[Row]:
    last = len(levels) - 1
    return [
        (at_ms * NS, LEVEL, side, ticks * tick, size, index == last)
        for index, (side, ticks, size) in enumerate(levels)
    ]


@cache
def _process(peer: Peer) -> PeerProcess:
    """One a worker process; it ends when the worker closes its pipe."""
    return PeerProcess(peer)
