"""`pets commands`: what operators asked for, and how far it has come.

Examples: `pets commands list`, `pets commands show ID --json`.
"""

from typing import Annotated

import typer

from api.cli.asking import Count, Json, get, part
from api.cli.printing import show

app = typer.Typer(no_args_is_help=True, help=__doc__)
COLUMNS = ("command_id", "sent_at", "verb", "bot_id", "stage", "by", "reason", "detail")


@app.command("list")
def list_commands(count: Count = 20, as_json: Json = False) -> None:
    """Print the last commands, newest first.

    Example: pets commands list -n 5
    """
    answer = get("/commands", limit=count)
    show(answer, COLUMNS, as_json=as_json, none="No command was given lately.")


@app.command("show")
def show_command(
    command_id: Annotated[str, typer.Argument(help="As a command prints it.")],
    as_json: Json = False,
) -> None:
    """Print one command with the steps of its effect.

    Example: pets commands show ID
    """
    answer = get(f"/commands/{part(command_id)}")
    view = answer["data"]
    show(answer, COLUMNS, as_json=as_json, none="", rows=[view])
    if as_json:
        return
    for step in view["steps"]:
        typer.echo(f"{step['done']} of {step['of']}: {step['name']}")
    if view["advice"]:
        typer.echo(view["advice"])
