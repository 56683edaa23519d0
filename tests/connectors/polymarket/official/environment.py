"""The official client in an environment of its own, made once in the cache folder through pip."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from api.runtime.kafka_jars import default_cache
from schemas.errors import InfrastructureError

PACKAGES = ("py-clob-client-v2==1.2.1", "coincurve==21.0.0")
NAME = "py-clob-client-v2-1.2.1"
PEER = Path(__file__).with_name("signing_peer.py")


def official_python(packages: Sequence[str] = PACKAGES, name: str = NAME) -> Path:
    """The interpreter of the environment; made where it is missing."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = default_cache() / "official" / f"{name}-python{version}"
    python, done = folder / "bin" / "python", folder / "installed"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _run([sys.executable, "-m", "venv", str(folder)])
            _run([str(python), "-m", "pip", "install", "-q", *packages])
            done.touch()
    return python


def _run(command: list[str]) -> None:
    found = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if found.returncode:
        raise InfrastructureError(
            f"Expected `{' '.join(command[:4])} …` to end well, received: {found.stderr[-500:]}"
        )


class Peer:
    """The running peer; one line asked, one line answered."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._in: IO[str] = process.stdin  # type: ignore[assignment]
        self._out: IO[str] = process.stdout  # type: ignore[assignment]

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        self.send(question)
        return self.answer()

    def send(self, question: dict[str, Any]) -> None:
        self._in.write(json.dumps(question) + "\n")
        self._in.flush()

    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._out.readline())
        return found


@contextmanager
def signing_peer() -> Iterator[Peer]:
    """A running peer, ended afterwards."""
    process = subprocess.Popen(
        [str(official_python()), str(PEER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Peer(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        assert process.stdout is not None
        process.stdout.close()
        process.terminate()
        process.wait(timeout=10)
