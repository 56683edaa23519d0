"""The venue's own cases; the files are not part of the repository."""

from pathlib import Path

import pytest

from api.vectors.run import run_files

FOLDER = Path(__file__).parents[4] / "shared" / "polymarket" / "vectors"
FILES: list[Path | None] = [*sorted(FOLDER.glob("*.json"))] or [None]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem if path else "absent")
def test_the_venues_own_cases(path: Path | None) -> None:
    if path is None:
        pytest.skip("the venue's vectors are not beside this repository")
    (tally,) = run_files([path])
    assert tally.failures == []
    assert tally.passed or tally.unrun
