"""The key that signs: the operator's own for live money, a throw-away one for the sandbox."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from configs.settings import Settings
from connectors.polymarket.keys import load_signer
from connectors.polymarket.signer import KEY_BYTES, Signer
from connectors.polymarket.wallets import signature_type_of
from schemas.errors import ConfigurationError
from schemas.values import Money
from schemas.venue import VenueAccount

SANDBOX_KEY = "sandbox-venue.key"


def signer_for(settings: Settings, environ: Mapping[str, str]) -> Signer:
    """The key of a money mode.

    Args:
        settings: Mode and home.
        environ: Where a live key is named.

    Raises:
        ConfigurationError: There is none, or its file is open to others.
    """
    if settings.money is Money.LIVE:
        return load_signer(environ)
    return _throw_away(settings.home.resolve() / SANDBOX_KEY)


def account_for(settings: Settings, signer: Signer) -> VenueAccount:
    """Who trades with a key: its own address, or the wallet that the settings name.

    Raises:
        ConfigurationError: The wallet is none that this key commands.
    """
    wallet = settings.venue_wallet if settings.money is Money.LIVE else ""
    if not wallet:
        return VenueAccount(maker=signer.address, signer=signer.address, signature_type=0)
    kind = signature_type_of(signer.address, wallet)
    if kind is None:
        raise ConfigurationError(
            f"Expected PETS_VENUE_WALLET to be a proxy, Safe or deposit wallet of "
            f"{signer.address}, received {wallet}. Check the key, or leave it empty to trade "
            "from the key's own address."
        )
    signs = wallet if kind.name == "DEPOSIT_WALLET" else signer.address
    return VenueAccount(maker=wallet, signer=signs, signature_type=int(kind))


def _throw_away(path: Path) -> Signer:
    """The installation's key for the sandbox, made at the first use; worth nothing elsewhere."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_bytes(KEY_BYTES).hex())
    return load_signer({"PETS_PRIVATE_KEY_FILE": str(path)})
