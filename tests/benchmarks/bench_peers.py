"""Events a second through one market: ours against the backtesters that people use.

Run: python -m tests.benchmarks.bench_peers [events] [rounds]. One synthetic tape, one simple maker:
20 shares at both sides of the touch, replaced whenever it moves. The engines play it in turns, each
in a process of its own, and are made on the first run (some minutes; Python 3.12 or newer). Ours
goes the whole live way: book, host, risk gate, paper exchange with latency, ledger. The peers have
a strategy and a matching engine with queue positions, no gate and no log. Processor time.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.peers.environments import Peer
from tests.benchmarks.peers.tape import tape, write

OURS = "tests.benchmarks.peers.ours"
EVENTS, ROUNDS = 50_000, 5


class Played(NamedTuple):
    """One run of one engine."""

    rate: float
    orders: int
    fills: int


class Engine(NamedTuple):
    """An engine with a strategy, and what plays a tape in it."""

    name: str
    strategy: str
    command: list[str]

    def play(self, path: Path) -> Played:
        """Play the tape in a process of its own."""
        command = [*self.command, str(path), self.strategy]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        if found.returncode:
            raise SystemExit(f"{self.name} ended with an error: {found.stderr[-800:]}")
        line = json.loads(found.stdout.strip().splitlines()[-1])
        return Played(line["events"] / line["cpu"], line["orders"], line["fills"])


def engines() -> list[Engine]:
    """All of them; the peers' environments are made where they are missing."""
    found = []
    for strategy in ("noop", "maker", "bot5"):
        found.append(Engine("ours", strategy, [sys.executable, "-m", OURS]))
        if strategy != "bot5":
            for peer in Peer:
                found.append(Engine(peer.value, strategy, peer.command("runner")))
    return found


def main() -> None:
    """Print rates, orders and fills, and ours as a ratio to each peer's."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    all_engines = engines()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tape.json"
        write(tape(events), path)
        played = [[engine.play(path) for engine in all_engines] for _ in range(rounds)]
    print(f"{events:,} events, {rounds} rounds in turns, medians, processor time")
    for index, engine in enumerate(all_engines):
        rates = [turn[index].rate for turn in played]
        last = played[-1][index]
        line = f"{engine.strategy:6} {engine.name:12} {statistics.median(rates):12,.0f} events/s"
        print(f"{line}  {last.orders:6,} orders {last.fills:6,} fills  {_ratio(played, index)}")


def _ratio(played: list[list[Played]], index: int) -> str:
    """A run's speed as a ratio to ours with the same strategy, round by round."""
    of_strategy = index // (len(Peer) + 1) * (len(Peer) + 1)
    ratios = [turn[of_strategy].rate / turn[index].rate for turn in played]
    return "" if index == of_strategy else f"ours {statistics.median(ratios):.3f} times"


if __name__ == "__main__":
    main()
