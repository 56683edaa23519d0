from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.client import ApiClient
from dashboard.panels import frame
from tests.dashboard.fake_api import FakeApi

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


@pytest.fixture
def fake() -> FakeApi:
    """What the API says and hears."""
    return FakeApi()


@pytest.fixture
def app(fake: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The dashboard in front of it, not run yet."""

    def client() -> ApiClient:
        return ApiClient("http://api.test", "the-key", httpx.MockTransport(fake))

    monkeypatch.setattr(ApiClient, "from_environment", staticmethod(client))
    frame.api.clear()
    yield AppTest.from_file(str(APP), default_timeout=30)
    frame.api.clear()
