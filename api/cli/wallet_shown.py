"""The work of `pets wallet balance`, `transactions` and `topup`: what the API knows of wallets."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import typer

from api.cli.asking import finish, get, send
from api.cli.printing import age, show

COLUMNS = ("final_at", "nonce", "kind", "status", "bot_id", "cost_usd", "attempt", "hash")


def balance(as_json: bool) -> None:
    """Print every wallet."""
    answer = get("/wallet/balance")
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    for wallet in answer["data"]:
        for line in _lines(wallet):
            typer.echo(line)
    if not answer["data"]:
        typer.echo("No wallet was seen yet.")
    typer.echo(age(answer))


def transactions(limit: int, as_json: bool) -> None:
    """Print settled transactions, newest first."""
    answer = get("/wallet/transactions", limit=limit)
    rows = [tx | {"final_at": tx["event_time"]} for tx in answer["data"]]
    none = "No transaction has settled yet."
    show(answer, COLUMNS, as_json=as_json, none=none, rows=rows)


def top_up(amount: str, as_json: bool) -> None:
    """Print what a person has to do."""
    answer = send("POST", "/wallet/topup", {"amount": amount})
    finish(answer, answer["data"]["detail"], as_json=as_json)


def _lines(wallet: dict[str, Any]) -> Iterator[str]:
    yield f"Wallet    {wallet['wallet']}"
    held = (f"{Decimal(amount):,f} {asset}" for asset, amount in sorted(wallet["balances"].items()))
    yield f"Holds     {', '.join(held) or 'unknown'}"
    if wallet["share"] is not None:
        share = Decimal(wallet["share"])
        yield f"Share     {share:.1%} hot, {Decimal(wallet['cold']):,.2f} dollars are cold"
    gas = "unknown" if wallet["gas_gwei"] is None else f"{Decimal(wallet['gas_gwei']):.1f} gwei"
    paid = sum((Decimal(usd) for usd in wallet["gas_usd"].values()), Decimal(0))
    band = f" ({wallet['band']})" if wallet["band"] else ""
    yield f"Gas       {gas}{band}, {paid:.4f} dollars paid so far"
    nonce = "unknown" if wallet["nonce"] is None else wallet["nonce"]
    yield (
        f"Next      nonce {nonce}, {len(wallet['pending'])} under way, {wallet['queued']} waiting, "
        f"{Decimal(wallet['freed']):,.2f} dollars freed"
    )
    for name in ("advice", "doubt"):
        if wallet[name]:
            yield f"{name.capitalize():10}{wallet[name]}"
