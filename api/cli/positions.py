"""`pets positions`: what is held, what was closed, and closing one.

Examples: `pets positions list`, `pets positions closed --hours 2`, `pets positions close ID`.
"""

from typing import Annotated

import typer

from api.cli.asking import REFUSED, Count, Hours, Json, Reason, bot_id, finish, get, part, send
from api.cli.printing import show

app = typer.Typer(no_args_is_help=True, help=__doc__)
COLUMNS = (
    *("position_id", "bot_id", "question", "side", "size", "entry_price", "mark"),
    *("unrealised_pnl", "zone", "label"),
)
CLOSED = ("position_id", "bot_id", "market_id", "side", "closed_at", "realised_pnl", "fees")
Bot = Annotated[str | None, typer.Option("--bot", help="Only this bot's.")]


@app.command("list")
def list_positions(bot: Bot = None, as_json: Json = False) -> None:
    """Print open positions, the greatest cost first.

    Example: pets positions list --bot 05
    """
    answer = get("/positions", bot_id=bot_id(bot) if bot else None)
    show(answer, COLUMNS, as_json=as_json, none="No bot holds a position.")


@app.command()
def closed(bot: Bot = None, hours: Hours = 24.0, count: Count = 50, as_json: Json = False) -> None:
    """Print closed positions, newest first.

    Example: pets positions closed --hours 2
    """
    answer = get("/positions/closed", bot_id=bot_id(bot) if bot else None, hours=hours, limit=count)
    none = "No position was closed."
    show(answer, CLOSED, as_json=as_json, none=none, rows=answer["data"]["items"])


@app.command()
def close(
    position_id: Annotated[str, typer.Argument(help="As `pets positions list` prints it.")],
    price: Annotated[str | None, typer.Option(help="Dollars a share; the best ask else.")] = None,
    reason: Reason = "operator",
    as_json: Json = False,
) -> None:
    """Offer a position for sale, passively: it may take time.

    Example: pets positions close ID
    """
    body = {"reason": reason} | ({"price": price} if price else {})
    ticket = send("POST", f"/positions/{part(position_id)}/close", body)
    judged = ticket["judgement"]
    if not judged["accepted"]:
        said = f"Refused: {judged['rule']} Limit {judged['limit']}, value {judged['value']}."
        finish(ticket, said, as_json=as_json, code=REFUSED)
    said = (
        f"Offered {ticket['size']} at {ticket['price']} as order {ticket['order_id']}; the "
        "position is closed when it is filled: `pets orders show` says how far it is."
    )
    finish(ticket, said, as_json=as_json)
