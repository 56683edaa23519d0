"""`pets wallet`: keys on this machine, and the money they command."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)
Account = Annotated[int, typer.Option(help="Account of the phrase; a rotated wallet is the next.")]


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
