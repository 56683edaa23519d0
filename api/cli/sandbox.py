"""`pets sandbox`: what the sandbox venue plays, and faults on command."""

import json
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)
CONNECT_S = 5.0


@app.command()
def status() -> None:
    """Say what is played and how far."""
    _show(_asked("GET", "/sandbox"))


@app.command()
def faults() -> None:
    """List the faults that are on."""
    _show(_asked("GET", "/sandbox/faults"))


@app.command()
def clear() -> None:
    """Switch all faults off."""
    _show(_asked("DELETE", "/sandbox/faults"))


@app.command()
def fault(
    kind: Annotated[str, typer.Argument(help="Which; an unknown one lists them all.")],
    count: Annotated[int, typer.Option(help="Occasions to strike.")] = 1,
    share: Annotated[float, typer.Option(help="Rate at which occasions are struck.")] = 1.0,
    channel: Annotated[str, typer.Option(help="Sockets: market or user.")] = "market",
    path: Annotated[str, typer.Option(help="Request paths that start so; all by default.")] = "",
    method: Annotated[str, typer.Option(help="HTTP method; all by default.")] = "",
    status_code: Annotated[int, typer.Option("--status", help="For `status`.")] = 500,
    ms: Annotated[int, typer.Option(help="Duration, or skew of the clock.")] = 0,
    token_id: Annotated[str, typer.Option(help="For `cross_book`.")] = "",
    address: Annotated[str, typer.Option(help="For `closed_only` and `ban`.")] = "",
    breaking: Annotated[
        bool, typer.Option("--breaking", help="For `schema_change`: rename fields.")
    ] = False,
) -> None:
    """Switch a fault on; the venue's seed decides what it hits."""
    command = {
        "kind": kind, "count": count, "share": share, "channel": channel, "path": path,
        "method": method, "status": status_code, "ms": ms, "token_id": token_id,
        "address": address, "breaking": breaking,
    }  # fmt: skip
    _show(_asked("POST", "/sandbox/faults", command))


def _asked(method: str, path: str, body: object = None) -> object:
    """The sandbox's answer.

    Raises:
        InfrastructureError: Nobody answers.
        ConfigurationError: It does not take the command.
    """
    import httpx

    from configs.settings import Settings
    from schemas.errors import ConfigurationError, InfrastructureError

    settings = Settings()
    url = f"http://{settings.sandbox_host}:{settings.sandbox_port}{path}"
    try:
        answer = httpx.request(method, url, json=body, timeout=CONNECT_S)
    except httpx.HTTPError as error:
        raise InfrastructureError(
            f"No sandbox venue answers at {url}: {error}. Start one with `pets up` or "
            "`pets run sandbox`, or set PETS_SANDBOX_PORT."
        ) from error
    content: object = answer.json()
    if answer.is_error:
        raise ConfigurationError(f"The sandbox refused: {content}")
    return content


def _show(content: object) -> None:
    typer.echo(json.dumps(content, indent=2))
