"""`pets topics`: what is on the log, whether it is as the catalogue says, and what passes."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from topics.catalog import TopicSpec

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_topics() -> None:
    """Print the catalogue.

    Example: pets topics list
    """
    from topics.catalog import TOPICS

    for topic in TOPICS:
        kept = "compacted" if not topic.framed else _days(topic.retention_ms)
        typer.echo(f"{topic.name:32} {topic.scope:13} {kept:12} {topic.about}")


@app.command()
def check() -> None:
    """Compare the broker's topics with the catalogue; exit 1 where they differ."""
    from configs.settings import Settings
    from topics.admin import check_topics
    from topics.catalog import TOPICS

    settings = Settings()
    reports = asyncio.run(check_topics(settings.broker, settings.topic_prefix, settings.shards))
    problems = [problem for report in reports for problem in report.problems]
    problems += [f"{report.topic.name} is missing." for report in reports if not report.exists]
    for problem in problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{len(TOPICS)} topics are as the catalogue says.")


@app.command()
def tail(
    name: Annotated[
        str, typer.Argument(help="A topic, or its middle part such as `trading.fills`.")
    ],
    count: Annotated[int, typer.Option("-n", help="Records from the end.")] = 20,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on with what comes.")] = False,
) -> None:
    """Print messages as JSON lines with their offset.

    Example: pets topics tail trading.fills
    """
    from configs.settings import Settings
    from topics.tail import tail as tail_topic

    settings = Settings()
    topic = _topic(name)

    async def run() -> None:
        lines = tail_topic(
            settings.broker,
            topic,
            prefix=settings.topic_prefix,
            last=count,
            follow=follow,
        )
        async for line in lines:
            typer.echo(line)

    asyncio.run(run())


def _topic(name: str) -> "TopicSpec":
    from schemas.errors import ApplicationError
    from topics.catalog import BY_NAME

    found = BY_NAME.get(name) or BY_NAME.get(f"pets.{name}.v1")
    if found is None:
        raise ApplicationError(
            f"Expected a topic of the catalogue, received {name!r}. `pets topics list` names them."
        )
    return found


def _days(retention_ms: int | None) -> str:
    return "for ever" if retention_ms is None else f"{retention_ms // 86_400_000} d"
