from collections.abc import AsyncIterator

import httpx
import pytest

from tests.api.running import Running


@pytest.fixture
def running() -> Running:
    """An API without a key on loopback, nothing told yet."""
    return Running()


@pytest.fixture
async def client(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    """Its client."""
    async with running.client() as opened:
        yield opened
