"""Two ways to fetch Kafka's jars: the installed `mvn`, and the `jgo` package.

Each runs as a process of its own, so that Ctrl-C ends a fetch at once.
"""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from api.runtime.kafka_artifacts import ARTIFACTS
from api.runtime.service import Progress
from api.runtime.spawn import kill_group, spawn
from schemas.errors import InfrastructureError

Fetch = Callable[[Path, Progress], Awaitable[None]]
"""Puts every jar into the given empty folder; raises InfrastructureError when it cannot."""

_MAVEN_DEPENDENCY_PLUGIN = "3.8.1"
_TIMEOUT_S = 900.0
_REPORT_EACH = 10


def installed_fetchers() -> tuple[Fetch, ...]:
    """The ways to try here, best first."""
    return (fetch_with_maven, fetch_with_jgo) if shutil.which("mvn") else (fetch_with_jgo,)


def pom() -> str:
    """A Maven project that depends on the artifacts and on nothing else."""
    dependencies = "".join(
        f"<dependency><groupId>{a.group}</groupId><artifactId>{a.name}</artifactId>"
        f"<version>{a.version}</version></dependency>"
        for a in ARTIFACTS
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>pets</groupId><artifactId>kafka-jars</artifactId><version>1</version>"
        "<packaging>pom</packaging>"
        "<build><plugins><plugin><groupId>org.apache.maven.plugins</groupId>"
        "<artifactId>maven-dependency-plugin</artifactId>"
        f"<version>{_MAVEN_DEPENDENCY_PLUGIN}</version></plugin></plugins></build>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


async def fetch_with_maven(folder: Path, progress: Progress) -> None:
    """Fetch with the installed `mvn`.

    Raises:
        InfrastructureError: Maven failed or took longer than 15 minutes; quotes its first error.
    """
    project = folder / "pom.xml"
    await asyncio.to_thread(project.write_text, pom(), encoding="utf-8")
    await _run(
        (
            *("mvn", "--batch-mode", "--file", str(project)),
            *("dependency:copy-dependencies", "-DincludeScope=runtime"),
            f"-DoutputDirectory={folder}",
        ),
        is_file=lambda line: "Downloaded from" in line and ".jar" in line,
        is_error=lambda line: line.startswith("[ERROR]"),
        progress=progress,
    )


async def fetch_with_jgo(folder: Path, progress: Progress) -> None:
    """Fetch with the `jgo` package, in :mod:`api.runtime.jgo_fetch`.

    Raises:
        InfrastructureError: The package is missing or a file could not be had; quotes the reason.
    """
    await _run(
        (sys.executable, "-m", "api.runtime.jgo_fetch", str(folder)),
        is_file=lambda line: line.endswith(".jar"),
        is_error=lambda line: line.startswith(("Error: ", "ModuleNotFoundError: ")),
        progress=progress,
    )


async def _run(
    argv: tuple[str, ...],
    *,
    is_file: Callable[[str], bool],
    is_error: Callable[[str], bool],
    progress: Progress,
) -> None:
    """Run a fetcher to its end, report every tenth file, and quote its first error."""
    name = Path(argv[0]).name if argv[0] != sys.executable else "jgo"
    try:
        process = await spawn(argv, asyncio.subprocess.PIPE)
    except OSError as error:
        raise InfrastructureError(f"{name} does not start ({error.strerror}).") from error
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            problem = await _follow(process, is_file, is_error, progress)
            code = await process.wait()
    except TimeoutError as error:
        raise InfrastructureError(f"{name} took longer than {_TIMEOUT_S:.0f} s.") from error
    finally:
        kill_group(process)
        await process.wait()
    if code != 0:
        raise InfrastructureError(f"{name} failed: {problem or f'exit code {code}'}.")


async def _follow(
    process: asyncio.subprocess.Process,
    is_file: Callable[[str], bool],
    is_error: Callable[[str], bool],
    progress: Progress,
) -> str:
    problem, fetched = "", 0
    if process.stdout is None:
        return problem
    async for raw in process.stdout:
        line = raw.decode("utf-8", errors="replace").strip()
        if is_error(line) and not problem:
            problem = line.removeprefix("[ERROR]").removeprefix("Error:").strip()[:300].rstrip(".")
        elif is_file(line):
            fetched += 1
            if fetched % _REPORT_EACH == 0:
                progress(f"Kafka: {fetched} files fetched")
    return problem
