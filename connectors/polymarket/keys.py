"""Where the key and the API secret come from: environment, file or prompt; never YAML."""

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from configs.redaction import know_secret
from connectors.polymarket.auth import ApiCredentials
from connectors.polymarket.signer import Signer
from schemas.errors import ConfigurationError

KEY = "PETS_PRIVATE_KEY"
API = ("PETS_VENUE_API_KEY", "PETS_VENUE_API_SECRET", "PETS_VENUE_API_PASSPHRASE")
FILE_SUFFIX = "_FILE"
"""`PETS_PRIVATE_KEY_FILE` names a file that holds the key, and so on."""


def load_signer(environ: Mapping[str, str], ask: Callable[[str], str] | None = None) -> Signer:
    """The signing key.

    Args:
        environ: The environment.
        ask: Prompts a person without echo, for example `getpass.getpass`; None where nobody is.

    Raises:
        ConfigurationError: It is nowhere, its file is open to others, or it is no key.
    """
    return Signer.from_text(find_secret(KEY, environ, ask, "private key"))


def find_secret(
    name: str, environ: Mapping[str, str], ask: Callable[[str], str] | None, what: str
) -> str:
    """A secret from the environment, a file of its owner's, or a person; never shown again.

    Args:
        name: The variable; with `_FILE` behind it the one that names a file.
        environ: The environment.
        ask: Prompts a person without echo; None where nobody is.
        what: Its name for people.

    Raises:
        ConfigurationError: It is nowhere, or its file is open to others.
    """
    found = _find(name, environ)
    if found is None and ask is not None:
        found = ask(f"The {what} (not shown): ")
    if not found:
        raise ConfigurationError(
            f"Expected a {what} in {name}, in the file that {name}{FILE_SUFFIX} names, or typed "
            "at the prompt, received none. Without one only paper orders are possible."
        )
    know_secret(found)
    return found


def load_credentials(environ: Mapping[str, str]) -> ApiCredentials | None:
    """The API key; None when it is not set, so that it is derived from the signing key.

    Raises:
        ConfigurationError: Only a part of it is set.
    """
    found = {name: _find(name, environ) for name in API}
    missing = [name for name, value in found.items() if not value]
    if len(missing) == len(API):
        return None
    if missing:
        raise ConfigurationError(
            f"Expected all of {', '.join(API)} or none, received none of {', '.join(missing)}."
        )
    return ApiCredentials(*(value or "" for value in found.values()))


def _find(name: str, environ: Mapping[str, str]) -> str | None:
    value = environ.get(name)
    if value:
        return value.strip()
    path = environ.get(name + FILE_SUFFIX)
    return _read(Path(path)) if path else None


def _read(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(
                f"Expected {path} to be readable by its owner alone, received mode "
                f"{stat.S_IMODE(mode):o}. Run chmod 600 on it."
            )
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"Expected a readable file at {path}, received {error.strerror}."
        ) from error
