"""Who gets in, how often, and the form of every refusal."""

import re
from typing import Any

import httpx
import pytest
from limits import parse
from structlog.testing import capture_logs

from api import quotas
from api.callers import dashboard_key
from tests.api.running import URL, Running

KEY = "a key of this test"  # pragma: allowlist secret
OTHER = "wrong-one"
STATUS = "/api/v1/status"
HALT = "/api/v1/risk/halt"


def assert_problem(reply: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["X-Correlation-Id"]
    body: dict[str, Any] = reply.json()
    assert set(body) == {"type", "title", "status", "code", "detail", "hint"}
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"] == code.replace("-", " ").capitalize()
    assert body["detail"].endswith(".")
    return body


async def statuses(client: httpx.AsyncClient, count: int, path: str = STATUS) -> list[int]:
    return [(await client.get(path)).status_code for _ in range(count)]


# -------------------------------------------------------------------------------- the key


@pytest.mark.parametrize("given", [{}, {"X_API_Key": "wrong"}, {"X_API_Key": dashboard_key("")}])
async def test_without_the_key_nothing_is_told(given: dict[str, str]) -> None:
    async with Running(api_key=KEY).client(**given) as client:
        body = assert_problem(await client.get(STATUS), 401, "key-needed")
        assert KEY not in str(body)
        assert_problem(await client.post(HALT, json={"reason": "x"}), 401, "key-needed")
        assert_problem(await client.get("/api/v1/metrics/prometheus"), 401, "key-needed")


@pytest.mark.parametrize("key", [KEY, dashboard_key(KEY)])
async def test_the_key_and_the_dashboards_own_key_open(key: str) -> None:
    async with Running(api_key=KEY).client(X_API_Key=key) as client:
        assert (await client.get(STATUS)).status_code == 200


async def test_health_and_documentation_need_no_key_and_have_no_quota() -> None:
    async with Running(api_key=KEY).client() as client:
        assert set(await statuses(client, 105, "/api/v1/health/live")) == {200}
        assert (await client.get("/openapi.json")).status_code == 200
        assert (await client.get("/docs")).status_code == 200


# -------------------------------------------------------------------------------- the quota


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five requests a minute, so that the tests are quick."""
    monkeypatch.setattr(quotas, "LIMIT", parse("5/minute"))


async def test_a_hundred_requests_a_minute_and_no_more(client: httpx.AsyncClient) -> None:
    assert set(await statuses(client, 100)) == {200}
    body = assert_problem(await client.get(STATUS), 429, "rate-limit")
    assert body["detail"] == "Expected at most 100 requests a minute, received more."
    assert (await client.get(STATUS)).headers["Retry-After"] == "60"


@pytest.mark.usefixtures("few")
async def test_clients_do_not_eat_each_others_quota(running: Running) -> None:
    async with running.client("127.0.0.1") as one, running.client("127.0.0.2") as other:
        await statuses(one, 5)
        assert (await one.get(STATUS)).status_code == 429
        assert (await other.get(STATUS)).status_code == 200


@pytest.mark.usefixtures("few")
async def test_a_halt_passes_when_reading_used_up_the_quota(
    running: Running, client: httpx.AsyncClient
) -> None:
    await statuses(client, 6)
    assert (await client.post(HALT, json={"reason": "now"})).status_code == 200
    denied = await client.post("/api/v1/risk/resume", json={"phrase": "RESUME", "reason": "x"})
    assert denied.status_code == 429


@pytest.mark.usefixtures("few")
async def test_the_dashboard_has_a_quota_of_its_own(running: Running) -> None:
    async with running.client(X_API_Key=dashboard_key("")) as dashboard, running.client() as other:
        assert set(await statuses(dashboard, 20)) == {200}
        assert (await other.get(STATUS)).status_code == 200


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("key", ["", KEY])
async def test_no_header_but_the_dashboards_key_gives_its_quota(key: str) -> None:
    given = {"X_API_Key": key} if key else {}
    async with Running(api_key=key).client(**given, X_Client="dashboard") as client:
        assert (await statuses(client, 6))[-1] == 429


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("header", ["X-API-Key", "X-Forwarded-For", "X-Client"])
async def test_changing_headers_gives_no_new_quota(client: httpx.AsyncClient, header: str) -> None:
    for number in range(5):
        await client.get(STATUS, headers={header: f"10.0.0.{number}"})
    assert (await client.get(STATUS, headers={header: "10.0.0.200"})).status_code == 429


@pytest.mark.usefixtures("few")
async def test_guessing_keys_is_counted() -> None:
    async with Running(api_key=KEY).client() as client:
        for number in range(5):
            guess = await client.get(STATUS, headers={"X-API-Key": str(number)})
            assert guess.status_code == 401
        assert (await client.get(STATUS, headers={"X-API-Key": "5"})).status_code == 429
        assert (await client.get(STATUS, headers={"X-API-Key": KEY})).status_code == 200


@pytest.mark.usefixtures("few")
async def test_a_store_of_counts_that_is_away_stops_nobody() -> None:
    running = Running(redis_url="redis://127.0.0.1:1/0")
    async with running.client() as client:
        with capture_logs() as logs:
            seen = await statuses(client, 6)
    assert seen == [200] * 5 + [429], "counted here instead"
    assert logs[0]["event"] == "requests are counted here"


# -------------------------------------------------------------------------------- other pages


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example"])
async def test_without_a_key_another_name_for_this_machine_is_refused(
    client: httpx.AsyncClient, host: str
) -> None:
    """A page that makes its own name mean 127.0.0.1 must not read or command."""
    assert_problem(await client.get(STATUS, headers={"Host": host}), 421, "wrong-host")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"])
async def test_this_machines_own_names_are_fine(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get(STATUS, headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
async def test_without_a_key_other_pages_cannot_command(
    running: Running, client: httpx.AsyncClient, origin: str
) -> None:
    body = {"phrase": "RESUME", "reason": "x"}
    reply = await client.post("/api/v1/risk/resume", json=body, headers={"Origin": origin})
    assert_problem(reply, 403, "wrong-origin")
    assert running.log.written == []


@pytest.mark.parametrize("origin", [URL, "http://127.0.0.1:8501", "http://localhost:8501"])
async def test_our_own_pages_can_command(client: httpx.AsyncClient, origin: str) -> None:
    reply = await client.post(HALT, json={"reason": "x"}, headers={"Origin": origin})
    assert reply.status_code == 200


async def test_with_a_key_any_name_and_page_that_has_it_may(running: Running) -> None:
    async with Running(api_key=KEY).client("10.0.0.9", X_API_Key=KEY) as client:
        named = {"Host": "pets.example", "Origin": "https://ops.example"}
        assert (await client.post(HALT, json={"reason": "x"}, headers=named)).status_code == 200


async def test_the_dashboards_page_may_ask_from_the_browser(client: httpx.AsyncClient) -> None:
    asked = {"Origin": "http://127.0.0.1:8501", "Access-Control-Request-Method": "GET"}
    allowed = await client.options(STATUS, headers=asked)
    assert allowed.headers["access-control-allow-origin"] == "http://127.0.0.1:8501"
    refused = await client.options(STATUS, headers={**asked, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in refused.headers


# -------------------------------------------------------------------------------- the log line


async def test_a_correlation_id_is_kept_and_logged(client: httpx.AsyncClient) -> None:
    given = {"X-Correlation-Id": "run-7.a:b_c"}
    with capture_logs() as logs:
        reply = await client.post(HALT, json={"reason": "x"}, headers=given)
    assert reply.headers["X-Correlation-Id"] == "run-7.a:b_c"
    (line,) = [line for line in logs if line["event"] == "request"]
    assert (line["method"], line["path"], line["status"]) == ("POST", HALT, 200)
    assert line["ms"] > 0


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, '"}{', "é"])
async def test_another_form_of_correlation_id_is_replaced(
    client: httpx.AsyncClient, given: str
) -> None:
    reply = await client.get(STATUS, headers=[(b"X-Correlation-Id", given.encode("latin-1"))])
    assert re.fullmatch(r"[0-9a-f-]{36}", reply.headers["X-Correlation-Id"])


async def test_reads_that_go_well_are_quiet_and_all_else_is_told(
    client: httpx.AsyncClient,
) -> None:
    with capture_logs() as logs:
        await client.get(STATUS)
        await client.get("/api/v1/bots/nobody")
    levels = [(line["path"], line["log_level"]) for line in logs if line["event"] == "request"]
    assert levels == [(STATUS, "debug"), ("/api/v1/bots/nobody", "info")]


async def test_no_key_is_ever_logged() -> None:
    with capture_logs() as logs:
        async with Running(api_key=KEY).client(X_API_Key=KEY) as client:
            await client.get(STATUS)
        async with Running(api_key=KEY).client(X_API_Key=OTHER) as client:
            await client.get(STATUS)
    assert logs
    assert KEY not in str(logs)
    assert OTHER not in str(logs)


# -------------------------------------------------------------------------------- other errors


async def test_a_wrong_method_is_a_problem_and_says_which_one_is_right(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.delete(STATUS)
    assert_problem(reply, 405, "method-not-allowed")
    assert reply.headers["Allow"] == "GET"


async def test_a_defect_is_a_problem_without_its_text(
    running: Running, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.routes.status._stages", broken)
    reply = await client.get(STATUS, headers={"X-Correlation-Id": "find-me"})
    body = assert_problem(reply, 500, "defect")
    assert "secret detail" not in reply.text
    assert "find-me" in body["hint"]
    assert reply.headers["X-Correlation-Id"] == "find-me"


@pytest.mark.parametrize(
    ("query", "place"),
    [("limit=0", "query.limit"), ("limit=many", "query.limit"), ("limit=501", "query.limit")],
)
async def test_a_wrong_argument_is_named(client: httpx.AsyncClient, query: str, place: str) -> None:
    reply = await client.get(f"/api/v1/risk/denials?{query}")
    assert assert_problem(reply, 422, "invalid-request")["detail"].startswith(f"{place}: ")
