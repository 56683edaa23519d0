from pathlib import Path

import pytest

from api.runtime import jgo_fetch
from api.runtime.kafka_artifacts import ARTIFACTS


class OneFileEach:
    """Stands for jgo's context: every coordinate resolves to one file, and brings one more."""

    def __init__(self, repo_cache: Path, timeout: int) -> None:
        self.folder = repo_cache
        self.resolver = self

    def create_dependency(self, coordinate: str) -> "FakeDependency":
        return FakeDependency(self.folder, coordinate.split(":")[1])

    def resolve(
        self, wanted: list["FakeDependency"]
    ) -> tuple[list["FakeDependency"], list["FakeDependency"]]:
        return wanted, [FakeDependency(self.folder, "needed")]


class FakeDependency:
    def __init__(self, folder: Path, name: str) -> None:
        self.artifact = self
        self.filename = f"{name}.jar"
        self.path = folder / name / self.filename

    def resolve(self) -> Path | None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(b"jar")
        return self.path


def test_every_file_ends_in_the_folder_and_is_named_on_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(jgo_fetch, "MavenContext", OneFileEach)
    assert jgo_fetch.main(tmp_path) == 0
    expected = {*(f"{artifact.name}.jar" for artifact in ARTIFACTS), "needed.jar"}
    assert {path.name for path in tmp_path.glob("*.jar")} == expected
    assert set(capsys.readouterr().out.split()) == expected


def test_a_file_that_cannot_be_had_is_one_error_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(jgo_fetch, "MavenContext", OneFileEach)
    monkeypatch.setattr(FakeDependency, "resolve", lambda _: None)
    assert jgo_fetch.main(tmp_path) == 1
    assert capsys.readouterr().out == f"Error: {ARTIFACTS[0].name}.jar could not be had\n"
