"""`pets at-work`: what every bot does on a tape, and each of its reasons with its count."""

import typer

from agents.registry import choose_bots
from agents.replay.at_work import at_work, markdown
from api.replay import Run, replay
from api.tape import Tape
from configs.paper import QueueKind
from configs.settings import Settings
from schemas.ids import AccountId


def run_at_work(source: str, bots: str, seed: int, hours: float, after: float) -> None:
    """Play a tape under the risk-averse queue and print the report as Markdown."""
    settings = Settings().model_copy(update={"seed": seed, "bots": bots})
    chosen = choose_bots(bots)
    tape = Tape(source, seed, hours, AccountId(settings.account), after)
    ids = [bot.bot_id for bot in chosen]
    run = replay(settings, tape, ids, QueueKind.RISK_AVERSE, None, _silent)
    command = f"pets at-work {source} --bots {bots} --hours {hours:g} --seed {seed}"
    command += f" --after {after:g}" if after else ""
    typer.echo(f"`{command}`: {_size(run, hours)}\n")
    typer.echo(markdown(at_work(chosen, run.tally, run.passed)))


def _size(run: Run, hours: float) -> str:
    return (
        f"{run.inputs:,} inputs and {run.tally.events:,} messages in {hours:g} h of session time."
    )


def _silent(_: int, __: int) -> None:
    """No progress: the output is a document."""
