"""`pets config`: what decides, and changing it while everything runs.

Examples: `pets config list`, `pets config show risk.yaml`, `pets config set risk.yaml mine.yaml`.
"""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from api.cli.asking import REFUSED, Json, Reason, finish, get, send
from schemas.errors import ApplicationError

app = typer.Typer(no_args_is_help=True, help=__doc__)


@app.command("list")
def list_files(as_json: Json = False) -> None:
    """Print the files that decide, and which of them are edited and not yet taken over.

    Example: pets config list
    """
    data = _in_force()
    if as_json:
        finish(data, "", as_json=True)
        return
    since = f"by {data['by']}: {data['reason']}" if data["on_the_log"] else "not yet on the log"
    typer.echo(f"{data['fingerprint']}  {since}")
    typer.echo(f"bots {data['bots']}, {data['money']} money, seed {data['seed']}")
    for file in data["files"]:
        note = "  differs from the file here" if file["edited_here"] else ""
        typer.echo(f"{file['name']}{note}")


@app.command()
def show(name: Annotated[str, typer.Argument(help="e.g. risk.yaml; `list` names them.")]) -> None:
    """Print a file as it is in force.

    Example: pets config show risk.yaml
    """
    files = {file["name"]: file["text"] for file in _in_force()["files"]}
    if name not in files:
        raise ApplicationError(f"Expected one of {', '.join(files)}, received {name!r}.")
    typer.echo(files[name], nl=False)


@app.command("set")
def set_file(
    name: Annotated[str, typer.Argument(help="e.g. risk.yaml.")],
    path: Annotated[Path, typer.Argument(help="The file as it shall be.")],
    reason: Reason = "operator",
    as_json: Json = False,
) -> None:
    """Replace a file for all stages; refused with a sentence when it is wrong.

    Example: pets config set risk.yaml mine.yaml --reason calmer
    """
    if not path.is_file():
        raise ApplicationError(f"Expected a file, there is none at {path}.")
    body = {
        "text": path.read_text(encoding="utf-8"),
        "reason": reason,
        "base": _in_force()["fingerprint"],
    }
    answer = send("PUT", f"/config/{quote(name)}", body)
    code = 0 if answer["accepted"] else REFUSED
    finish(answer, answer["detail"], as_json=as_json, code=code)


def _in_force() -> dict[str, Any]:
    data: dict[str, Any] = get("/config")["data"]
    return data
