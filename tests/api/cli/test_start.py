"""The command line starts quickly: its help imports nothing heavy, and tells all it can do."""

import subprocess
import sys

import pytest

from tests.api.cli.conftest import Pets

HEAVY = ("httpx", "pydantic", "aiokafka", "faust", "numpy", "fastapi", "asyncpg", "web3", "yaml")


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys; from api.cli import _add_groups, app; import typer;"
        "_add_groups(); typer.main.get_command(app);"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]", "import it where it is used"


NOUNS = (
    "alerts",
    "bots",
    "orders",
    "positions",
    "risk",
    "commands",
    "topics",
    "sandbox",
    "dead-letters",
)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_lists_its_verbs(pets: Pets, noun: str) -> None:
    said = pets(noun, "--help")
    assert said.exit_code == 0
    assert "Commands:" in said.output


def test_the_help_documents_exit_codes_and_completion(pets: Pets) -> None:
    said = " ".join(pets("--help").output.split())
    assert "0 done, 1 failed or not confirmed, 2 wrong usage, 3 refused" in said
    assert "--install-completion" in said
