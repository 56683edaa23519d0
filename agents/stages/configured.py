"""A stage whose configuration is on its log: in force from the record that brings it, on every run.

A restart, a recovery and a replay thus apply every record under the configuration under which it
was applied first (docs/decisions/0006-configuration-on-the-log.md).
"""

from collections.abc import Callable, Sequence

import msgspec

from agents.stages.base import Emit, Stage
from schemas.control import CommandApplied, Configuration, ConfigurationInForce
from schemas.envelope import Message, header
from schemas.errors import ConfigurationError
from topics.catalog import CONFIGS, DECIDE_INPUTS, DECISIONS, TopicSpec

Build = Callable[[Configuration], Stage]
"""Makes the stage under a configuration; raises `ConfigurationError` when it is wrong."""


class Library:
    """The configurations that the log knows, by fingerprint.

    Attributes:
        birth: What stages start under that have no checkpoint.
    """

    def __init__(self, birth: Configuration) -> None:
        """Know the one of a process's own files."""
        self.birth = birth
        self._known: dict[str, Configuration] = {}

    def has_read(self, fingerprint: str) -> bool:
        """Whether one of this fingerprint was added."""
        return fingerprint in self._known

    def add(self, configuration: Configuration) -> None:
        """Remember one."""
        self._known[configuration.fingerprint] = configuration

    def get(self, fingerprint: str) -> Configuration:
        """The configuration of a fingerprint.

        Raises:
            ConfigurationError: It is not known.
        """
        if fingerprint == self.birth.fingerprint:
            return self.birth
        found = self._known.get(fingerprint)
        if found is None:
            raise ConfigurationError(
                f"The last checkpoint was made under the configuration {fingerprint}, which is not "
                f"on {CONFIGS.name}: restore that topic, or begin with an empty log (another "
                "PETS_HOME or PETS_TOPIC_PREFIX)."
            )
        return found


class Snapshot(msgspec.Struct, frozen=True):
    """A stage's state with the fingerprint of the configuration that it is made under."""

    configuration: str
    state: msgspec.Raw


def taken_apart(snapshot: bytes) -> Snapshot:
    """A snapshot of a `ConfiguredStage` in its two parts."""
    return msgspec.json.decode(snapshot, type=Snapshot)


class ConfiguredStage:
    """Any stage, made anew with its state whenever its log brings another configuration."""

    def __init__(self, build: Build, library: Library) -> None:
        """Start under the configuration of birth, in force until the log brings another.

        Args:
            build: Makes the stage.
            library: Where snapshots find the configuration they were made under.
        """
        self._build = build
        self._library = library
        self.configuration = library.birth
        self._inner = build(self.configuration)

    @property
    def name(self) -> str:
        """The stage's name."""
        return self._inner.name

    @property
    def reads(self) -> TopicSpec:
        """The only topic it reads."""
        return self._inner.reads

    def apply(self, message: Message) -> Sequence[Emit]:
        """Fold one message in; return what follows from it, in order."""
        if isinstance(message, Configuration):
            return self.take(message)
        return self._inner.apply(message)

    def take(self, configuration: Configuration) -> Sequence[Emit]:
        """Go on under another configuration; one that is wrong changes nothing."""
        if not self.fault(configuration):
            self._go_on(configuration)
        return ()

    def fault(self, configuration: Configuration) -> str:
        """Why a configuration is not taken over, in a sentence; empty when it is."""
        if configuration.base not in ("", self.configuration.fingerprint):
            return (
                f"It was made from the configuration {configuration.base}, and "
                f"{self.configuration.fingerprint} is in force by now: look at that one first."
            )
        try:
            self._build(configuration)
        except ConfigurationError as error:
            return str(error)
        return ""

    def snapshot(self) -> bytes:
        """The stage's state with the fingerprint of its configuration."""
        state = msgspec.Raw(self._inner.snapshot())
        return msgspec.json.encode(Snapshot(self.configuration.fingerprint, state))

    def restore(self, snapshot: bytes) -> None:
        """Continue from a snapshot, under the configuration it was made under.

        Raises:
            ConfigurationError: The configuration is not known, or this version cannot read it.
        """
        taken = taken_apart(snapshot)
        self.configuration = self._library.get(taken.configuration)
        self._inner = self._build(self.configuration)
        self._inner.restore(bytes(taken.state))

    def _go_on(self, configuration: Configuration) -> None:
        if configuration.fingerprint != self.configuration.fingerprint:
            successor = self._build(configuration)
            successor.restore(self._inner.snapshot())
            self._inner = successor
        self.configuration = configuration
        self._library.add(configuration)


class ConfiguredGate(ConfiguredStage):
    """The gate: it takes a configuration over first, answers, and passes it on to every shard."""

    def __init__(self, build: Build, library: Library, shards: int) -> None:
        """Start under the configuration of birth, in force until the log brings another.

        Args:
            build: Makes the gate.
            library: Where snapshots find the configuration they were made under.
            shards: Partitions of shard topics.
        """
        super().__init__(build, library)
        self._shards = shards

    def take(self, configuration: Configuration) -> Sequence[Emit]:
        """Go on under another configuration, or say why not."""
        account, now = configuration.account_id, configuration.ingest_time
        fault = self.fault(configuration)
        answer = CommandApplied(
            **header(self.name, configuration, "command-applied", now=now),
            command_id=configuration.event_id,
            accepted=not fault,
            detail=fault or f"The configuration {configuration.fingerprint} is in force.",
        )
        answered = Emit(DECISIONS, account, answer)
        if fault:
            return (answered,)
        self._go_on(configuration)
        in_force = ConfigurationInForce(
            **header(self.name, configuration, "configuration-in-force", now=now),
            account_id=account,
            fingerprint=configuration.fingerprint,
            by=configuration.by,
            reason=configuration.reason,
        )
        # To shards without a base: the gate's order is theirs.
        passed_on = msgspec.structs.replace(configuration, base="")
        shards = (Emit(DECIDE_INPUTS, str(n), passed_on) for n in range(self._shards))
        return (answered, Emit(CONFIGS, account, in_force), *shards)
