"""Keys of the API: made once and shown once, kept as digests, each with a role.

A key is 256 random bits, so that a plain SHA-256 of it tells nobody the key.
"""

import hmac
import re
import secrets
import time
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import msgspec

from schemas.errors import ApplicationError, ConfigurationError

FILE = "api-keys.json"
PREFIX = "pets_"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)


class Role(StrEnum):
    """What a key may do; each may what the ones before may."""

    READ = "read"
    OPERATE = "operate"
    TRADE = "trade"

    def may(self, needed: "Role") -> bool:
        """Whether it is enough where `needed` is."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key as it is kept.

    Attributes:
        digest: SHA-256 of the key, hex.
        created_at: Wall time, ms UTC.
        revoked_at: Wall time, ms UTC; None while it is good.
    """

    name: str
    role: Role
    digest: str
    created_at: int
    revoked_at: int | None = None


class KeyFile:
    """The keys of one installation, in a file that only its owner reads."""

    def __init__(self, home: Path) -> None:
        """Name the file; it need not be there.

        Args:
            home: PETS_HOME.
        """
        self.path = home / FILE
        self._seen: tuple[int, int] | None = None
        self._keys: tuple[ApiKey, ...] = ()

    def everything(self) -> tuple[ApiKey, ...]:
        """All keys, revoked ones too; the file is read again when it has changed.

        Raises:
            ConfigurationError: The file is not one of keys.
        """
        try:
            stat = self.path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
            if seen != self._seen:
                self._keys = msgspec.json.decode(self.path.read_bytes(), type=tuple[ApiKey, ...])
                self._seen = seen
        except FileNotFoundError:
            self._keys, self._seen = (), None
        except msgspec.DecodeError as error:
            raise ConfigurationError(
                f"Expected a list of keys in {self.path}, received something else ({error}). "
                "Restore it, or remove it and make new keys with `pets keys create`."
            ) from error
        return self._keys

    def good(self) -> tuple[ApiKey, ...]:
        """Keys that are not revoked.

        Raises:
            ConfigurationError: The file is not one of keys.
        """
        return tuple(key for key in self.everything() if key.revoked_at is None)

    def find(self, given: str) -> ApiKey | None:
        """The good key that was given; every one is compared, in the same time.

        Raises:
            ConfigurationError: The file is not one of keys.
        """
        digest = digest_of(given)
        found = None
        for key in self.good():
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    def create(self, name: str, role: Role) -> str:
        """Make a key and keep its digest.

        Args:
            name: A word that tells it from others, also in the log.
            role: What it may do.

        Returns:
            The key; it is kept nowhere.

        Raises:
            ApplicationError: The name is taken or none.
        """
        if not _NAME.fullmatch(name):
            raise ApplicationError(
                "Expected a name of small letters, digits and hyphens, at most 40, received "
                f"{name[:80]!r}."
            )
        if any(key.name == name for key in self.good()):
            raise ApplicationError(
                f"Expected a new name, received {name!r}, which a key has. Revoke that one first."
            )
        token = PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(name=name, role=role, digest=digest_of(token), created_at=_now())
        self._write((*self.everything(), key))
        return token

    def revoke(self, name: str) -> None:
        """A key is good no longer, at once.

        Raises:
            ApplicationError: No good key has this name.
        """
        if not any(key.name == name for key in self.good()):
            names = ", ".join(key.name for key in self.good()) or "none"
            raise ApplicationError(
                f"Expected the name of a good key ({names}), received {name[:80]!r}."
            )
        self._write(
            tuple(
                (
                    msgspec.structs.replace(key, revoked_at=_now())
                    if key.name == name and key.revoked_at is None
                    else key
                )
                for key in self.everything()
            )
        )

    def _write(self, keys: tuple[ApiKey, ...]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_bytes(msgspec.json.format(msgspec.json.encode(keys)))
        draft.replace(self.path)


def digest_of(token: str) -> str:
    """How a key is kept."""
    return sha256(token.encode()).hexdigest()


def _now() -> int:
    return time.time_ns() // 1_000_000
