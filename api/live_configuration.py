"""The configuration in force, as the log says it."""

from schemas.control import Configuration, ConfigurationInForce


class LiveConfiguration:
    """Every configuration that was asked for, and which of them the gate took over.

    Attributes:
        in_force: What the gate said last; None before it took the first.
    """

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, Configuration] = {}
        self.in_force: ConfigurationInForce | None = None

    def take(self, message: Configuration | ConfigurationInForce) -> None:
        """Fold one message in."""
        if isinstance(message, Configuration):
            self._known[message.fingerprint] = message
        else:
            self.in_force = message

    @property
    def tried(self) -> int:
        """How many configurations the log knows."""
        return len(self._known)

    @property
    def current(self) -> Configuration | None:
        """What is in force; None while stages run on what they were born with."""
        return None if self.in_force is None else self._known.get(self.in_force.fingerprint)
