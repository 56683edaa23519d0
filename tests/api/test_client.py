"""The command line's client: which error it is decides whether a halt falls back to the log."""

import json

import httpx
import pytest
from pydantic import SecretStr

from api.client import ApiAwayError, call
from configs.settings import Settings
from schemas.errors import ApplicationError, InfrastructureError


def answering(reply: httpx.Response | Exception, seen: list[httpx.Request]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return httpx.MockTransport(answer)


def settings(key: str = "") -> Settings:
    return Settings(_env_file=None, api_url="http://api.test:1", api_key=SecretStr(key))


def problem(status: int, code: str) -> httpx.Response:
    body = {"code": code, "detail": "Expected A, received B.", "hint": "Do C."}
    return httpx.Response(status, json=body)


def test_an_answer_is_its_json_and_the_caller_says_who_it_is() -> None:
    seen: list[httpx.Request] = []
    transport = answering(httpx.Response(200, json={"data": [1]}), seen)
    body = {"reason": "drill"}
    assert call(settings("k"), "POST", "/risk/halt", body, transport) == {"data": [1]}
    (request,) = seen
    assert str(request.url) == "http://api.test:1/api/v1/risk/halt"
    assert json.loads(request.content) == body
    assert (request.headers["X-API-Key"], request.headers["X-Client"]) == ("k", "cli")


def test_no_key_is_sent_where_none_is_set() -> None:
    seen: list[httpx.Request] = []
    call(settings(), "GET", "/bots", None, answering(httpx.Response(200, json={}), seen))
    assert "X-API-Key" not in seen[0].headers


@pytest.mark.parametrize(
    "reply",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        problem(503, "log-away"),
        problem(500, "defect"),
        problem(429, "rate-limit"),
        httpx.Response(502, text="<html>"),
    ],
    ids=str,
)
def test_an_api_that_cannot_serve_is_away_so_that_a_halt_goes_to_the_log(
    reply: httpx.Response | Exception,
) -> None:
    with pytest.raises(ApiAwayError):
        call(settings(), "POST", "/risk/halt", {}, answering(reply, []))


def test_a_command_on_the_log_is_not_written_again() -> None:
    with pytest.raises(InfrastructureError) as silent:
        call(settings(), "POST", "/risk/halt", {}, answering(problem(503, "gate-silent"), []))
    assert not isinstance(silent.value, ApiAwayError)
    assert str(silent.value) == "Expected A, received B. Do C."


@pytest.mark.parametrize(
    "reply",
    [problem(422, "phrase-needed"), problem(404, "unknown-bot"), problem(401, "key-needed")],
)
def test_a_refusal_is_the_apis_own_sentence(reply: httpx.Response) -> None:
    with pytest.raises(ApplicationError, match=r"Expected A, received B\. Do C\."):
        call(settings(), "POST", "/risk/resume", {}, answering(reply, []))


def test_a_refusal_in_another_form_is_still_one_sentence() -> None:
    with pytest.raises(ApplicationError, match=r"api\.test answered 404\."):
        call(settings(), "GET", "/bots", None, answering(httpx.Response(404, text="no"), []))
