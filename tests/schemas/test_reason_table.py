"""Every reason code is explained, in the order in which the gate checks."""

from pathlib import Path

from schemas.errors import DomainError
from schemas.reason_table import REASONS, reason_table
from schemas.reasons import DenialCode

DOCUMENT = Path(__file__).parents[2] / "docs" / "reason-codes.md"


def test_every_code_is_explained_in_the_order_of_the_checks() -> None:
    assert list(REASONS) == list(DenialCode)
    checks = [int(reason.check) for reason in REASONS.values() if reason.check.isdigit()]
    assert checks == sorted(checks)
    assert set(checks) == set(range(17))


def test_errors_are_domain_errors_and_texts_are_sentences() -> None:
    for reason in REASONS.values():
        assert issubclass(reason.error, DomainError)
        assert reason.meaning.endswith(".")
        assert reason.remedy.endswith(".")


def test_the_document_is_the_table() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == reason_table()
