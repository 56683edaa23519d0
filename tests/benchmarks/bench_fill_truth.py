"""Simulated fills against the true queue: ours, NautilusTrader's and hftbacktest's.

Run: python -m tests.benchmarks.bench_fill_truth [seeds] [minutes] [--write]. Every model gets the
same orders and the same public tape; `--write` puts the result into docs/fill-truth.md. The peers'
environments are made on the first run (some minutes; Python 3.12 or newer).
"""

import os
import sys
from pathlib import Path

from api.cli.fill_truth import report
from api.fill_truth.score import score
from api.fill_truth.study import Design, run_study
from tests.benchmarks.peers.environments import Peer, peer_python
from tests.benchmarks.peers.queue_models import peer_fills

DOCUMENT = Path(__file__).parents[2] / "docs" / "fill-truth.md"
BEGIN, END = "<!-- BEGIN GENERATED fill-truth -->", "<!-- END GENERATED fill-truth -->"
SEEDS, MINUTES = 20, 30


def main() -> None:
    """Play, print, and write where asked."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    seeds, minutes = [*numbers, *(SEEDS, MINUTES)[len(numbers) :]][:2]
    for peer in Peer:
        peer_python(peer)
    design = Design(seeds=tuple(range(1, seeds + 1)), minutes=minutes)
    found = run_study(design, os.cpu_count() or 1, lambda _: None, peer_fills)
    lines = report(score(design, found))
    print("\n".join(lines))
    if "--write" in sys.argv:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        body = "\n".join([BEGIN, *lines, END])
        DOCUMENT.write_text(f"{before}{body}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
