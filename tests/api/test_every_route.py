"""Whatever comes in, what goes out is as described: no defect, known statuses, one error form."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api import operator
from api.callers import dashboard_key
from schemas.ops import ClockTick
from sinks.queries.orders import ORDER, ORDERS
from tests.api.running import NOW, Database, Running, beats
from tests.api.test_database_routes import ORDER_ROW
from tests.sinks.messages import BOT, at, denied, equity, listed, order, position, top
from tests.topics.log_messages import line

HEADERS = {"X-API-Key": dashboard_key(""), "Host": "127.0.0.1"}
CHECKS = [
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
]


def system() -> Running:
    """One that trades, with a little in its database."""
    running = Running()
    running.use(Database({ORDERS: [ORDER_ROW], ORDER: [ORDER_ROW]}))
    running.log.tell(ClockTick(**at(0, "tick")))
    running.fund(BOT)
    running.tell(listed(0), equity(NOW), position(NOW, "10"), top(NOW), denied(order()))
    running.tell(*beats(NOW))
    running.lines.append(line("ready", seconds="1.5"))
    return running


SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", system().app, headers=HEADERS)
ENDLESS = "/api/v1/changefeed/stream"
OPERATIONS = [
    found.ok()
    for found in SCHEMA.exclude(path=ENDLESS).get_all_operations()
    if isinstance(found, Ok)
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_route(operation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator, "ANSWER_S", 0.1)

    @given(case=operation.as_strategy())
    @settings(
        max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    def answers_as_described(case: Any) -> None:
        case.call_and_validate(headers=HEADERS, checks=CHECKS)

    answers_as_described()


def test_no_route_is_left_out() -> None:
    described = system().app.openapi()["paths"].values()
    assert len(OPERATIONS) == sum(len(item) for item in described) - 1 > 20
