import os
import subprocess

import pytest

from schemas.errors import InfrastructureError
from tests.connectors.polymarket.official.environment import official_python, signing_peer
from tests.connectors.polymarket.official.random_orders import orders

COUNT = 1_000
"""The benchmark compares 100,000."""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_official_client_signs_the_same_bytes() -> None:
    try:
        official_python()
    except (InfrastructureError, subprocess.TimeoutExpired) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs the official client: {error}")
        pytest.skip(f"the official client cannot be had: {error}")
    with signing_peer() as peer:
        for asked, signed in orders(COUNT, seed=11):
            assert peer.ask(asked)["signature"] == signed.signature, asked
