"""The dashboard's client: typed answers, sentences for failures, and quick buttons."""

from decimal import Decimal
from types import SimpleNamespace

import httpx
import pytest

from dashboard import client as module
from dashboard.client import ApiAwayError, ApiClient, ApiError
from tests.dashboard.fake_api import FakeApi, hanging, problem, refused


@pytest.fixture
def fake() -> FakeApi:
    return FakeApi()


@pytest.fixture
def client(fake: FakeApi) -> ApiClient:
    return ApiClient("http://api.test", "the-key", httpx.MockTransport(fake))


def test_money_arrives_exact(client: ApiClient, fake: FakeApi) -> None:
    assert client.portfolio().data.equity == Decimal("20015.80")
    assert client.equity().data.pnl == [Decimal(0), Decimal("10.5"), Decimal("15.80")]
    assert [bot.bot_id for bot in client.bots().data] == ["bot_01", "bot_05"]
    assert client.positions().data[1].mark is None
    assert len(client.denials().data) == 3
    assert client.status().source == "recorded + simulated 10x"
    assert fake.keys == {"the-key"}


def test_a_command_answers_with_its_fate(client: ApiClient, fake: FakeApi) -> None:
    assert client.halt("drill").accepted
    assert client.resume("RESUME", "looked").verb == "resume-trading"
    assert client.emergency_halt("drill").detail == "Done: emergency-halt."
    assert [path for path, _ in fake.posted] == [
        "/risk/halt",
        "/risk/resume",
        "/risk/emergency-halt",
    ]


def test_no_key_sends_no_header(fake: FakeApi) -> None:
    ApiClient("http://api.test", "", httpx.MockTransport(fake)).status()
    assert fake.keys == {None}


def test_the_environment_names_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PETS_API_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("PETS_API_KEY", raising=False)
    with pytest.raises(ApiAwayError, match=r"The API does not answer\."):
        ApiClient.from_environment().status()


def test_a_refusal_is_the_apis_sentence_with_its_hint(client: ApiClient, fake: FakeApi) -> None:
    fake.failing["/bots"] = lambda _: problem(503, "any", "Expected A, received B.", "Do C.")
    with pytest.raises(ApiError, match=r"^Expected A, received B\. Do C\.$") as failed:
        client.bots()
    assert not isinstance(failed.value, ApiAwayError)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"title": "x"}'])
def test_an_error_in_another_form_is_a_sentence_too(
    client: ApiClient, fake: FakeApi, body: bytes
) -> None:
    fake.failing["/bots"] = lambda _: httpx.Response(502, content=body)
    with pytest.raises(ApiError, match=r"The API answered 502\."):
        client.bots()


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"data": 5}'])
def test_an_answer_in_another_form_is_never_shown(
    client: ApiClient, fake: FakeApi, body: bytes
) -> None:
    fake.failing["/status"] = lambda _: httpx.Response(200, content=body)
    with pytest.raises(ApiError, match="in a form this dashboard does not know"):
        client.status()


def test_after_one_timeout_reads_fail_at_once_for_a_moment(
    client: ApiClient, fake: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven panels that each wait would keep the halt button waiting, too."""
    now = [100.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    fake.everything = hanging
    with pytest.raises(ApiAwayError, match="in time"):
        client.status()
    fake.everything = None
    fake.keys.clear()
    with pytest.raises(ApiAwayError, match="in time"):
        client.bots()
    assert fake.keys == set(), "nothing was asked"
    assert client.halt("drill").accepted, "a command is always sent"
    now[0] += module.PAUSE_S + 0.1
    assert client.bots().data


def test_a_refused_connection_is_quick_and_pauses_nothing(client: ApiClient, fake: FakeApi) -> None:
    fake.everything = refused
    with pytest.raises(ApiAwayError):
        client.status()
    fake.everything = None
    assert client.status().data.bots == 2
