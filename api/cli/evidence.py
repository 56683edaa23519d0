"""`pets evidence FOLDER`: what the bots make of the recorded sets in a folder, as Markdown."""

from pathlib import Path

import typer

from api.evidence import evidence, markdown
from configs.settings import Settings


def run_evidence(folder: Path) -> None:
    """Import, replay and print, set by set."""
    for line in markdown(evidence(folder, Settings())):
        typer.echo(line)
