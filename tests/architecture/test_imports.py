import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, metadata, packages

LINT = Path(sys.executable).with_name("lint-imports")
CORE = ("agents/bots", "agents/stages")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT), "--config", str(ROOT / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_keep_to_their_directions() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, (
        "An import goes against the way of the data. Move what is shared further down (schemas "
        f"<- streams <- topics|configs <- connectors|agents|sinks <- api):\n{result.stdout}"
    )


def test_the_linter_looks_at_every_package_that_ships() -> None:
    assert sorted(metadata()["tool"]["importlinter"]["root_packages"]) == sorted(packages())


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """The same packages, each empty, where one wrong import can be planted."""
    for name in (*packages(), *CORE):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("schemas/book.py", "import streams"),
        ("streams/book.py", "import topics"),
        ("topics/catalog.py", "import configs"),
        ("connectors/feed.py", "import agents"),
        ("agents/shell.py", "import sinks"),
        ("sinks/writer.py", "import api"),
        ("dashboard/app.py", "import api"),
        ("api/app.py", "import dashboard"),
        ("streams/ledger.py", "import faust"),
        ("agents/bots/bot_01.py", "import asyncpg"),
        ("agents/stages/gate.py", "import httpx"),
        ("connectors/parse.py", "import websockets"),
        ("sinks/rows.py", "import sqlalchemy"),
    ],
)
def test_a_wrong_import_is_found(small_project: Path, module: str, line: str) -> None:
    assert lint(small_project).returncode == 0
    (small_project / module).write_text(line + "\n")
    assert lint(small_project).returncode != 0, f"{module}: {line} was accepted"
