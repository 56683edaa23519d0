"""`pets keys`: make, list and revoke keys of the API."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.keys import KeyFile, Role

app = typer.Typer(no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="A word such as my-script.")]


@app.command()
def create(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="read, operate or trade.")] = Role.READ,
) -> None:
    """Make a key and print it, this once; from then on the API asks for one.

    Example: pets keys create my-script --role read
    """
    token = _file().create(name, role)
    typer.echo(token)
    typer.echo(
        f"May {role}. It is shown once and kept as a digest; send it in X-API-Key.", err=True
    )


@app.command("list")
def list_keys(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the names, roles and ages of keys; never the keys."""
    keys = _file().everything()
    if as_json:
        fields = ("name", "role", "created_at", "revoked_at")
        typer.echo(json.dumps([{each: getattr(key, each) for each in fields} for key in keys]))
        return
    for key in keys:
        made = datetime.fromtimestamp(key.created_at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        state = "good" if key.revoked_at is None else "revoked"
        typer.echo(f"{key.name:40} {key.role:8} {made} UTC  {state}")
    if not keys:
        typer.echo("No keys: the API serves this machine alone. Make one: pets keys create NAME")


@app.command()
def revoke(name: NameArgument) -> None:
    """Make a key good no longer; a running API notices at once."""
    _file().revoke(name)
    typer.echo(f"{name} is revoked.")


def _file() -> KeyFile:
    from configs.settings import Settings

    return KeyFile(Settings().home)
