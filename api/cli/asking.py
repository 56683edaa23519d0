"""How commands ask the API: reads, and acts whose effect is read back before they say success."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

FAILED, REFUSED = 1, 3
"""Exit codes: not confirmed in time; refused by the risk gate or by the present state."""
CONFIRM_S = 10.0
POLL_S = 0.25

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the command.")]
Hours = Annotated[float, typer.Option(min=0.01, help="How far back, session hours.")]
Count = Annotated[int, typer.Option("-n", min=1, max=500, help="At most so many.")]


def get(path: str, **query: object) -> Any:  # noqa: ANN401 - JSON
    """What the API answers to a question.

    Args:
        path: Below `/api/v1`.
        query: What is asked for; None is left out.

    Raises:
        InfrastructureError: The API does not answer.
        ApplicationError: It refuses.
    """
    from api.client import call
    from configs.settings import Settings

    asked = {name: value for name, value in query.items() if value is not None}
    return call(Settings(), "GET", f"{path}?{urlencode(asked)}" if asked else path)


def send(method: str, path: str, body: dict[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
    """What the API answers to something that changes the system.

    Raises:
        InfrastructureError: The API does not answer, or the gate does not.
        ApplicationError: It refuses.
    """
    from api.client import call
    from configs.settings import Settings

    return call(Settings(), method, path, body)


def act(path: str, body: dict[str, Any], *, as_json: bool) -> dict[str, Any]:
    """Send a command, follow it until its effect is read back, and print what became of it.

    Exits with 3 when the gate refuses, with 1 when the effect does not show in ten seconds.

    Returns:
        The gate's answer.
    """
    answer: dict[str, Any] = send("POST", path, body)
    if not answer["accepted"]:
        finish(answer, answer["detail"], as_json=as_json, code=REFUSED)
    progress = follow(answer["command_id"])
    done = progress["stage"] == "confirmed"
    steps = "; ".join(f"{step['name']} {step['done']}/{step['of']}" for step in progress["steps"])
    said = f"{answer['detail']} Read back: {steps or progress['stage']}."
    if not done:
        said += f" {progress['advice']}"
    finish(answer | progress, said, as_json=as_json, code=0 if done else FAILED)
    return answer


def follow(command_id: str) -> dict[str, Any]:
    """How far a command has come when it is confirmed or denied, or after ten seconds."""
    deadline = time.monotonic() + CONFIRM_S
    while True:
        progress: dict[str, Any] = get(f"/commands/{part(command_id)}")["data"]
        if progress["stage"] in ("confirmed", "denied") or time.monotonic() > deadline:
            return progress
        time.sleep(POLL_S)


def finish(data: object, said: str, *, as_json: bool, code: int = 0) -> None:
    """Print a result as JSON or in words; end with the code unless it is 0."""
    typer.echo(json.dumps(data, indent=2) if as_json else said)
    if code:
        raise typer.Exit(code)


def part(text: str) -> str:
    """An id as one part of a path, whatever is in it."""
    return quote(text, safe="")


def bot_id(text: str) -> str:
    """A bot's id from what people type: `5`, `05` and `bot_05` are the same."""
    number = text.strip().lower().removeprefix("bot_")
    return f"bot_{int(number):02d}" if number.isascii() and number.isdigit() else text


@contextmanager
def until_stopped() -> Iterator[None]:
    """Ctrl-C ends what runs until it is stopped, without a trace."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("", err=True)
