"""The description of the API can be made, and programs can be generated from it."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.problems import MEDIA_TYPE
from tests.api.running import Running

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


def test_the_routes_of_this_version_are_there(document: dict[str, Any]) -> None:
    routes = {f"{method.upper()} {path}" for path, method, _ in operations(document)}
    assert routes == {
        f"{method} /api/v1{path}"
        for method, path in (
            ("GET", "/health/live"),
            ("GET", "/health/startup"),
            ("GET", "/health/ready"),
            ("GET", "/status"),
            ("GET", "/bots"),
            ("GET", "/bots/{bot_id}"),
            ("POST", "/bots/{bot_id}/start"),
            ("POST", "/bots/{bot_id}/stop"),
            ("POST", "/bots/{bot_id}/pause"),
            ("POST", "/bots/{bot_id}/resume"),
            ("POST", "/bots/{bot_id}/emergency-halt"),
            ("GET", "/bots/{bot_id}/config"),
            ("GET", "/positions"),
            ("GET", "/positions/closed"),
            ("GET", "/positions/{position_id}"),
            ("POST", "/positions/{position_id}/close"),
            ("GET", "/orders"),
            ("GET", "/orders/open"),
            ("GET", "/orders/{order_id}"),
            ("POST", "/orders"),
            ("DELETE", "/orders/{order_id}"),
            ("GET", "/trades"),
            ("GET", "/logs"),
            ("GET", "/signals"),
            ("GET", "/signals/counts"),
            ("GET", "/decisions"),
            ("GET", "/decisions/counts"),
            ("GET", "/decisions/{decision_id}"),
            ("GET", "/commands"),
            ("GET", "/commands/{command_id}"),
            ("GET", "/markets"),
            ("GET", "/markets/{market_id}"),
            ("GET", "/markets/{market_id}/book"),
            ("GET", "/markets/{market_id}/prices"),
            ("GET", "/performance"),
            ("GET", "/performance/daily"),
            ("GET", "/performance/hourly"),
            ("GET", "/performance/episodes"),
            ("GET", "/performance/distribution"),
            ("GET", "/performance/attribution"),
            ("GET", "/performance/markouts"),
            ("GET", "/metrics/portfolio"),
            ("GET", "/metrics/bots/{bot_id}"),
            ("GET", "/metrics/prometheus"),
            ("GET", "/risk/metrics"),
            ("GET", "/risk/circuit-breakers"),
            ("GET", "/risk/denials"),
            ("GET", "/risk/exposure"),
            ("GET", "/risk/breaches"),
            ("POST", "/risk/what-if"),
            ("POST", "/risk/halt"),
            ("POST", "/risk/emergency-halt"),
            ("POST", "/risk/resume"),
            ("POST", "/risk/rearm/{scope}"),
        )
    }


def test_money_is_a_string_in_every_answer(document: dict[str, Any]) -> None:
    """A float would lose cents."""
    schemas = document["components"]["schemas"]
    amounts = {"equity", "cash", "pnl", "price", "size", "fee", "mark", "entry_price", "drawdown"}
    for name, schema in schemas.items():
        for field, form in schema.get("properties", {}).items():
            if field in amounts:
                assert "number" not in str(form), f"{name}.{field}"
