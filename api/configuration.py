"""Configurations as messages: of the files at hand, of one changed file, checked before they go."""

from collections.abc import Mapping
from typing import NamedTuple

from configs.documents import document_names, read_documents
from configs.settings import Settings
from schemas.control import Configuration
from schemas.errors import ApplicationError
from schemas.ids import AccountId, derive_id
from schemas.values import Money

FILES = "files"
"""Who asks when an operator has edited the files."""
WORKER = "worker"
"""Who tells when a worker says what it was born with."""


class Content(NamedTuple):
    """What decides, without who asks for it and when."""

    files: Mapping[str, str]
    bots: str
    money: Money
    seed: int

    @property
    def fingerprint(self) -> str:
        """Equal for equal content."""
        texts = (part for item in sorted(self.files.items()) for part in item)
        return derive_id("configuration", *texts, self.bots, self.money, self.seed)

    @property
    def parameters(self) -> str:
        """Equal for equal files, whatever the bots, the money and the seed."""
        texts = (part for item in sorted(self.files.items()) for part in item)
        return derive_id("parameters", *texts)


def content_at_hand(settings: Settings) -> Content:
    """What this process's files and settings say."""
    files = read_documents(settings.config_dir).texts
    return Content(files, settings.bots, settings.money, settings.seed)


def content_of(configuration: Configuration) -> Content:
    """What a configuration says."""
    return Content(configuration.files, configuration.bots, configuration.money, configuration.seed)


def message_of(
    content: Content, account: AccountId, by: str, reason: str, *, now: int = 0, base: str = ""
) -> Configuration:
    """A configuration on its way to the log.

    Args:
        content: What it says.
        account: Whose.
        by: Who asks.
        reason: Why.
        now: Session time, ms; 0 for what a process is born with.
        base: The fingerprint it was made from; empty for whatever is in force.
    """
    return Configuration(
        event_id=derive_id("configuration", account, content.fingerprint, by, base, now),
        event_time=now,
        ingest_time=now,
        source=by,
        account_id=account,
        fingerprint=content.fingerprint,
        files=dict(content.files),
        bots=content.bots,
        money=content.money,
        seed=content.seed,
        base=base,
        by=by,
        reason=reason,
    )


def with_file(content: Content, name: str, text: str) -> Content:
    """A content with one file replaced.

    Raises:
        ApplicationError: There is no such file.
    """
    if name not in document_names():
        raise ApplicationError(
            f"Expected one of {', '.join(document_names())}, received {name[:80]!r}."
        )
    return content._replace(files={**content.files, name: text})
