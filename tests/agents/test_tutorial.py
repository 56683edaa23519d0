"""docs/tutorial.md works: its files and commands are followed literally in a copy."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("schemas", "streams", "topics", "configs", "agents", "tests/agents")
BLOCK = re.compile(r"(?:Write `(?P<file>[^`]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)```\n", re.S)


def test_the_tutorial_makes_a_bot_that_trades(tmp_path: Path) -> None:
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__", "test_tutorial.py")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    written, run = 0, 0
    for block in BLOCK.finditer(tutorial):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
            written += 1
            continue
        assert block["kind"] == "sh", "a block is a file to write or a command to run"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PATH": path, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", block["text"]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        run += 1
    assert (written, run) == (3, 2)
    registry = (tmp_path / "agents" / "registry.py").read_text(encoding="utf-8")
    assert registry.count("bot_11") == 2
