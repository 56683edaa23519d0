"""`pets risk`: how close to the limits, what was denied, and what would pass.

Examples: `pets risk show`, `pets risk denials --bot 05`, `pets risk rearm bot_05 --phrase RESUME
--reason "looked at it"`.
"""

import json
from typing import Annotated

import typer

from api.cli.asking import REFUSED, Count, Json, act, bot_id, finish, get, part, send
from api.cli.printing import age, show, table

app = typer.Typer(no_args_is_help=True, help=__doc__)
BREAKERS = ("scope", "kind", "value", "limit", "open", "until")
DENIALS = ("time", "bot_id", "code", "rule", "limit", "value", "question")
CELLS = ("key", "held", "resting", "positions", "orders", "unrealised_pnl")
PORTFOLIO = "portfolio"
SIDES = {"zone": "by_zone", "bot": "by_bot", "market": "by_market", "category": "by_category"}


@app.command("show")
def show_risk(as_json: Json = False) -> None:
    """Print equity, drawdown, exposure, and what a halt would touch.

    Example: pets risk show
    """
    answer = get("/risk/metrics")
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    for name, value in answer["data"].items():
        typer.echo(f"{name.replace('_', ' '):16} {'-' if value is None else value}")
    typer.echo(age(answer))


@app.command()
def breakers(as_json: Json = False) -> None:
    """Print every breaker with its value and limit.

    Example: pets risk breakers --json
    """
    none = "The gate has told of no breaker yet."
    show(get("/risk/circuit-breakers"), BREAKERS, as_json=as_json, none=none)


@app.command()
def exposure(
    by: Annotated[str, typer.Option(help="zone, bot, market or category.")] = "zone",
    as_json: Json = False,
) -> None:
    """Print what is at risk, grouped.

    Example: pets risk exposure --by category
    """
    if by not in SIDES:
        raise typer.BadParameter(f"Expected one of {', '.join(SIDES)}, received {by!r}.")
    answer = get("/risk/exposure")
    rows = answer["data"][SIDES[by]]
    show(answer, CELLS, as_json=as_json, none="Nothing is held and nothing rests.", rows=rows)


@app.command()
def denials(
    bot: Annotated[str | None, typer.Option("--bot", help="Only this bot's.")] = None,
    count: Count = 20,
    as_json: Json = False,
) -> None:
    """Print the newest denied intents.

    Example: pets risk denials --bot 05
    """
    answer = get("/risk/denials", bot_id=bot_id(bot) if bot else None, limit=count)
    show(answer, DENIALS, as_json=as_json, none="The gate denied no intent lately.")


@app.command()
def check(
    bot: Annotated[str, typer.Argument(help="Whose capital and limits: 5, 05 or bot_05.")],
    market_id: Annotated[str, typer.Argument(help="The market.")],
    side: Annotated[str, typer.Argument(help="YES or NO.")],
    action: Annotated[str, typer.Argument(help="BUY or SELL.")],
    price: Annotated[str, typer.Argument(help="Dollars a share, e.g. 0.42.")],
    size: Annotated[str, typer.Argument(help="Shares, e.g. 200.")],
    as_json: Json = False,
) -> None:
    """Ask the gate about an order, send nothing.

    Example: pets risk check 05 0xab YES BUY 0.4 9
    """
    body = {
        "bot_id": bot_id(bot),
        "market_id": market_id,
        "side": side.upper(),
        "action": action.upper(),
        "price": price,
        "size": size,
    }
    answer = send("POST", "/risk/what-if", body)
    judged = answer["data"]
    said = "It would pass." if judged["accepted"] else f"It would be denied: {judged['rule']}"
    lines = [said, *table([judged], ("code", "limit", "value", "kind", "zone")), age(answer)]
    code = 0 if judged["accepted"] else REFUSED
    finish(answer, "\n".join(lines), as_json=as_json, code=code)


@app.command()
def rearm(
    scope: Annotated[str, typer.Argument(help="A bot, or `portfolio`, which takes two steps.")],
    phrase: Annotated[str, typer.Option(help="Type RESUME.")] = "",
    reason: Annotated[str, typer.Option(help="Why it is safe again.")] = "",
    confirms: Annotated[
        str, typer.Option(help="Second step of the portfolio: the first one's command id.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Close a drawdown breaker.

    Example: pets risk rearm 05 --phrase RESUME --reason "looked"
    """
    if not reason.strip():
        raise typer.BadParameter("Expected --reason: say why it is safe again.")
    target = scope if scope == PORTFOLIO else bot_id(scope)
    body = {"phrase": phrase, "reason": reason, "confirms": confirms}
    path = f"/risk/rearm/{part(target)}"
    if target != PORTFOLIO or confirms:
        act(path, body, as_json=as_json)
        return
    first = send("POST", path, body)
    if not first["accepted"]:
        finish(first, first["detail"], as_json=as_json, code=REFUSED)
    finish(
        first, f"{first['detail']} Confirm with --confirms {first['command_id']}.", as_json=as_json
    )
