"""Outages at the lengths that are stated: the broker away 20 s, the database away 60 s, twice.

Run: python -m tests.benchmarks.bench_faults. The same tests as in the suite, where they are brief;
about four minutes. Exits with pytest's code.
"""

import os
import subprocess
import sys

from tests.faults.lengths import AT_LENGTH

TESTS = (
    "tests/integration/test_shell_broker_away.py::"
    "test_a_worker_and_a_connector_survive_a_killed_broker",
    "tests/integration/test_sinks_service.py::test_a_database_killed_and_back_loses_nothing",
)

if __name__ == "__main__":
    command = [sys.executable, "-m", "pytest", "--timeout=600", "--durations=2", "-q", *TESTS]
    environment = {**os.environ, AT_LENGTH: "1"}
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)
