import subprocess
import sys
import venv
from pathlib import Path

import pytest

from requirements import install
from tests.architecture.source_tree import ROOT, metadata


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_declared_pythons_are_accepted(version: tuple[int, int]) -> None:
    assert install.unfit(version) == ""


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_another_python_is_refused_in_a_sentence(version: tuple[int, int]) -> None:
    sentence = install.unfit(version)
    assert "3.11 to 3.13" in sentence
    assert f"{version[0]}.{version[1]}" in sentence
    assert "PYTHON=" in sentence


def test_the_range_is_the_declared_one() -> None:
    oldest, newest = install.OLDEST, install.NEWEST
    declared = f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"
    assert metadata()["project"]["requires-python"] == declared


def test_a_missing_venv_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert "apt-get install python3.12-venv" in install.unfit((3, 12))


@pytest.mark.parametrize("arguments", [[], ["all"], ["run", "test"]])
def test_an_unknown_lock_file_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert install.main(arguments) == 1
    assert "requirements/install.py run" in capsys.readouterr().out


def test_every_lock_file_can_be_installed_by_name() -> None:
    assert {path.stem for path in (ROOT / "requirements").glob("*.lock")} == set(install.LOCKS)


def test_packages_are_counted_once(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text(
        "# a comment\n"
        "numpy==2.4 ; python_version < '3.12' \\\n    --hash=sha256:00\n"
        "numpy==2.5 ; python_version >= '3.12' \\\n    --hash=sha256:01\n"
        "uvicorn[standard]==1.0 \\\n    --hash=sha256:02\n"
    )
    assert install.packages_in(lock) == 2


def place(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(install, "HOME", folder)
    monkeypatch.setattr(install, "PYTHON", folder / "bin" / "python")


def test_an_environment_is_kept_until_it_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    venv.EnvBuilder(symlinks=True).create(here)
    pip = here / "bin" / "pip"
    pip.write_text(f"#!{here}/bin/python\n")
    place(monkeypatch, here)
    assert install.is_ours()
    moved = here.rename(tmp_path / "there")
    place(monkeypatch, moved)
    assert not install.is_ours(), "the script of pip still names the old place"


def test_a_changed_lock_file_is_noticed(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text("a==1\n")
    before = install.fingerprint(lock)
    assert install.fingerprint(lock) == before
    lock.write_text("a==2\n")
    assert install.fingerprint(lock) != before


def test_make_lists_its_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("up", "test", "check", "fix", "replay", "bench", "clean", "lock", "setup"):
        assert f"  make {target} " in listed


def test_make_names_the_pythons_that_fit_where_there_is_none() -> None:
    made = subprocess.run(
        ["make", "install-run", "PYTHON=no-such-python"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode != 0
    assert "There is no no-such-python here: PETS needs Python 3.11 to 3.13." in made.stdout


def test_a_failed_installation_says_what_to_do() -> None:
    lines = [f"line {number}" for number in range(20)]
    said = install.explain("\n".join([*lines, "WARNING: connection broken by x"]), "run.lock")
    assert "line 19" in said
    assert "line 2\n" not in said
    assert "look at the network" in said
    assert "network" not in install.explain("ERROR: hashes differ", "run.lock")


def test_the_lock_file_is_whole() -> None:
    """pip installs it without looking for dependencies; here it looks whether one is missing."""
    looked = subprocess.run(
        [sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert looked.returncode == 0, looked.stdout
