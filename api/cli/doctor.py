"""`pets doctor`: what is wrong and what to do, in plain words, with or without a running system."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from api.diagnosis import look
from api.symptoms import Level, examine, worst
from configs.settings import Settings

EXIT = {Level.OK: 0, Level.WARNING: 1, Level.TROUBLE: 4}
MARK = {Level.OK: "ok      ", Level.WARNING: "warning ", Level.TROUBLE: "TROUBLE "}


def examine_installation(as_json: bool) -> None:
    """Print every check; exit 0 when all is well, 1 with warnings, 4 with trouble."""
    with _silent_libraries():
        symptoms = examine(asyncio.run(look(Settings())))
    if as_json:
        level = worst(symptoms)
        typer.echo(json.dumps({"level": level, "checks": [item._asdict() for item in symptoms]}))
    else:
        for check, grade, says, advice in symptoms:
            typer.echo(f"{MARK[grade]}{check:16} {says}")
            if advice and grade is not Level.OK:
                typer.echo(f"{'':24} -> {advice}")
    raise typer.Exit(EXIT[worst(symptoms)])


@contextmanager
def _silent_libraries() -> Iterator[None]:
    """What clients log while a broker is away is said by the checks already."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
