"""A phrase or a key in an encrypted file: AES-256-GCM under a key that scrypt derives.

The header (who, when, how derived) is authenticated with the secret, so that a changed header is
found as surely as a wrong passphrase.
"""

import os
import stat
from enum import StrEnum
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from connectors.keystore.phrase import key_of
from connectors.keystore.secret import Secret
from connectors.polymarket.signer import Signer
from schemas.errors import ConfigurationError

VERSION = 1
SALT_BYTES = 32
NONCE_BYTES = 12
KEY_BYTES = 32
SHORTEST_PASSPHRASE = 12
OWNER_ONLY = 0o600


class Kind(StrEnum):
    """What is inside."""

    PHRASE = "phrase"
    KEY = "key"


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Work of scrypt (RFC 7914): 128 MiB and about half a second a guess."""

    n: int = 2**17
    r: int = 8
    p: int = 1


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What may be read without the passphrase.

    Attributes:
        address: Whose key it is.
        account: Of the phrase; 0 for a bare key.
        created_at: When the key was made, ms UTC; rotation is reminded of by it.
        salt: Hex.
        nonce: Hex.
    """

    version: int
    kind: Kind
    address: str
    account: int
    created_at: int
    cost: Cost
    salt: str
    nonce: str


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """The file."""

    header: Header
    sealed: str


class Vault:
    """One file with one phrase or key."""

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is read."""
        self.path = path

    def create(
        self,
        secret: Secret,
        kind: Kind,
        passphrase: Secret,
        now_ms: int,
        *,
        account: int = 0,
        cost: Cost | None = None,
    ) -> Header:
        """Encrypt a secret into a new file that its owner alone can read.

        Args:
            secret: 24 words, or the 32 bytes of a key.
            kind: Which of them.
            passphrase: What opens it again.
            now_ms: Its age counts from here.
            account: Of the phrase.
            cost: Work of the derivation; the default outside of tests.

        Raises:
            ConfigurationError: The passphrase is short, or the file exists: a key is never
                written over.
        """
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise ConfigurationError(
                f"Expected a passphrase of at least {SHORTEST_PASSPHRASE} characters, received "
                f"{len(passphrase)}. It is all that protects the key from whoever has the file."
            )
        header = Header(
            version=VERSION,
            kind=kind,
            address=_signer(secret, kind, account).address,
            account=account,
            created_at=now_ms,
            cost=Cost() if cost is None else cost,
            salt=os.urandom(SALT_BYTES).hex(),
            nonce=os.urandom(NONCE_BYTES).hex(),
        )
        with _derived(passphrase, header) as key:
            sealed = AESGCM(key.reveal()).encrypt(
                bytes.fromhex(header.nonce), secret.reveal(), _bound(header)
            )
        self._write(msgspec.json.encode(Sealed(header=header, sealed=sealed.hex())))
        return header

    def header(self) -> Header:
        """What may be read without the passphrase.

        Raises:
            ConfigurationError: No such file, open to others, or no keystore.
        """
        return self._read().header

    def open(self, passphrase: Secret) -> Secret:
        """Decrypt it; wipe the result after use.

        Raises:
            ConfigurationError: A wrong passphrase or a changed file, which look the same.
        """
        file = self._read()
        try:
            with _derived(passphrase, file.header) as key:
                clear = AESGCM(key.reveal()).decrypt(
                    bytes.fromhex(file.header.nonce),
                    bytes.fromhex(file.sealed),
                    _bound(file.header),
                )
        except InvalidTag:
            raise ConfigurationError(
                f"Expected the passphrase of {self.path}, received another, or the file was "
                "changed. Nothing was opened."
            ) from None
        return Secret(bytearray(clear))

    def signer(self, passphrase: Secret) -> Signer:
        """The key that signs; the phrase it comes from is wiped.

        Raises:
            ConfigurationError: As `open`.
        """
        header = self.header()
        with self.open(passphrase) as secret:
            return _signer(secret, header.kind, header.account)

    def _write(self, content: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            handle = os.open(self.path, flags, OWNER_ONLY)
        except FileExistsError:
            raise ConfigurationError(
                f"Expected no file at {self.path}, there is one: a key is never written over. "
                "Move it away, or name another place (PETS_KEYSTORE)."
            ) from None
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _read(self) -> Sealed:
        try:
            mode = self.path.stat().st_mode
            content = self.path.read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"Expected a keystore at {self.path}, received {error.strerror}. Make one with "
                "`pets wallet create`, or name its place in PETS_KEYSTORE."
            ) from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(
                f"Expected {self.path} to be readable by its owner alone, received mode "
                f"{stat.S_IMODE(mode):o}. Run chmod 600 on it."
            )
        try:
            return msgspec.json.decode(content, type=Sealed)
        except msgspec.DecodeError as error:
            raise ConfigurationError(f"Expected a keystore at {self.path}: {error}.") from error


def _signer(secret: Secret, kind: Kind, account: int) -> Signer:
    if kind is Kind.KEY:
        return Signer(secret.reveal())
    with key_of(secret, account) as key:
        return Signer(key.reveal())


def _derived(passphrase: Secret, header: Header) -> Secret:
    cost = header.cost
    derivation = Scrypt(
        salt=bytes.fromhex(header.salt), length=KEY_BYTES, n=cost.n, r=cost.r, p=cost.p
    )
    return Secret(bytearray(derivation.derive(passphrase.reveal())))


def _bound(header: Header) -> bytes:
    return msgspec.json.encode(header)
