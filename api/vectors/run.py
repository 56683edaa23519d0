"""Reads vector files, runs their cases and counts by kind."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from api.vectors.case import Case
from api.vectors.registry import DESCRIPTIVE, RUNNERS
from schemas.errors import ApplicationError, PETSError

FAILURES = (
    PETSError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    msgspec.MsgspecError,
)
"""What an implementation may raise on a case that it does not handle; it counts as failed."""


class Tally:
    """What came of one kind.

    Attributes:
        kind: The kind's name.
        passed: Cases that went as the file says.
        failures: Case id and reason of the others.
        note: Why the kind was not run; empty when it was.
        unrun: Cases of a kind that checks nothing here.
    """

    def __init__(self, kind: str) -> None:
        """Start empty."""
        self.kind = kind
        self.passed = 0
        self.failures: list[tuple[str, str]] = []
        self.note = ""
        self.unrun = 0

    def line(self) -> str:
        """The kind's line for a person."""
        if self.unrun:
            return f"{self.kind}: {self.unrun} cases not run: {self.note}"
        note = f" ({self.note})" if self.note else ""
        return f"{self.kind}: {self.passed} passed, {len(self.failures)} failed{note}"


def run_files(paths: Iterable[Path]) -> list[Tally]:
    """Run every case of the files.

    Raises:
        ApplicationError: A file cannot be read or has another form.
    """
    tallies: dict[str, Tally] = {}
    for path in paths:
        for kind, case in _cases(path):
            _count(tallies.setdefault(kind, Tally(kind)), case)
    return list(tallies.values())


def _count(tally: Tally, case: Case) -> None:
    if tally.kind in DESCRIPTIVE:
        tally.unrun += 1
        tally.note = DESCRIPTIVE[tally.kind]
        return
    runner = RUNNERS.get(tally.kind)
    identity = str(case.get("id", "?"))
    if runner is None:
        tally.note = "this kind is not implemented"
        tally.failures.append((identity, tally.note))
        return
    try:
        found = runner(case)
    except FAILURES as error:
        found = f"{type(error).__name__}: {error}"
    if found is None:
        tally.passed += 1
    else:
        tally.failures.append((identity, found))


def _cases(path: Path) -> Iterator[tuple[str, Case]]:
    try:
        document: Any = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise ApplicationError(f"Expected a vector file at {path}, received {error}.") from error
    for part in document if isinstance(document, list) else [document]:
        if not isinstance(part, Mapping) or not isinstance(part.get("cases"), list):
            raise ApplicationError(
                f"Expected an object with `kind` and `cases` in {path}, received another form. "
                "Use the files of polymarket/vectors or strategies/vectors.json."
            )
        for case in part["cases"]:
            yield str(case.get("kind") or part.get("kind") or path.stem), case
