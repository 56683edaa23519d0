"""The Apache Kafka server, fetched as Maven artifacts into a cache that later starts reuse.

Maven itself is used where it is installed, since it knows the user's mirrors; the `jgo` package,
which resolves Maven artifacts in Python, everywhere else. Whichever fetched them, the files must
be exactly those of ``kafka_jars.sha256``.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api.runtime.jar_fetchers import Fetch, installed_fetchers
from api.runtime.java import WAYS_OUT
from api.runtime.kafka_artifacts import KAFKA_VERSION
from api.runtime.service import Progress
from schemas.errors import InfrastructureError

_MARKER = "complete.json"
_LOCKED = Path(__file__).with_name("kafka_jars.sha256")


def default_cache() -> Path:
    """The user's cache folder for PETS: downloads are shared between installations."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "pets"


async def kafka_jars(
    cache: Path, progress: Progress, fetchers: tuple[Fetch, ...] | None = None
) -> Path:
    """The folder with Kafka's jars, fetched on the first call.

    A marker with every file's size is written last and the folder appears under its name in one
    step, so a fetch that was killed leaves nothing that looks complete. Processes that ask at the
    same time wait for one another.

    Args:
        cache: The cache folder; see :func:`default_cache`.
        progress: Told what is fetched.
        fetchers: Ways to fetch, tried in order; by default Maven where it is installed, then jgo.

    Raises:
        InfrastructureError: No way worked; names the ways out.
    """
    folder = cache / f"kafka-{KAFKA_VERSION}"
    if await asyncio.to_thread(is_complete, folder):
        return folder
    async with _exclusive(cache / f".kafka-{KAFKA_VERSION}.lock"):
        if not await asyncio.to_thread(is_complete, folder):
            ways = installed_fetchers() if fetchers is None else fetchers
            await _fetch_into(folder, progress, ways)
    return folder


def is_complete(folder: Path) -> bool:
    """True when every jar named by the folder's marker is there with its size."""
    try:
        sizes = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        return bool(sizes) and all(
            (folder / name).stat().st_size == size for name, size in sizes.items()
        )
    except (OSError, ValueError, AttributeError):
        return False


def locked_hashes() -> dict[str, str]:
    """SHA-256 of every jar by file name, as recorded for :data:`KAFKA_VERSION`."""
    lines = _LOCKED.read_text(encoding="ascii").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def seal(staging: Path, folder: Path) -> None:
    """Check every jar in `staging`, write the marker, and give it its name `folder`.

    Raises:
        InfrastructureError: A file is missing, unknown or not what was recorded.
    """
    expected = locked_hashes()
    found = {jar.name: _sha256(jar) for jar in staging.glob("*.jar")}
    wrong = sorted(name for name, digest in expected.items() if found.get(name) != digest)
    wrong += sorted(found.keys() - expected.keys())
    if wrong:
        raise InfrastructureError(
            f"The fetched files are not Kafka {KAFKA_VERSION}'s: {', '.join(wrong[:3])} "
            f"{'and others ' if len(wrong) > 3 else ''}differ from the recorded SHA-256."
        )
    for other in staging.iterdir():
        if other.name not in expected:
            shutil.rmtree(other) if other.is_dir() else other.unlink()
    marker = {name: (staging / name).stat().st_size for name in sorted(expected)}
    (staging / _MARKER).write_text(json.dumps(marker, indent=1), encoding="utf-8")
    staging.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)
    staging.rename(folder)


async def _fetch_into(folder: Path, progress: Progress, fetchers: tuple[Fetch, ...]) -> None:
    progress(f"Fetching Apache Kafka {KAFKA_VERSION} (45 MB, once)")
    reasons = []
    for fetch in fetchers:
        staging = Path(
            await asyncio.to_thread(tempfile.mkdtemp, prefix=f".{folder.name}-", dir=folder.parent)
        )
        try:
            await fetch(staging, progress)
            await asyncio.to_thread(seal, staging, folder)
            return
        except InfrastructureError as error:
            reasons.append(str(error))
        finally:
            await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)
    raise InfrastructureError(
        f"Apache Kafka {KAFKA_VERSION} could not be fetched: {' '.join(reasons)} {WAYS_OUT}"
    )


@asynccontextmanager
async def _exclusive(lock: Path) -> AsyncIterator[None]:
    """Hold `lock` against every other process; the wait can be cancelled."""
    await asyncio.to_thread(lock.parent.mkdir, parents=True, exist_ok=True)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        await _until_taken(descriptor)
        yield
    finally:
        os.close(descriptor)


async def _until_taken(descriptor: int) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            await asyncio.sleep(0.2)


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
