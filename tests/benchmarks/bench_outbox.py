"""A million intents through the order outbox while everything fails; none may have two orders.

Run: python -m tests.benchmarks.bench_outbox [INTENTS]. The peer is the same run without crashes, so
that the ratio says what recovery costs. Processor time; ends with status 1 when anything is wrong.
"""

import sys
import time

from tests.streams.unsteady_venue import Run, run

INTENTS = 1_000_000
PART = 50_000


def timed(seed: int, intents: int, crash: float) -> tuple[Run, float]:
    """One part: its counts and its processor time in seconds."""
    begun = time.process_time()
    result = run(intents, seed, each_round=50, crash=crash, save_every=30)
    return result, time.process_time() - begun


def main(intents: int) -> int:
    """Run all parts, print the sums, return the exit status."""
    wrong = crashes = done = 0
    steady = unsteady = 0.0
    for seed in range(-(-intents // PART)):
        part = min(PART, intents - done)
        result, spent = timed(seed, part, crash=0.03)
        unsteady += spent
        if seed == 0:
            _, steady = timed(seed, part, crash=0.0)
            print(f"crashes cost {spent / steady:.2f} times the run without ({part} intents)")
        done += result.intents
        crashes += result.crashes
        wrong += result.duplicates + result.orphans + result.unproven + result.misjudged
    print(
        f"{done} intents, {crashes} crashes: {wrong} duplicates, orphans or wrong ends; "
        f"{unsteady / done * 1e6:.0f} µs an intent"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else INTENTS))
