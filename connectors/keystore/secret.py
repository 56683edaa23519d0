"""Bytes that are overwritten when they are no longer needed."""

from types import TracebackType
from typing import Self


class Secret:
    """A secret in memory that is ours to overwrite.

    Python copies: what a library made of the bytes, or a string they came from, is beyond our
    reach and goes with the process. What is in here is zeros after `wipe`, and is never shown. Logs
    know keys and phrases by their shape (`configs.redaction`).
    """

    __slots__ = ("_bytes",)

    def __init__(self, value: bytes | bytearray) -> None:
        """Take a copy; a bytearray that is handed over is overwritten at once."""
        self._bytes = bytearray(value)
        if isinstance(value, bytearray):
            overwrite(value)

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Take a text."""
        return cls(text.encode())

    def reveal(self) -> bytes:
        """The bytes; keep them no longer than a call."""
        return bytes(self._bytes)

    def text(self) -> str:
        """The same as text."""
        return self._bytes.decode()

    def wipe(self) -> None:
        """Overwrite it."""
        overwrite(self._bytes)

    def __len__(self) -> int:
        return len(self._bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wipe()

    def __repr__(self) -> str:
        """A secret is never shown."""
        return "Secret(…)"

    def __reduce__(self) -> str | tuple[object, ...]:
        """A secret is not pickled, and so not copied into a dump of our making.

        Raises:
            TypeError: Always.
        """
        raise TypeError("A secret cannot be pickled.")


def overwrite(buffer: bytearray) -> None:
    """Zeros instead of a secret."""
    buffer[:] = bytes(len(buffer))
