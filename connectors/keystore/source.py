"""Where the wallet's key comes from: the keystore, or a bare key; never YAML."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from connectors.keystore.secret import Secret
from connectors.keystore.vault import Vault
from connectors.polymarket.keys import KEY, find_secret, load_signer
from connectors.polymarket.signer import Signer

PLACE = "PETS_KEYSTORE"
OPENED_BY = "PETS_KEYSTORE_PASSPHRASE"
FILE = "keystore.json"
Ask = Callable[[str], str]


class Unlocked(NamedTuple):
    """A key that can sign, and when it was made (ms; 0 when unknown)."""

    signer: Signer
    keyed_at: int


def vault_of(home: Path, environ: Mapping[str, str]) -> Vault:
    """The keystore of an installation: PETS_KEYSTORE, or in PETS_HOME."""
    named = environ.get(PLACE)
    return Vault(Path(named) if named else home / FILE)


def passphrase_of(environ: Mapping[str, str], ask: Ask | None) -> Secret:
    """The passphrase: environment, the file that PETS_KEYSTORE_PASSPHRASE_FILE names, or prompt.

    Raises:
        ConfigurationError: It is nowhere.
    """
    return Secret.of_text(find_secret(OPENED_BY, environ, ask, "passphrase of the keystore"))


def unlock(home: Path, environ: Mapping[str, str], ask: Ask | None = None) -> Unlocked:
    """The key that signs transactions: a bare one where it is given, else the keystore's.

    Args:
        home: PETS_HOME.
        environ: The environment.
        ask: Prompts without echo; None where nobody is.

    Raises:
        ConfigurationError: There is none, or it does not open.
    """
    vault = vault_of(home, environ)
    if not vault.path.exists() or environ.get(KEY) or environ.get(f"{KEY}_FILE"):
        return Unlocked(load_signer(environ, ask), 0)
    with passphrase_of(environ, ask) as passphrase:
        return Unlocked(vault.signer(passphrase), vault.header().created_at)
