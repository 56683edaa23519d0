"""The local chain's memory: every block that was made or undone, for the next start.

One line of JSON each, written at once: a killed chain comes back with every block that anybody may
have seen. Blocks are executed again from it: the same transactions at the same times give the same
hashes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import structlog

log = structlog.get_logger(__name__)


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """A block that was made, or blocks that were undone.

    Attributes:
        at: Time of the block, seconds.
        raw: Its transactions, hex.
        undo: How many blocks were undone; no block was made then.
    """

    at: int = 0
    raw: tuple[str, ...] = ()
    undo: int = 0


class _Beginning(msgspec.Struct, frozen=True):
    genesis: str
    at: int


class Journal:
    """A file of steps; its owner closes it.

    Attributes:
        began: Time of the first block, seconds; None where there was none yet.
    """

    def __init__(self, path: Path) -> None:
        """Read how it began and open it for more.

        Args:
            path: Made with its folder where it is missing.
        """
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._whole = _whole_lines(path)
        self._beginning = _beginning(self._whole)
        self._file = path.open("ab", buffering=0)
        self._file.truncate(sum(len(line) + 1 for line in self._whole))
        self.began = None if self._beginning is None else self._beginning.at

    def __enter__(self) -> Self:
        """Open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """No more is written."""
        self._file.close()

    def steps(self, genesis: bytes, at: int) -> Iterator[Step]:
        """Everything since the first block; call it once, before anything is written.

        A journal of another first block, left by other contracts, is put aside and begun anew.

        Args:
            genesis: Hash of the first block.
            at: Its time, seconds.
        """
        beginning = _Beginning(genesis.hex(), at)
        lines, self._whole = self._whole[1:], []
        if self._beginning == beginning:
            yield from (msgspec.json.decode(line, type=Step) for line in lines)
            return
        if self._beginning is not None:
            aside = self._path.with_suffix(".old")
            log.warning("chain-begins-anew", reason="its contracts changed", kept=str(aside))
            self._file.close()
            self._path.replace(aside)
            self._file = self._path.open("ab", buffering=0)
        self._write(beginning)

    def mined(self, at: int, raw: Sequence[bytes]) -> None:
        """A block was made."""
        self._write(Step(at=at, raw=tuple(tx.hex() for tx in raw)))

    def undone(self, depth: int) -> None:
        """The last blocks were undone."""
        self._write(Step(undo=depth))

    def _write(self, line: Step | _Beginning) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")


def _whole_lines(path: Path) -> list[bytes]:
    """Lines up to the first that was not written to its end."""
    if not path.exists():
        return []
    return path.read_bytes().split(b"\n")[:-1]


def _beginning(lines: Sequence[bytes]) -> _Beginning | None:
    return msgspec.json.decode(lines[0], type=_Beginning) if lines else None
