from collections.abc import AsyncIterator

import httpx
import pytest

from connectors.sandbox.recording import Recording
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import create_app
from tests.connectors.sandbox.builders import NOW_MS
from tests.connectors.sandbox.trusting import DerivedIds, Trusting


@pytest.fixture(scope="session")
def recording() -> Recording:
    """The recorded books, read once; nothing changes them."""
    return Recording()


class StillClock:
    """A clock that stands until it is set."""

    def __init__(self, now_ms: int) -> None:
        self.now = now_ms

    def now_ms(self) -> int:
        return self.now


@pytest.fixture
def sandbox(recording: Recording) -> Sandbox:
    return Sandbox(
        SandboxSettings(source="both"),
        StillClock(NOW_MS),
        authenticator=Trusting(),
        identity=DerivedIds(),
        recording=recording,
    )


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(sandbox))
    async with httpx.AsyncClient(transport=transport, base_url="http://venue") as opened:
        yield opened
