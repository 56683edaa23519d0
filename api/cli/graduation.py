"""`pets graduation`: what each bot's paper record shows, what it lacks, and keeping it."""

import json
from collections.abc import Mapping
from typing import Any

import typer

from api.cli.asking import bot_id, get
from api.cli.printing import age, table
from api.money.graduation import keep
from configs.settings import Settings
from schemas.values import Money

COLUMNS = (
    *("bot_id", "days", "fills", "resolved", "pnl", "markout_60s", "win_rate", "average_price"),
    *("sharpe", "deflated", "drawdown", "violations"),
)


def show_graduation(bot: str | None, as_json: bool) -> None:
    """Print the records against the criteria; those of all bots with paper money are kept."""
    answer = get("/performance/graduation", bot_id=bot_id(bot) if bot else None)
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
    else:
        for line in lines(answer):
            typer.echo(line)
    if bot is None and answer["money"] == Money.PAPER:
        path = Settings().paper_record
        keep(answer, path)
        typer.echo(f"Kept in {path}; live money asks for it.", err=as_json)


def lines(answer: Mapping[str, Any]) -> list[str]:
    """The records as a table, then what each lacks."""
    records = answer["data"]
    said = [
        *table(records, COLUMNS),
        "",
        "What each lacks before its orders may be real (STRATEGIES.md E.6)",
    ]
    for record in records:
        lacks = record["lacks"]
        said.append(f"{record['bot_id']}: {'insufficient' if lacks else 'nothing'}")
        said += [f"  {sentence}" for sentence in lacks]
    return [*said, "", age(answer)]
