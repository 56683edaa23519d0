"""The numeric cases that ship beside the specification, for the functions that exist here.

The file is not part of the repository; where a checkout has no `../shared` folder this is skipped,
and the vectors written into the other tests remain.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from api.vectors.strategies import FUNCTIONS, run_strategy

VECTORS = Path(__file__).parents[3] / "shared" / "strategies" / "vectors.json"


def cases() -> list[Any]:
    if not VECTORS.exists():
        reason = f"the specification's vectors are not at {VECTORS.name} beside this repository"
        return [pytest.param({}, marks=pytest.mark.skip(reason=reason), id="absent")]
    listed = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in listed if case["fn"] in FUNCTIONS]


@pytest.mark.parametrize("case", cases())
def test_the_specifications_own_cases(case: dict[str, Any]) -> None:
    assert run_strategy(case) is None


@pytest.mark.skipif(not VECTORS.exists(), reason="the specification's vectors are not here")
def test_every_function_has_a_case() -> None:
    listed = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    assert {case["fn"] for case in listed} >= FUNCTIONS.keys()
