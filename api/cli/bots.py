"""`pets bots`: list them, start, pause, resume or stop one."""

import json
from typing import Annotated

import typer

from api.client import call
from configs.settings import Settings

app = typer.Typer(no_args_is_help=True)
BotArgument = Annotated[str, typer.Argument(help="A bot id such as bot_05.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the command.")]


@app.command("list")
def list_bots(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print every bot's state and money."""
    answer = call(Settings(), "GET", "/bots")
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    for bot in answer["data"]:
        typer.echo(
            f"{bot['bot_id']}  {bot['name']:20} {bot['state']:15} equity {bot['equity'] or '-':>12}"
            f"  P&L {bot['pnl'] or '-':>10}  drawdown {bot['drawdown'] or '-'}"
        )


@app.command()
def start(bot_id: BotArgument, reason: Reason = "operator") -> None:
    """Let a stopped bot open positions."""
    _command(bot_id, "start", reason)


@app.command()
def pause(bot_id: BotArgument, reason: Reason = "operator") -> None:
    """Cancel its orders; it may reduce but not open."""
    _command(bot_id, "pause", reason)


@app.command()
def resume(bot_id: BotArgument, reason: Reason = "operator") -> None:
    """Let a paused bot open positions again."""
    _command(bot_id, "resume", reason)


@app.command()
def stop(bot_id: BotArgument, reason: Reason = "operator") -> None:
    """Cancel its orders and end its work; positions stay."""
    _command(bot_id, "stop", reason)


def _command(bot_id: str, verb: str, reason: str) -> None:
    answer = call(Settings(), "POST", f"/bots/{bot_id}/{verb}", {"reason": reason})
    typer.echo(answer["detail"])
    if not answer["accepted"]:
        raise typer.Exit(3)
