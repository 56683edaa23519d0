"""docs/properties.md names the tests of every invariant, and they name it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| .* \| (`.*`) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "properties.md").read_text(encoding="utf-8"))


def test_every_invariant_has_its_row() -> None:
    assert [int(number) for number, _ in ROWS] == [n for n in range(1, 26) if n not in (20, 23)]


@pytest.mark.parametrize(("number", "files"), ROWS)
def test_the_tests_of_an_invariant_name_it(number: str, files: str) -> None:
    for name in re.findall(r"`([^`]+)`", files):
        assert re.search(rf"G\.{number}\b", (ROOT / name).read_text(encoding="utf-8")), name
