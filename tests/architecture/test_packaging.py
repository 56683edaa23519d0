import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source_tree import (
    ROOT,
    imported,
    metadata,
    none,
    packages,
    product,
    project_files,
)


@pytest.mark.parametrize("name", packages())
def test_a_top_level_name_is_ours_alone(name: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(name, []))
    assert owners <= {"pets-dataflow"}, (
        f"{name} is also installed by {sorted(owners - {'pets-dataflow'})}: one would overwrite "
        "the other. Remove that distribution, or nest ours (docs/decisions)."
    )
    spec = importlib.util.find_spec(name)
    assert spec is not None, f"{name} cannot be imported: run make install-test"
    assert spec.origin is not None, f"{name}/__init__.py is missing"
    assert Path(spec.origin).is_relative_to(ROOT), f"{name} comes from {spec.origin}, not from here"


@pytest.mark.parametrize("name", packages())
def test_a_package_is_complete_and_typed(name: str) -> None:
    folder = ROOT / name
    assert (folder / "py.typed").is_file(), f"Make an empty file {name}/py.typed"
    holes = {
        parent.relative_to(ROOT).as_posix()
        for path in folder.rglob("*.py")
        for parent in path.parents
        if parent.is_relative_to(folder) and not (parent / "__init__.py").is_file()
    }
    # Alembic loads its revisions by path.
    none(
        sorted(hole for hole in holes if not hole.startswith("sinks/migrations")),
        "Every package has an __init__.py with one paragraph that says what it is for:",
    )


def test_no_test_folder_is_a_package() -> None:
    found = [str(p.relative_to(ROOT)) for p in (ROOT / "tests").rglob("__init__.py")]
    none(found, "With it, `import agents` would import tests/agents. Delete:")


def test_no_file_of_the_dashboard_hides_another_module() -> None:
    # `streamlit run dashboard/app.py` puts dashboard/ first on the path.
    installed = set(importlib.metadata.packages_distributions())
    taken = set(packages()) | installed | set(sys.stdlib_module_names)
    hiding = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "dashboard").iterdir())
        if path.stem in taken and (path.is_dir() or path.suffix == ".py")
    ]
    none(hiding, "Streamlit would import these instead of the modules of the same name; rename:")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert built.returncode == 0, f"The wheel cannot be built:\n{built.stdout}{built.stderr}"
    return next(folder.glob("*.whl"))


def test_the_wheel_has_every_file_that_the_code_reads(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in project_files()
        if path.relative_to(ROOT).parts[0] in packages()
    }
    none(sorted(wanted - inside), "These do not ship; see [tool.hatch.build.targets.wheel]:")


def test_the_wheel_has_the_packages_and_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(packages())


def declared() -> set[str]:
    """The distributions that pyproject.toml names, in the form that an index compares."""
    lines = metadata()["project"]["dependencies"]
    return {re.split(r"[\[<>=!~; ]", line)[0].replace("_", "-").lower() for line in lines}


def test_every_library_that_is_imported_is_declared() -> None:
    owners = importlib.metadata.packages_distributions()
    ours = {*packages(), *sys.stdlib_module_names}
    borrowed = [
        f"{module.where}:{line} {top} (from {', '.join(owners.get(top, ['nowhere']))})"
        for module in product()
        for name, line in imported(module.tree)
        if (top := name.split(".")[0]) not in ours
        if not {owner.replace("_", "-").lower() for owner in owners.get(top, [])} & declared()
    ]
    none(borrowed, "Add the distribution to pyproject.toml and run make lock:")


def test_the_command_is_called_pets() -> None:
    assert metadata()["project"]["scripts"] == {"pets": "api.cli:main"}


def test_every_lock_file_has_hashes_and_no_index() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        pins = [line for line in text.splitlines() if line and line[0].isalnum()]
        loose = [line for line in pins if "==" not in line or not line.endswith("\\")]
        none(loose, f"{lock.name} has packages without version and hash; run make lock:")
        assert "--index-url" not in text, f"{lock.name} names an index; run make lock"
        assert len(pins) > 100, f"{lock.name} names only {len(pins)} packages; run make lock"
