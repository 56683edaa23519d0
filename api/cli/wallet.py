"""`pets wallet`: keys on this machine, and the money they command.

Examples: `pets wallet balance`, `pets wallet topup 2500`, `pets wallet sweep 500 --phrase SWEEP`.
"""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.asking import Count, Json

app = typer.Typer(no_args_is_help=True)
Account = Annotated[int, typer.Option(help="Account of the phrase; a rotated wallet is the next.")]
Phrase = Annotated[str, typer.Option(help="What has to be typed; without it the command says.")]
Amount = Annotated[str, typer.Argument(help="Dollars or pairs, such as 250.50.")]
Market = Annotated[str, typer.Argument(help="Condition id, 0x and 64 hex digits.")]
NegRisk = Annotated[bool, typer.Option(help="The market belongs to a neg-risk event.")]


@app.command()
def create(
    phrase_file: Annotated[
        Path | None, typer.Option(help="Write the words here, for its owner alone, not on screen.")
    ] = None,
) -> None:
    """Make a new wallet: 24 words for paper, and an encrypted keystore."""
    from api.cli import wallet_keys

    wallet_keys.create(phrase_file)


@app.command("import")
def import_key() -> None:
    """Put a private key into a new keystore; it has no recovery phrase."""
    from api.cli import wallet_keys

    wallet_keys.import_key()


@app.command()
def verify(account: Account = 0) -> None:
    """Check that a typed recovery phrase leads to this wallet; nothing is written."""
    from api.cli import wallet_keys

    wallet_keys.verify(account)


@app.command()
def restore(account: Account = 0) -> None:
    """Make the keystore anew from the 24 words."""
    from api.cli import wallet_keys

    wallet_keys.restore(account)


@app.command()
def address() -> None:
    """Print the wallet's address; needs no passphrase."""
    from api.cli import wallet_keys

    wallet_keys.address()


@app.command()
def balance(as_json: Json = False) -> None:
    """Print balances, the hot wallet's share, gas, what is under way, and what to do.

    Example: pets wallet balance
    """
    from api.cli import wallet_shown

    wallet_shown.balance(as_json)


@app.command()
def transactions(limit: Count = 20, as_json: Json = False) -> None:
    """Print settled transactions with what they cost, newest first.

    Example: pets wallet transactions -n 50
    """
    from api.cli import wallet_shown

    wallet_shown.transactions(limit, as_json)


@app.command()
def topup(amount: Amount, as_json: Json = False) -> None:
    """Say where to send dollars from the cold wallet, whose key is not on this machine.

    Example: pets wallet topup 2500
    """
    from api.cli import wallet_shown

    wallet_shown.top_up(amount, as_json)


@app.command()
def sweep(amount: Amount, phrase: Phrase = "", as_json: Json = False) -> None:
    """Send dollars to the cold wallet.

    Example: pets wallet sweep 500 --phrase SWEEP
    """
    from api.cli import wallet_money

    wallet_money.sweep(amount, phrase, as_json=as_json)


@app.command()
def withdraw(phrase: Phrase = "", as_json: Json = False) -> None:
    """Emergency: send all dollars and POL to the cold wallet, at any price of gas.

    Example: pets wallet withdraw --phrase "WITHDRAW EVERYTHING"
    """
    from api.cli import wallet_money

    wallet_money.withdraw(phrase, as_json=as_json)


@app.command()
def approve(phrase: Phrase = "", as_json: Json = False) -> None:
    """Give the venue's contracts the permissions that trading needs.

    Example: pets wallet approve --phrase APPROVE
    """
    from api.cli import wallet_money

    wallet_money.approve(phrase, as_json=as_json)


@app.command()
def wrap(amount: Amount, as_json: Json = False) -> None:
    """Turn USDC.e into pUSD, which the venue takes.

    Example: pets wallet wrap 1000
    """
    from api.cli import wallet_money

    wallet_money.convert_dollars(amount, wraps=True, as_json=as_json)


@app.command()
def unwrap(amount: Amount, as_json: Json = False) -> None:
    """Turn pUSD into USDC.e.

    Example: pets wallet unwrap 1000
    """
    from api.cli import wallet_money

    wallet_money.convert_dollars(amount, wraps=False, as_json=as_json)


@app.command()
def split(market: Market, amount: Amount, neg_risk: NegRisk = False, as_json: Json = False) -> None:
    """Turn dollars into pairs of YES and NO.

    Example: pets wallet split 0xCONDITION 100
    """
    from api.cli import wallet_money

    wallet_money.pair("split", market, amount, neg_risk=neg_risk, as_json=as_json)


@app.command()
def merge(market: Market, amount: Amount, neg_risk: NegRisk = False, as_json: Json = False) -> None:
    """Turn pairs of YES and NO into dollars.

    Example: pets wallet merge 0xCONDITION 40
    """
    from api.cli import wallet_money

    wallet_money.pair("merge", market, amount, neg_risk=neg_risk, as_json=as_json)


@app.command()
def redeem(market: Market, neg_risk: NegRisk = False, as_json: Json = False) -> None:
    """Turn a resolved market's tokens into dollars.

    Example: pets wallet redeem 0xCONDITION
    """
    from api.cli import wallet_money

    wallet_money.redeem(market, neg_risk=neg_risk, as_json=as_json)


@app.command()
def void(
    nonce: Annotated[int, typer.Argument(min=0, help="Of the pending transaction.")],
    phrase: Phrase = "",
    as_json: Json = False,
) -> None:
    """Give a pending transaction up; its nonce is used for nothing instead.

    Example: pets wallet void 17 --phrase VOID
    """
    from api.cli import wallet_money

    wallet_money.void(nonce, phrase, as_json=as_json)
