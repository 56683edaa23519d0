import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.vectors.compare import difference
from api.vectors.run import run_files
from schemas.errors import ApplicationError

KELLY = {
    "id": "k",
    "fn": "kelly_buy",
    "inputs": {"p": 0.41, "price": 0.37},
    "expected": {
        "full": 0.06349206,
        "half": 0.03174603,
        "quarter": 0.01587302,
        "contrarian_20pct": 0.01269841,
    },
    "tol": 1e-6,
}


def written(folder: Path, document: Any) -> Path:
    path = folder / "vectors.json"
    path.write_text(json.dumps(document))
    return path


def test_passed_and_failed_are_counted_by_kind(tmp_path: Path) -> None:
    wrong = {**KELLY, "id": "w", "expected": {**KELLY["expected"], "half": 0.5}}  # type: ignore[dict-item]
    unknown = {**KELLY, "id": "u", "fn": "no_such"}
    raising = {**KELLY, "id": "r", "inputs": {}}
    cases = [KELLY, wrong, unknown, raising]
    path = written(tmp_path, {"kind": "strategies", "cases": cases})
    (tally,) = run_files([path])
    assert tally.line() == "strategies: 1 passed, 3 failed"
    assert [identity for identity, _ in tally.failures] == ["w", "u", "r"]


def test_a_kind_without_a_runner_fails_and_descriptions_count_neither_way(tmp_path: Path) -> None:
    one = {"id": "a", "input": {}, "expected": {}}
    path = written(
        tmp_path, [{"kind": "novel", "cases": [one]}, {"kind": "http_traces", "cases": [one]}]
    )
    result = CliRunner().invoke(app, ["vectors", str(path)])
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith("novel: 0 passed, 1 failed")
    assert result.stdout.splitlines()[-1] == "0 passed, 1 failed"


def test_the_command_ends_with_the_totals(tmp_path: Path) -> None:
    path = written(tmp_path, {"kind": "strategies", "cases": [KELLY]})
    result = CliRunner().invoke(app, ["vectors", str(path)])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["strategies: 1 passed, 0 failed", "1 passed, 0 failed"]


@pytest.mark.parametrize("text", ["{", "{}", '{"cases": 1}'])
def test_another_form_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.json"
    path.write_text(text)
    with pytest.raises(ApplicationError, match="Expected"):
        run_files([path])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (True, 1),
        (1, True),
        ("1", 1),
        (None, False),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ([1], [1, 2]),
        ([1, 3], [1, 2]),
        (0.1001, 0.1),
    ],
)
def test_unequal_values_differ(actual: Any, expected: Any) -> None:
    assert difference(actual, expected) is not None
