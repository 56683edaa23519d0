"""How long a test keeps something away: briefly in the suite, as long as stated on demand."""

import os

AT_LENGTH = "PETS_FAULTS_AT_LENGTH"
"""Set by `tests/benchmarks/bench_faults.py`."""


def away_s(brief: float, stated: float) -> float:
    """Seconds of an outage.

    Args:
        brief: In the suite.
        stated: When `PETS_FAULTS_AT_LENGTH` is set.
    """
    return stated if os.environ.get(AT_LENGTH) else brief
