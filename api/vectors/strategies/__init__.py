"""The numeric cases of the strategy and risk specification: one module for each group of functions.

A new group is a module with `FUNCTIONS` and a line in `GROUPS`.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from api.vectors.case import Case
from api.vectors.compare import difference
from api.vectors.strategies import (
    active,
    fees,
    kelly,
    patient,
    queues,
    quoting,
    risk,
    statistics,
    zones,
)
from api.vectors.strategies.form import Function

GROUPS = (
    kelly.FUNCTIONS,
    zones.FUNCTIONS,
    fees.FUNCTIONS,
    quoting.FUNCTIONS,
    statistics.FUNCTIONS,
    queues.FUNCTIONS,
    risk.FUNCTIONS,
    active.FUNCTIONS,
    patient.FUNCTIONS,
)
FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {name: function for group in GROUPS for name, function in group.items()}
)
"""By the `fn` of a case."""


def run_strategy(case: Case) -> str | None:
    """Run one case; its `tol` is absolute, and it checks the fields that its `expected` names."""
    function = FUNCTIONS.get(case["fn"])
    if function is None:
        return f"the function {case['fn']} is not implemented"
    tolerance = Decimal(str(case.get("tol", 0)))
    answer, expected = function(case["inputs"]), case["expected"]
    named = {name: answer[name] for name in answer if name in expected}
    return difference(named, expected, tolerance)
