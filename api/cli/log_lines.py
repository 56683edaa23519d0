"""`pets logs`: what the components logged, read from the log itself."""

import asyncio
import re
import time
from datetime import UTC, datetime

import typer

from api.log_topic import logged
from configs.settings import Settings
from schemas.errors import ApplicationError
from schemas.ops import LogLine
from topics.codec import encode
from topics.log_lines import LEVELS, Wanted

UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SPAN = re.compile(r"(\d+)([smhd])")


def show_logs(
    component: str, level: str, since: str, correlation: str, limit: int, as_json: bool
) -> None:
    """Print lines, the oldest first.

    Raises:
        ApplicationError: There is no such level, or `since` is neither a span nor a time.
        InfrastructureError: The broker does not answer.
    """
    if level.lower() not in LEVELS:
        raise ApplicationError(f"Expected a level of {', '.join(LEVELS)}, received {level!r}.")
    wanted = Wanted(component, level.lower(), since_ms(since, time.time()), correlation, limit)
    lines = asyncio.run(logged(Settings(), wanted))
    for line in lines:
        typer.echo(encode(line) if as_json else in_words(line))
    if not lines and not as_json:
        typer.echo(
            f"No line of the last {since} fits. Lines are written while components run "
            "(`pets status`) and kept for 7 days."
        )


def since_ms(text: str, now_s: float) -> int:
    """A span before now such as 30s, 10m, 2h, 3d, or an ISO time, as wall time, ms UTC.

    Args:
        text: What was asked for; a time without an offset is UTC.
        now_s: Wall time now, seconds.

    Raises:
        ApplicationError: It is neither.
    """
    if span := _SPAN.fullmatch(text):
        return int((now_s - int(span[1]) * UNITS_S[span[2]]) * 1000)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApplicationError(
            f"Expected a span such as 10m or 2h, or an ISO time, received {text!r}."
        ) from error
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def in_words(line: LogLine) -> str:
    """A line for people: time, level, component, what happened, and what it says beside."""
    at = datetime.fromtimestamp(line.at / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
    ids = {"correlation_id": line.correlation_id, "causation_id": line.causation_id}
    said = {name: value for name, value in (line.fields | ids).items() if value}
    rest = " ".join(f"{name}={value}" for name, value in said.items())
    return f"{at} {line.level:8} {line.source:12} {line.event} {rest}".rstrip()
