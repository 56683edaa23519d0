"""Small real programs for the tests of the process code."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.runtime.child import Launch

IGNORES_SIGTERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('ready', flush=True); time.sleep(60)"
)
SLEEPS = "import time; print('ready', flush=True); time.sleep(60)"


@pytest.fixture
def launch(tmp_path: Path) -> Callable[[str], Launch]:
    """A launch of a line of Python under a temporary PETS_HOME."""

    def make(code: str, name: str = "worker") -> Launch:
        return Launch(
            name=name,
            argv=(sys.executable, "-c", code),
            log_file=tmp_path / "logs" / f"{name}.log",
            run_dir=tmp_path / "run",
        )

    return make
