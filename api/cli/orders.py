"""`pets orders`: list them, show one with its story, follow what comes, cancel one.

Examples: `pets orders list --open`, `pets orders show ID`, `pets orders tail`.
"""

import json
import time
from typing import Annotated, Any

import typer

from api.cli.asking import (
    FAILED,
    Count,
    Hours,
    Json,
    Reason,
    bot_id,
    finish,
    get,
    part,
    send,
    until_stopped,
)
from api.cli.printing import age, clock, show, table

app = typer.Typer(no_args_is_help=True, help=__doc__)
COLUMNS = (
    *("order_id", "created_at", "bot_id", "status", "side", "action", "kind"),
    *("price", "size", "filled_size", "reason"),
)
Bot = Annotated[str | None, typer.Option("--bot", help="Only this bot's.")]


@app.command("list")
def list_orders(
    bot: Bot = None,
    status: Annotated[str | None, typer.Option(help="e.g. PENDING, FILLED, REJECTED.")] = None,
    resting: Annotated[
        bool, typer.Option("--open", help="Those that rest now, from the log.")
    ] = False,
    hours: Hours = 24.0,
    count: Count = 50,
    as_json: Json = False,
) -> None:
    """Print orders, newest first.

    Example: pets orders list --bot 05 --status REJECTED
    """
    wanted = bot_id(bot) if bot else None
    none = "No order fits. `pets why BOT` says why a bot is quiet."
    if resting:
        show(get("/orders/open", bot_id=wanted), COLUMNS, as_json=as_json, none=none)
        return
    answer = get("/orders", bot_id=wanted, status=status, hours=hours, limit=count)
    show(answer, COLUMNS, as_json=as_json, none=none, rows=answer["data"]["orders"])


@app.command("show")
def show_order(
    order_id: Annotated[str, typer.Argument(help="As `pets orders list` prints it.")],
    as_json: Json = False,
) -> None:
    """Print an order, the verdict that let it pass and its fills.

    Example: pets orders show ID
    """
    answer = get(f"/orders/{part(order_id)}")
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    story = answer["data"]
    for line in story_lines(story):
        typer.echo(line)
    typer.echo(age(answer))


def story_lines(story: dict[str, Any]) -> list[str]:
    """An order's life, a line a step."""
    order, verdict, fills = story["order"], story["verdict"], story["fills"]
    lines = table([order], COLUMNS)
    if verdict is None:
        lines.append("The verdict is not stored yet.")
    else:
        rule = f" {verdict['rule']}" if verdict["rule"] else ""
        lines.append(f"{clock(verdict['decided_at'])} {verdict['verdict']}{rule}")
    lines += [
        f"{clock(fill['executed_at'])} filled {fill['size']} at {fill['price']}, fee {fill['fee']},"
        f" {fill['liquidity'] or 'unknown'}{', inferred' if fill['inferred'] else ''}"
        for fill in fills
    ]
    return lines


@app.command()
def cancel(
    order_id: Annotated[str, typer.Argument(help="An order that rests.")],
    reason: Reason = "operator",
    as_json: Json = False,
) -> None:
    """Cancel an order that rests.

    Example: pets orders cancel ID
    """
    from urllib.parse import urlencode

    answer = send("DELETE", f"/orders/{part(order_id)}?{urlencode({'reason': reason})}")
    done = answer["confirmed"]
    said = (
        f"Order {order_id} is {answer['status']}."
        if done
        else "The cancel is on the log; the venue has not confirmed it. See `pets orders show`."
    )
    finish(answer, said, as_json=as_json, code=0 if done else FAILED)


@app.command()
def tail(
    bot: Bot = None,
    every: Annotated[float, typer.Option(min=1.0, help="Seconds between looks.")] = 2.0,
) -> None:
    """Print each change of an order as a JSON line, until Ctrl-C.

    Example: pets orders tail
    """
    seen: dict[str, int] = {}
    with until_stopped():
        while True:
            answer = get("/orders", bot_id=bot_id(bot) if bot else None, hours=1, limit=200)
            for order in reversed(answer["data"]["orders"]):
                if seen.get(order["order_id"]) != order["updated_at"]:
                    seen[order["order_id"]] = order["updated_at"]
                    typer.echo(json.dumps(order))
            time.sleep(every)
