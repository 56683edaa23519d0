"""The work of `pets wallet create`, `import`, `verify`, `restore`, `address`: no network."""

import os
import sys
import time
from getpass import getpass
from pathlib import Path

import typer

from configs.settings import Settings
from connectors.keystore.phrase import WORDS, key_of, new_phrase, read_phrase
from connectors.keystore.secret import Secret
from connectors.keystore.source import OPENED_BY, passphrase_of, vault_of
from connectors.keystore.vault import OWNER_ONLY, Header, Kind, Vault
from connectors.polymarket.signer import Signer
from schemas.errors import ApplicationError, ConfigurationError

PHRASE = "PETS_RECOVERY"
"""The recovery phrase itself, or with _FILE the file that has it; asked for otherwise."""


def create(phrase_file: Path | None) -> None:
    """Make a new wallet.

    Args:
        phrase_file: Where to write the words; None shows them.

    Raises:
        ApplicationError: There is no terminal to show them on, or the file exists.
    """
    if phrase_file is None and not sys.stdout.isatty():
        raise ApplicationError(
            "Expected a terminal to show the recovery phrase on: what is piped is kept somewhere. "
            "Run it in a terminal, or name a file with --phrase-file."
        )
    with new_phrase() as phrase:
        if phrase_file is not None:
            _write(phrase_file, phrase)
        header = _seal(phrase, Kind.PHRASE, 0)
        if phrase_file is None:
            _show(phrase)
    _say(header)
    typer.echo("Write the words on paper now, then prove it: pets wallet verify")


def import_key() -> None:
    """Put a private key into a new keystore; it has no recovery phrase."""
    key = getpass("The private key (not shown): ")
    raw = bytearray(_hex(key))
    with Secret(raw) as secret:
        header = _seal(secret, Kind.KEY, 0)
    _say(header)


def verify(account: int) -> None:
    """Check that a typed recovery phrase leads to this wallet; nothing is written."""
    header = _vault().header()
    wanted = header.account or account
    with _typed_phrase() as phrase, key_of(phrase, wanted) as key:
        address = Signer(key.reveal()).address
    if address != header.address:
        raise ApplicationError(
            f"The words are a valid phrase, and lead to {address}; this wallet is "
            f"{header.address}. They are another wallet's, or another account of the phrase."
        )
    typer.echo(f"The words lead to {address}: this wallet can be restored from them.")


def restore(account: int) -> None:
    """Make the keystore anew from the 24 words."""
    with _typed_phrase() as phrase:
        header = _seal(phrase, Kind.PHRASE, account)
    _say(header)


def address() -> None:
    """Print the wallet's address; needs no passphrase."""
    typer.echo(_vault().header().address)


def _typed_phrase() -> Secret:
    from connectors.polymarket.keys import find_secret

    return read_phrase(find_secret(PHRASE, os.environ, getpass, f"{WORDS} words"))


def _hex(key: str) -> bytes:
    try:
        return bytes.fromhex(key.strip().removeprefix("0x"))
    except ValueError:
        raise ConfigurationError(
            "Expected a private key of 64 hex digits, received something else (not shown)."
        ) from None


def _seal(secret: Secret, kind: Kind, account: int) -> Header:
    with passphrase_of(os.environ, _new_passphrase) as passphrase:
        now_ms = time.time_ns() // 1_000_000
        return _vault().create(secret, kind, passphrase, now_ms, account=account)


def _new_passphrase(question: str) -> str:
    first = getpass(question)
    if getpass("The same again: ") != first:
        raise ApplicationError(
            f"The two are not the same: nothing was made. {OPENED_BY}_FILE can name a file instead."
        )
    return first


def _vault() -> Vault:
    return vault_of(Settings().home, os.environ)


def _show(phrase: Secret) -> None:
    words = phrase.text().split()
    for row in range(0, len(words), 4):
        typer.echo("   ".join(f"{n + 1:2} {words[n]:8}" for n in range(row, row + 4)))


def _write(path: Path, phrase: Secret) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except OSError as error:
        raise ApplicationError(
            f"Expected to write the words into a new file {path}, received {error.strerror}. "
            "No wallet was made."
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(phrase.reveal() + b"\n")


def _say(header: Header) -> None:
    typer.echo(f"{header.address} is in {_vault().path}, encrypted.")
