import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from api.runtime import kafka_jars as module
from api.runtime.jar_fetchers import Fetch
from api.runtime.kafka_artifacts import ARTIFACTS, KAFKA_VERSION
from api.runtime.kafka_jars import is_complete, kafka_jars, locked_hashes
from api.runtime.service import Progress, silent
from schemas.errors import InfrastructureError

CONTENT = {"kafka_2.13-x.jar": b"server", "slf4j-x.jar": b"logging"}


@pytest.fixture(autouse=True)
def two_locked_files(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in CONTENT.items()}
    monkeypatch.setattr(module, "locked_hashes", lambda: hashes)


def left_in(folder: Path) -> set[str]:
    """Every name in a folder."""
    return {path.name for path in folder.iterdir()}


class Fetcher:
    """Writes the given files and counts how often it was asked."""

    def __init__(self, content: dict[str, bytes], error: str = "", wait_s: float = 0.0) -> None:
        self.content, self.error, self.wait_s, self.calls = content, error, wait_s, 0

    async def __call__(self, folder: Path, progress: Progress) -> None:
        self.calls += 1
        for name, data in self.content.items():
            (folder / name).write_bytes(data)
        (folder / "repository").mkdir()
        await asyncio.sleep(self.wait_s)
        if self.error:
            raise InfrastructureError(self.error)


async def test_what_was_fetched_is_reused(tmp_path: Path) -> None:
    fetch = Fetcher(CONTENT)
    folder = await kafka_jars(tmp_path, silent, (fetch,))
    assert left_in(folder) == {*CONTENT, "complete.json"}
    assert await kafka_jars(tmp_path, silent, (fetch,)) == folder
    assert fetch.calls == 1
    assert folder.name == f"kafka-{KAFKA_VERSION}"


async def test_only_the_jars_are_kept(tmp_path: Path) -> None:
    folder = await kafka_jars(tmp_path, silent, (Fetcher(CONTENT),))
    assert not (folder / "repository").exists()
    assert left_in(tmp_path) == {folder.name, f".{folder.name}.lock"}


async def test_the_second_way_is_tried_when_the_first_fails(tmp_path: Path) -> None:
    first, second = Fetcher({}, "The first broke."), Fetcher(CONTENT)
    assert is_complete(await kafka_jars(tmp_path, silent, (first, second)))
    assert (first.calls, second.calls) == (1, 1)


async def test_when_no_way_works_the_sentence_names_reasons_and_ways_out(tmp_path: Path) -> None:
    ways: tuple[Fetch, ...] = (Fetcher({}, "Maven broke."), Fetcher(CONTENT, "jgo broke."))
    with pytest.raises(InfrastructureError) as raised:
        await kafka_jars(tmp_path, silent, ways)
    for part in ("Maven broke.", "jgo broke.", "PETS_BROKER", "docker compose up", "pets replay"):
        assert part in str(raised.value)
    assert not (tmp_path / f"kafka-{KAFKA_VERSION}").exists()


@pytest.mark.parametrize(
    "content",
    [
        CONTENT | {"kafka_2.13-x.jar": b"another server"},
        CONTENT | {"unknown-x.jar": b"stranger"},
        {"slf4j-x.jar": b"logging"},
    ],
    ids=["altered", "unknown", "missing"],
)
async def test_files_that_differ_from_the_recorded_ones_are_refused(
    tmp_path: Path, content: dict[str, bytes]
) -> None:
    with pytest.raises(InfrastructureError, match="SHA-256"):
        await kafka_jars(tmp_path, silent, (Fetcher(content),))
    assert not (tmp_path / f"kafka-{KAFKA_VERSION}").exists()


async def test_a_fetch_that_is_cancelled_leaves_nothing_that_looks_complete(tmp_path: Path) -> None:
    task = asyncio.create_task(kafka_jars(tmp_path, silent, (Fetcher(CONTENT, wait_s=30),)))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left_in(tmp_path) == {f".kafka-{KAFKA_VERSION}.lock"}


async def test_two_at_the_same_time_fetch_once(tmp_path: Path) -> None:
    fetch = Fetcher(CONTENT, wait_s=0.3)
    folders = await asyncio.gather(*(kafka_jars(tmp_path, silent, (fetch,)) for _ in range(3)))
    assert fetch.calls == 1
    assert len(set(folders)) == 1


@pytest.mark.parametrize("damage", ["removed", "shortened", "marker"])
async def test_a_damaged_cache_is_fetched_again(tmp_path: Path, damage: str) -> None:
    fetch = Fetcher(CONTENT)
    folder = await kafka_jars(tmp_path, silent, (fetch,))
    if damage == "removed":
        (folder / "slf4j-x.jar").unlink()
    elif damage == "shortened":
        (folder / "slf4j-x.jar").write_bytes(b"log")
    else:
        (folder / "complete.json").write_text("[]", encoding="utf-8")
    await kafka_jars(tmp_path, silent, (fetch,))
    assert fetch.calls == 2
    assert (folder / "slf4j-x.jar").read_bytes() == b"logging"
    assert json.loads((folder / "complete.json").read_text(encoding="utf-8"))["slf4j-x.jar"] == 7


def test_the_recorded_hashes_are_those_of_the_pinned_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    hashes = locked_hashes()
    for artifact in ARTIFACTS:
        assert f"{artifact.name}-{artifact.version}.jar" in hashes
    assert all(len(digest) == 64 for digest in hashes.values())


def test_the_cache_follows_the_users_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert module.default_cache() == tmp_path / "pets"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert module.default_cache() == Path.home() / ".cache" / "pets"
