"""`pets dead-letters`: what could not be handled, why, and another try."""

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.dead_letters import Filed

app = typer.Typer(no_args_is_help=True)

ID_LENGTH = 12
CAUSE_LENGTH = 100
Json = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]


@app.command("list")
def list_letters(
    everything: Annotated[
        bool, typer.Option("--all", help="Those that were put back as well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the dead letters that wait, the oldest first.

    Example: pets dead-letters list
    """
    shown = [item for item in _filed() if everything or item.retried is None]
    for item in shown:
        typer.echo(json.dumps(_details(item)) if as_json else _line(item))
    if not shown and not as_json:
        typer.echo("No dead letter waits.")


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")],
    as_json: Json = False,
) -> None:
    """Print one dead letter with its cause and its bytes."""
    from api.dead_letters import find_letter

    details = _details(find_letter(_filed(), letter))
    if as_json:
        typer.echo(json.dumps(details))
        return
    for name, value in details.items():
        typer.echo(f"{name:10} {value}")


@app.command("retry")
def retry_letters(
    letter: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every letter that waits.")] = False,
) -> None:
    """Put a dead letter back to the reader that could not handle it; once, however often asked."""
    from api.dead_letters import retry
    from configs.settings import Settings
    from schemas.errors import ApplicationError

    if bool(letter) == everything:
        raise ApplicationError(
            "Expected the id of one dead letter, or --all: see `pets dead-letters list`."
        )
    settings = Settings()
    if not everything:
        typer.echo(asyncio.run(retry(settings, letter, "cli")))
        return
    refused = 0
    for item in _filed():
        if item.retried is not None:
            continue
        try:
            typer.echo(asyncio.run(retry(settings, item.letter.event_id, "cli")))
        except ApplicationError as error:
            refused += 1
            typer.echo(str(error))
    if refused:
        raise typer.Exit(1)


def _filed() -> "list[Filed]":
    from api.dead_letters import Filed, filed_letters
    from configs.settings import Settings
    from topics.reader import open_reader

    settings = Settings()

    async def read() -> list[Filed]:
        async with open_reader(settings.broker, client="pets-dead-letters") as reader:
            return await filed_letters(reader, settings.topic_prefix)

    return asyncio.run(read())


def _line(item: "Filed") -> str:
    letter = item.letter
    state = "waits" if item.retried is None else "put back"
    cause = " ".join(letter.error.split())
    return (
        f"{letter.event_id[:ID_LENGTH]}  {state:8}  {letter.source:15} {letter.topic}/"
        f"{letter.partition} offset {letter.offset} index {letter.index}  {cause[:CAUSE_LENGTH]}"
    )


def _details(item: "Filed") -> dict[str, str | int]:
    from topics.dead_letters import payload_of

    letter, retried = item
    return {
        "id": letter.event_id,
        "state": "waits" if retried is None else f"put back at offset {retried.offset}",
        "reader": letter.source,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "index": letter.index,
        "at": letter.ingest_time,
        "cause": letter.error,
        "bytes": payload_of(letter).decode("utf-8", errors="backslashreplace"),
    }
