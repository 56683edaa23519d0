"""The crash protocol at 10,000 points: every log, value and state equal to an undisturbed run's.

Run: python tests/benchmarks/bench_crash.py [--points 10000] [--messages 10000] [--seed 2]

The same run as tests/integration/test_crash_protocol.py, longer. Prints kills, repeats and every
difference; exits 1 where there is one.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from api.runtime.kafka import EmbeddedKafka
from api.runtime.ports import free_port
from api.runtime.service import silent
from configs.settings import Settings
from tests.integration.crash_run import Kills, differences, run_script
from tests.integration.crash_script import script

BATCH = 20


async def compare(points: int, messages: int, seed: int) -> int:
    """Run undisturbed and with kills; the exit code."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        kafka = EmbeddedKafka(folder, port=free_port(), controller_port=free_port())
        await kafka.start(silent)
        calm, killed = (
            Settings(
                _env_file=None, broker=kafka.bootstrap, topic_prefix=f"{name}-", checkpoint_ms=5
            )
            for name in ("calm", "killed")
        )
        try:
            for name in ("calm", "killed"):
                (folder / name).mkdir()
            batches = list(script(calm, messages, BATCH))
            wanted, _, turns = await run_script(calm, batches, folder / "calm", Kills(0, 0, 1))
            started = time.monotonic()
            kills = Kills(seed, points, turns)
            found, system, _ = await run_script(killed, batches, folder / "killed", kills)
        finally:
            await kafka.stop()
    seconds = time.monotonic() - started
    told = differences(wanted, found)
    print(
        f"{kills.done} points in {turns} turns, {system.kills} kills, {found.repeats} repeated "
        f"records, {seconds:.0f} s; differences: {len(told)}"
    )
    for where, what in told.items():
        print(f"{where}: {what}")
    return 1 if told else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    sys.exit(asyncio.run(compare(options.points, options.messages, options.seed)))
