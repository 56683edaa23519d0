"""The backtesters that we compare with, each in an environment of its own outside the project.

Made once in the cache folder, from the pinned requirements beside this file. They need Python 3.12
or newer, which is looked for; `PETS_PEER_PYTHON` names another one.
"""

import fcntl
import os
import shutil
import subprocess
from enum import StrEnum
from pathlib import Path

from api.runtime.kafka_jars import default_cache
from schemas.errors import InfrastructureError

HERE = Path(__file__).parent
NEWER = ("python3.12", "python3.13", "python3.14")
INSTALL_S = 900


class Peer(StrEnum):
    """A backtester; the value names its requirements, its runners and their first argument."""

    NAUTILUS_2 = "nautilus-2"
    NAUTILUS_1 = "nautilus-1"
    HFTBACKTEST = "hftbacktest"

    def command(self, runner: str) -> list[str]:
        """How one of its runners is started; the environment is made where it is missing.

        Args:
            runner: `runner` plays a tape, `queue_runner` the orders of a session.

        Raises:
            InfrastructureError: There is no such environment and it cannot be made.
        """
        name, _, version = self.value.partition("-")
        script = HERE / f"{name}_{runner}.py"
        return [str(peer_python(self)), str(script), *filter(None, [version])]


def peer_python(peer: Peer) -> Path:
    """The interpreter of a peer's environment; made where it is missing.

    Raises:
        InfrastructureError: No Python that the peers run on, or its packages cannot be installed.
    """
    requirements = HERE / "requirements" / f"{peer.value}.txt"
    folder = default_cache() / "peers" / peer.value
    environment, installed = folder / "environment", folder / "installed.txt"
    python = environment / "bin" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed.exists() or installed.read_bytes() != requirements.read_bytes():
            _run([_base_python(), "-m", "venv", "--clear", str(environment)])
            pip = [str(python), "-m", "pip", "install", "-q"]
            _run([*pip, "-r", str(requirements)])
            installed.write_bytes(requirements.read_bytes())
    return python


def _base_python() -> str:
    """A Python that has the peers' wheels."""
    named = os.environ.get("PETS_PEER_PYTHON")
    if named:
        return named
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(name) for name in NEWER]
    candidates += [str(path) for path in sorted(pyenv.glob("3.1[2-9]*/bin/python"))]
    for candidate in candidates:
        if candidate is not None and _works(candidate):
            return candidate
    raise InfrastructureError(
        "Expected Python 3.12 or newer for the peers, found none; set PETS_PEER_PYTHON to one."
    )


def _run(command: list[str]) -> None:
    found = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    if found.returncode:
        raise InfrastructureError(
            f"Expected `{' '.join(command[:4])} …` to end well, received: {found.stderr[-500:]}"
        )


def _works(python: str) -> bool:
    found = subprocess.run([python, "-c", "import venv, ssl"], capture_output=True, check=False)
    return found.returncode == 0
