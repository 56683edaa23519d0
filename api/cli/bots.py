"""`pets bots`: list and show them, start, pause, resume, stop or halt one.

Examples: `pets bots list`, `pets bots pause 05 --reason drill`, `pets bots config 05 --json`.
"""

import json
from typing import Annotated

import typer

from api.cli.asking import Json, Reason, act, bot_id, get, part
from api.cli.printing import age, show

app = typer.Typer(no_args_is_help=True, help=__doc__)
BotArgument = Annotated[str, typer.Argument(help="A bot: 5, 05 or bot_05.")]
COLUMNS = ("bot_id", "name", "state", "equity", "pnl", "drawdown", "exposure", "open_positions")


@app.command("list")
def list_bots(as_json: Json = False) -> None:
    """Print every bot's state and money.

    Example: pets bots list --json
    """
    show(get("/bots"), COLUMNS, as_json=as_json, none="There is no bot.")


@app.command("show")
def show_bot(bot: BotArgument, as_json: Json = False) -> None:
    """Print one bot.

    Example: pets bots show 05
    """
    answer = get(f"/bots/{part(bot_id(bot))}")
    show(answer, (*COLUMNS, "reason"), as_json=as_json, none="", rows=[answer["data"]])


@app.command()
def config(bot: BotArgument, as_json: Json = False) -> None:
    """Print a bot's parameters.

    Example: pets bots config 05 --json
    """
    answer = get(f"/bots/{part(bot_id(bot))}/config")
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    view = answer["data"]
    for name, value in view["parameters"].items():
        typer.echo(f"{name:32} {json.dumps(value)}")
    typer.echo(f"From {view['origin']}. {age(answer)}")


@app.command()
def start(bot: BotArgument, reason: Reason = "operator", as_json: Json = False) -> None:
    """Let a stopped bot open positions.

    Example: pets bots start 05
    """
    _command(bot, "start", reason, as_json)


@app.command()
def pause(bot: BotArgument, reason: Reason = "operator", as_json: Json = False) -> None:
    """Cancel its orders; it may reduce but not open.

    Example: pets bots pause 05
    """
    _command(bot, "pause", reason, as_json)


@app.command()
def resume(bot: BotArgument, reason: Reason = "operator", as_json: Json = False) -> None:
    """Let a paused bot open positions again.

    Example: pets bots resume 05
    """
    _command(bot, "resume", reason, as_json)


@app.command()
def stop(bot: BotArgument, reason: Reason = "operator", as_json: Json = False) -> None:
    """Cancel its orders and end its work; positions stay.

    Example: pets bots stop 05
    """
    _command(bot, "stop", reason, as_json)


@app.command()
def halt(bot: BotArgument, reason: Reason = "operator", as_json: Json = False) -> None:
    """Cancel its orders and let it unwind passively.

    Example: pets bots halt 05
    """
    _command(bot, "emergency-halt", reason, as_json)


def _command(bot: str, verb: str, reason: str, as_json: bool) -> None:
    act(f"/bots/{part(bot_id(bot))}/{verb}", {"reason": reason}, as_json=as_json)
