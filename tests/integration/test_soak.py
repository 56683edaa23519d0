"""A short soak: after a burst nothing is left to read and memory stands (see bench_soak)."""

import pytest

from tests.benchmarks.bench_soak import Load, growth, soak

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(240)]

MOST_GROWTH = 1.5
"""Of memory from the first third to the last: a leak of every message would be more."""


async def test_after_a_burst_nothing_is_left_to_read_and_memory_stands(kafka: str) -> None:
    load = Load(seconds=20, rate=150, burst=400, minute_s=10, burst_s=3)
    samples = await soak(kafka, load, tell=False)

    assert max(sample.rate for sample in samples) > load.rate
    assert samples[-1].lag == 0
    memory = [sample.memory_mb for sample in samples]
    assert memory[-1] < MOST_GROWTH * memory[0]
    assert growth(samples).get("memory_mb", 1.0) < MOST_GROWTH
