"""The brokers the contract is held against: the embedded Kafka always, a Redpanda where Docker is.

``PETS_TEST_BROKER`` holds the suite against a broker that runs already, instead of the Redpanda.
Tests that disturb their broker have one of their own.
"""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.contracts.brokers import (
    DisturbedBroker,
    DisturbedKafka,
    DisturbedRedpanda,
    docker_problem,
    redpanda,
)

BOTH = ("embedded", "redpanda")


@pytest.fixture(scope="session", params=BOTH)
def broker(request: pytest.FixtureRequest) -> str:
    """Bootstrap address of a broker that all tests share."""
    if request.param == "embedded":
        return str(request.getfixturevalue("kafka"))
    return os.environ.get("PETS_TEST_BROKER") or str(request.getfixturevalue("shared_redpanda"))


@pytest.fixture(scope="session")
def shared_redpanda() -> Iterator[str]:
    """A Redpanda for all tests; skips where no container can be run."""
    require_docker()
    with redpanda() as container:
        yield container.get_bootstrap_server()


@pytest.fixture(params=BOTH)
async def disturbed(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[DisturbedBroker]:
    """A broker of the test's own, to be stopped, killed and paused."""
    if request.param == "redpanda":
        require_docker()
        with redpanda() as container:
            yield DisturbedRedpanda(container)
        return
    own = DisturbedKafka(tmp_path, request.getfixturevalue("kafka_cache"))
    await own.start()
    yield own
    await own.stop()


def require_docker() -> None:
    """Skip with the reason where no container can be run."""
    if problem := docker_problem():
        pytest.skip(f"NOT HELD AGAINST REDPANDA: {problem}; set PETS_TEST_BROKER to use one.")
