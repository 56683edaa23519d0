"""`pets doctor`: what is wrong and what to do, in plain words, with or without a running system."""

import asyncio
import json

import typer

from api.diagnosis import look
from api.symptoms import Level, examine, worst
from configs.settings import Settings

EXIT = {Level.OK: 0, Level.WARNING: 1, Level.TROUBLE: 4}
MARK = {Level.OK: "ok      ", Level.WARNING: "warning ", Level.TROUBLE: "TROUBLE "}


def examine_installation(as_json: bool) -> None:
    """Print every check; exit 0 when all is well, 1 with warnings, 4 with trouble."""
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
