import asyncio
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from api.runtime import jar_fetchers
from api.runtime.jar_fetchers import fetch_with_jgo, fetch_with_maven, installed_fetchers, pom
from api.runtime.kafka_artifacts import ARTIFACTS
from api.runtime.service import silent
from schemas.errors import InfrastructureError
from tests.api.runtime.waiting import eventually, is_gone, number_in


def script(path: Path, *lines: str) -> None:
    """Make `path` a shell program."""
    path.write_text("\n".join(("#!/bin/sh", *lines, "")), encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def mvn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called mvn, first on the search path; the test writes what it does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    path = folder / "mvn"
    script(path, "exit 0")
    return path


def test_the_project_names_every_artifact_and_its_version() -> None:
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    project = ElementTree.fromstring(pom())
    found = {
        tuple(
            node.findtext(f"m:{part}", "", space) for part in ("groupId", "artifactId", "version")
        )
        for node in project.findall("m:dependencies/m:dependency", space)
    }
    assert found == {(a.group, a.name, a.version) for a in ARTIFACTS}


def test_maven_comes_first_where_it_is_installed(
    mvn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installed_fetchers() == (fetch_with_maven, fetch_with_jgo)
    monkeypatch.setenv("PATH", str(mvn.parent.parent))
    assert installed_fetchers() == (fetch_with_jgo,)


async def test_progress_counts_the_files_maven_fetches(mvn: Path, tmp_path: Path) -> None:
    script(
        mvn,
        "for i in $(seq 25); do",
        'echo "Downloaded from x: a$i.jar (1 kB)"',
        'echo "Downloaded from x: a$i.pom (1 kB)"',
        "done",
    )
    told: list[str] = []
    await fetch_with_maven(tmp_path, told.append)
    assert told == ["Kafka: 10 files fetched", "Kafka: 20 files fetched"]


async def test_mavens_first_error_is_quoted(mvn: Path, tmp_path: Path) -> None:
    script(mvn, "echo '[ERROR] no route to the mirror'", "echo '[ERROR] more'", "exit 1")
    with pytest.raises(InfrastructureError, match=r"mvn failed: no route to the mirror\.$"):
        await fetch_with_maven(tmp_path, silent)


async def test_a_maven_that_does_not_start_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InfrastructureError, match="mvn does not start"):
        await fetch_with_maven(tmp_path, silent)


async def test_a_cancelled_fetch_ends_the_whole_process_group(mvn: Path, tmp_path: Path) -> None:
    script(mvn, f"sleep 60 & echo $! > {tmp_path}/grandchild", "wait")
    task = asyncio.create_task(fetch_with_maven(tmp_path, silent))
    pid = await eventually(lambda: number_in(tmp_path / "grandchild"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(lambda: is_gone(pid))


async def test_a_fetch_that_takes_too_long_is_ended(
    mvn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(mvn, "exec sleep 60")
    monkeypatch.setattr(jar_fetchers, "_TIMEOUT_S", 0.2)
    with pytest.raises(InfrastructureError, match="took longer"):
        await fetch_with_maven(tmp_path, silent)


async def test_a_network_that_refuses_is_quoted_from_jgo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(InfrastructureError, match=r"^jgo failed: .*[Pp]roxy"):
        await fetch_with_jgo(tmp_path, silent)
