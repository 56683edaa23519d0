"""The broker the contract is held against: the embedded Kafka, or the one at PETS_TEST_BROKER."""

import os

import pytest


@pytest.fixture(scope="session")
def broker(request: pytest.FixtureRequest) -> str:
    """Bootstrap address; set PETS_TEST_BROKER to hold the contract against a Redpanda."""
    return os.environ.get("PETS_TEST_BROKER") or str(request.getfixturevalue("kafka"))
