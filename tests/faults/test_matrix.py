import ast

from tests.architecture.source_tree import ROOT
from tests.faults.matrix import FAULTS, faults_page


def test_every_fault_is_proven_by_tests_that_exist() -> None:
    for fault in FAULTS:
        assert fault.tests, fault.name
        for place in fault.tests:
            path, _, name = place.partition("::")
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            functions = ast.FunctionDef | ast.AsyncFunctionDef
            names = {node.name for node in tree.body if isinstance(node, functions)}
            assert name in names, place


def test_the_page_of_faults_is_up_to_date() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert page == faults_page(), "Run `make docs` and commit what it changes."
