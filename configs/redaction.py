"""Keep secrets out of logs: by the name of a field, and by the shape of a text."""

import re
from collections.abc import Mapping, Sequence

REDACTED = "[redacted]"
SHORTEST_SECRET = 6
"""Characters; shorter values would be found in every other word."""
_known: set[str] = set()


def know_secret(value: str) -> None:
    """Redact this very text wherever it appears from now on: keys of this process's settings.

    Args:
        value: A secret; one of less than six characters is not looked for.
    """
    if len(value) >= SHORTEST_SECRET:
        _known.add(value)


_SECRET_NAME = re.compile(
    r"(?:api|private|secret|signing|access)[_-]?key|api[_-]?token|secret|passw|passphrase|mnemonic"
    r"|authorization|cookie|credential|hmac|seed[_-]?phrase|recovery[_-]?phrase",
    re.IGNORECASE,
)
_IDENTIFIER_NAME = re.compile(r"(?:_id|_ids|_hash|hash|transaction|market|condition)$")
_SECRET_TEXTS = (
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|$)", re.DOTALL),
        "",
    ),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+(?=@)", re.IGNORECASE), r"\1"),
    (re.compile(r"(\b(?:bearer|basic)\s+)[\w.~+/=-]{12,}", re.IGNORECASE), r"\1"),
    (
        re.compile(
            r"((?:(?:api|private|secret|signing|access)[_ -]?key|api[_ -]?token|passphrase|password"
            r"|secret|mnemonic)[\"']?\s*[:=]\s*[\"']?)[^\s\"',;&}\[]+",
            re.IGNORECASE,
        ),
        r"\1",
    ),
    (re.compile(r"\b(?:[a-z]{3,8}\s+){11,}[a-z]{3,8}\b"), ""),
    (re.compile(r"(?<![\w+/-])[A-Za-z0-9_+/-]{43}=(?!=)"), ""),
)
_KEY_SHAPE = re.compile(r"\b(0x)?([0-9a-fA-F]{8})[0-9a-fA-F]{56}(?:[0-9a-fA-F]{64})?\b")


def redact_text(text: str, *, identifiers: bool = False) -> str:
    """A text without what looks like a secret.

    A private key has the shape of a market id or a hash: 64 hex digits. Where no field says which
    of them it is, the first eight digits are kept, which tell a market and betray no key.

    Args:
        text: Anything that is about to be logged.
        identifiers: The text comes from a field that holds ids, so 64 hex digits stay whole.
    """
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    for pattern, kept in _SECRET_TEXTS:
        text = pattern.sub(kept + REDACTED, text)
    return text if identifiers else _KEY_SHAPE.sub(r"\1\2…", text)


def redact(name: str, value: object) -> object:
    """A field's value without secrets; containers are searched through.

    Args:
        name: The field's name.
        value: Its value.
    """
    if _SECRET_NAME.search(name) and not isinstance(value, bool | int | float | None):
        return REDACTED
    if isinstance(value, str):
        return redact_text(value, identifiers=bool(_IDENTIFIER_NAME.search(name)))
    if isinstance(value, Mapping):
        return {redact_text(str(key)): redact(str(key), inner) for key, inner in value.items()}
    if isinstance(value, bytes):
        return redact_text(repr(value))
    if isinstance(value, Sequence | set | frozenset):
        return [redact(name, inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact_text(str(value), identifiers=bool(_IDENTIFIER_NAME.search(name)))
