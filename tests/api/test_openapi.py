"""The description of the API can be made, and programs can be generated from it."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.description import OPENAPI, PAGE, api_page, openapi
from api.problems import MEDIA_TYPE
from tests.api.running import Running
from tests.architecture.source_tree import ROOT

METHODS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture
def document(running: Running) -> dict[str, Any]:
    return running.app.openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_every_operation_has_a_name_of_its_own_and_a_sentence(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names)) > 20
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []
    silent = [path for path, _, operation in operations(document) if not operation["description"]]
    assert silent == []


def test_every_operation_tells_its_errors_in_one_form(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        error = operation["responses"]["default"]["content"][MEDIA_TYPE]["schema"]
        assert set(error["properties"]) == {"type", "title", "status", "code", "detail", "hint"}
        assert "422" not in operation["responses"], path
        Draft202012Validator.check_schema(error)


def test_every_operation_can_be_called_with_the_key(document: dict[str, Any]) -> None:
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-API-Key")
    assert all(operation["security"] for _, _, operation in operations(document))


def test_the_description_that_is_checked_in_is_the_one_of_this_version() -> None:
    docs = ROOT / "docs"
    document = openapi()
    assert json.loads((docs / OPENAPI).read_text(encoding="utf-8")) == document, "run make docs"
    assert (docs / PAGE).read_text(encoding="utf-8") == api_page(document), "run make docs"


def test_money_is_a_string_in_every_answer(document: dict[str, Any]) -> None:
    """A float would lose cents."""
    schemas = document["components"]["schemas"]
    amounts = {"equity", "cash", "pnl", "price", "size", "fee", "mark", "entry_price", "drawdown"}
    for name, schema in schemas.items():
        for field, form in schema.get("properties", {}).items():
            if field in amounts:
                assert "number" not in str(form), f"{name}.{field}"
