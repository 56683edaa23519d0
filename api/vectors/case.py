"""What a runner is: it takes one case of a vector file and says what is wrong, or None."""

from collections.abc import Callable, Mapping
from typing import Any

from api.vectors.compare import difference

Case = Mapping[str, Any]
"""One case as the file has it."""
Runner = Callable[[Case], str | None]
"""None when the implementation does as the case says, else the difference as a sentence."""
Answer = Callable[[Mapping[str, Any]], object]
"""The implementation's answer to a case's input, in the form that the file expects."""


def equal(answer: Answer) -> Runner:
    """A runner that compares the answer to `input` with `expected`, exactly."""

    def run(case: Case) -> str | None:
        return difference(answer(case["input"]), case["expected"])

    return run
