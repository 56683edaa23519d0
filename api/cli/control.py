"""`pets halt`, `pets resume`, `pets status`: stopping is easy, starting is typed."""

import asyncio
import json
from typing import TYPE_CHECKING, Any

import typer

from api.cli.asking import act, get

if TYPE_CHECKING:
    from configs.settings import Settings
    from schemas.control import Command

PHRASE = "RESUME"


def halt_trading(reason: str, emergency: bool, as_json: bool) -> None:
    """Halt through the API and read the effect back; without it, write the command to the log."""
    from api.client import ApiAwayError
    from configs.settings import Settings

    path = "/risk/emergency-halt" if emergency else "/risk/halt"
    try:
        act(path, {"reason": reason}, as_json=as_json)
    except ApiAwayError:
        command = asyncio.run(_write_halt(Settings(), emergency, reason))
        said = (
            f"The API does not answer. The {command.verb} is on the log ({command.event_id}) and "
            "the risk gate obeys it as soon as it reads on."
        )
        answer = {"command_id": command.event_id, "stage": "accepted", "detail": said}
        typer.echo(json.dumps(answer, indent=2) if as_json else said)


def resume_trading(phrase: str, reason: str, as_json: bool) -> None:
    """End a halt, after the phrase."""
    from schemas.errors import ApplicationError

    if phrase != PHRASE:
        raise ApplicationError(
            f"Resuming lets bots take risk again: type `pets resume --phrase {PHRASE}`."
        )
    act("/risk/resume", {"phrase": phrase, "reason": reason}, as_json=as_json)


def show_status(as_json: bool) -> None:
    """Print the status in words, or as JSON."""
    status = get("/status")
    if as_json:
        typer.echo(json.dumps(status, indent=2))
        return
    for line in _words(status):
        typer.echo(line)


def _words(status: dict[str, Any]) -> list[str]:
    from api.symptoms import SILENT_S

    data = status["data"]
    markets = ", ".join(f"{count} {label}" for label, count in sorted(data["markets"].items()))
    lines = [
        f"Trading {data['trading_state']} on {status['source']} data with {status['money']} money.",
        f"Markets   {markets or 'none yet'}",
        f"Database  {data['database']}",
    ]
    lines += [
        f"{stage['component']:16} {stage['status']:10} {stage['age_s']:5.1f} s ago, "
        f"{stage['lag']} records behind"
        for stage in data["stages"]
    ]
    silent = [stage["component"] for stage in data["stages"] if stage["age_s"] > SILENT_S]
    if silent or data["trading_state"] != "ACTIVE":
        what = f"Not heard: {', '.join(silent)}." if silent else f"Why: {data['reason']}"
        lines.append(f"{what} `pets doctor` says what to do.")
    if data["dead_letters"]:
        lines.append(f"{data['dead_letters']} dead letters wait: see `pets dead-letters list`.")
    return lines


async def _write_halt(settings: "Settings", emergency: bool, reason: str) -> "Command":
    from api.commands import Commander
    from schemas.control import Verb
    from schemas.ids import AccountId
    from topics.producer import FrameProducer

    verb = Verb.EMERGENCY_HALT if emergency else Verb.HALT
    async with FrameProducer(
        settings.broker, writer="cli", prefix=settings.topic_prefix, shards=settings.shards
    ) as producer:
        commander = Commander(producer, AccountId(settings.account), settings.clock())
        return await commander.send(verb, None, reason, "cli")
