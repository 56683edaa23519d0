"""Every command that README and docs name exists as it is written; what needs nothing is run."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import api.cli as cli
from api.runbook import with_alerts
from schemas.alert_rules import RULES

USAGE = typer.BadParameter.__mro__[1]
"""The parent of all errors of usage."""
ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SHELL = re.compile(r"^(?: {4}|\$ )?(?:\.venv/bin/)?(pets .+|make [a-z].*)$")
INLINE = re.compile(r"`(?:\.venv/bin/)?((?:pets|make) [a-z-][^`]*)`")
RUN = ("pets topics list", "pets --help", "make help")
"""Commands that need no running system, as the documentation has them or as anybody would try."""


def named() -> list[tuple[str, str]]:
    """Every command with the page that names it."""
    found = []
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            block = SHELL.match(line) if line.startswith("    ") else None
            texts = [block[1]] if block else INLINE.findall(line)
            found += [(page.name, plain(text)) for text in texts]
    return sorted(set(found))


def plain(text: str) -> str:
    """A command without the remark behind it; what may be left out is there, N is a number."""
    command = re.split(r"\s{2,}#|\s#\s", text)[0].strip()
    return re.sub(r"(?<=\s)N\b", "1", command.replace("[", "").replace("]", ""))


def parse(line: str) -> None:
    """Read a line of `pets` to its end; what is missing or unknown is an error."""
    if not cli.app.registered_groups:
        cli._add_groups()
    command, words = typer.main.get_command(cli.app), shlex.split(line)[1:]
    context = None
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"`{line}`: there is no `{words[0]}`"
        command, words = command.commands[words[0]], words[1:]
    if hasattr(command, "commands"):
        known = {each for parameter in command.params for each in parameter.opts}
        assert set(words) <= known | {"--help"}, f"`{line}`: unknown options"
        return
    context = command.make_context(line, list(words), resilient_parsing=False)
    assert context is not None


def test_the_documentation_names_commands() -> None:
    pages = {page for page, _ in named()}
    assert {"README.md", "runbook.md"} <= pages
    assert len(named()) > 40


@pytest.mark.parametrize(
    "line", sorted({line for _, line in named() if line.startswith("pets ")}), ids=str
)
def test_a_command_of_pets_is_one_that_exists(line: str) -> None:
    parse(line)


@pytest.mark.parametrize("line", ["pets bots paus 05", "pets why", "pets halt --now"])
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    with pytest.raises((AssertionError, USAGE)):
        parse(line)


def test_targets_of_make_exist() -> None:
    lines = {line for _, line in named() if line.startswith("make ")}
    targets = {word for line in lines for word in [shlex.split(line)[1]]}
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    known |= {
        name
        for names in re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text(), re.M)
        for name in names.split()
    }
    assert targets <= known, f"make has no {', '.join(sorted(targets - known))}"


@pytest.mark.parametrize("line", RUN)
def test_what_needs_nothing_runs(line: str) -> None:
    words = shlex.split(line)
    program = [str(Path(sys.executable).with_name("pets"))] if words[0] == "pets" else ["make"]
    done = subprocess.run([*program, *words[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_runbook_says_each_alert_as_the_rules_do() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert with_alerts(page) == page, "run make docs"
    for rule in RULES:
        assert f"`{rule.name}`" in page
