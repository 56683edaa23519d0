"""The official clients, as published, trade against the sandbox.

Each lives in an environment of its own, made once by pip in a cache folder, because they force
older versions of libraries that we use too. Where pip cannot have them the tests are skipped with
the reason; with ``CI=true`` they fail.
"""

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.mirror import YES
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from connectors.sandbox.source import Listing
from schemas.errors import InfrastructureError
from schemas.values import MICRO, PIPS
from tests.conftest import unavailable
from tests.connectors.polymarket.official.environment import official_python

pytestmark = [pytest.mark.integration, pytest.mark.slow]

CLIENTS = {
    "drive_py_clob_client.py": "py-clob-client-v2==1.2.1",
    "drive_polymarket_client.py": "polymarket-client==0.14.0",
}
DRIVE_SECONDS = 120
SPEED = 4


class FastClock:
    """The wall clock, running a little fast from now on, so that settlement is not waited for."""

    def __init__(self) -> None:
        self._start = time.time()

    def now_ms(self) -> int:
        return round((self._start + SPEED * (time.time() - self._start)) * 1000)


def environment_of(requirement: str) -> Path:
    """The Python of an environment that has a client; made where it does not exist."""
    try:
        return official_python((requirement,), requirement.replace("==", "-") + "-trading")
    except InfrastructureError as error:
        unavailable(requirement, error)


@pytest.fixture
async def venue() -> AsyncIterator[tuple[Sandbox, str]]:
    """A world that checks every signature, served on loopback."""
    clock = FastClock()
    sandbox = Sandbox(SandboxSettings(source="world", size="large", speed=SPEED), clock)
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(serve_on(listener, sandbox))
    yield sandbox, f"http://127.0.0.1:{port}"
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


def lively(sandbox: Sandbox, *, neg_risk: bool = False) -> Listing:
    """A market with a two-sided book in the middle of the price range."""
    return next(
        listing
        for listing in sandbox.venue.listings()
        if listing.state.is_open
        and listing.spec.neg_risk is neg_risk
        and not listing.spec.taker_delay_ms
        and listing.tick == 100
        and 2_000 <= (listing.top(YES)[0] or 0) <= 7_000
        and (listing.top(YES)[1] or PIPS) <= 8_000
    )


async def drive(script: str, host: str, listing: Listing) -> dict[str, Any]:
    """What a client saw of a market."""
    python = await asyncio.to_thread(environment_of, CLIENTS[script])
    bid, ask = listing.top(YES)
    process = await asyncio.create_subprocess_exec(
        str(python),
        str(Path(__file__).parent / script),
        host,
        listing.spec.token_ids[YES],
        listing.spec.condition_id,
        f"{(bid or 0) / PIPS}",
        f"{(ask or 0) / PIPS}",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(Path.home())},
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), DRIVE_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, err.decode()[-3_000:]
    seen: dict[str, Any] = json.loads(out)
    return seen


@pytest.mark.parametrize("neg_risk", [False, True], ids=["standard", "neg-risk"])
async def test_py_clob_client_v2_trades(venue: tuple[Sandbox, str], neg_risk: bool) -> None:
    sandbox, host = venue
    listing = lively(sandbox, neg_risk=neg_risk)
    seen = await drive("drive_py_clob_client.py", host, listing)
    assert seen["keys"] == {"apiKeys": [seen["derived"]]}
    assert seen["version"] == 2
    assert seen["hash"][0] == seen["hash"][1]
    assert seen["books"] == 1
    assert (seen["resting"]["success"], seen["resting"]["status"]) == (True, "live")
    assert all(row["success"] for row in seen["batch"])
    ids = [seen["resting"]["orderID"], *(row["orderID"] for row in seen["batch"])]
    assert seen["open"] == ids
    assert seen["one"]["status"] == "LIVE"
    bought = seen["bought"]
    assert bought["status"] == "matched"
    assert len(bought["transactionsHashes"]) == len(bought["tradeIDs"]) > 0
    assert seen["trades"][0]["id"] in bought["tradeIDs"]
    cash, held = (int(row["balance"]) for row in seen["balances"])
    assert cash < 100_000 * MICRO
    assert held == round(float(bought["takingAmount"]) * MICRO)
    assert seen["beat"]["heartbeat_id"]
    assert [len(row["canceled"]) for row in seen["cancelled"]] == [1, 1, 2, 0]
    assert (seen["closed_only"], seen["left"]) == ({"closed_only": False}, [])


async def test_polymarket_client_trades_and_streams(venue: tuple[Sandbox, str]) -> None:
    sandbox, host = venue
    seen = await drive("drive_polymarket_client.py", host, lively(sandbox))
    assert len(seen["keys"]) == 1
    assert seen["book"] == [True, True]
    assert "book" in seen["market"]
    ok, status, order_id = seen["resting"]
    assert (ok, status, len(order_id)) == (True, "live", 66)
    assert seen["batch"] == [True, True, True]
    assert seen["open"][0] == order_id
    assert len(seen["open"]) == 4
    assert seen["one"] == "LIVE"
    assert seen["crossing"] == "invalid post-only order: order crosses book"
    assert seen["bought"][:2] == [True, "matched"]
    assert seen["hashes"]
    assert seen["shares"] == round(float(seen["bought"][2]) * MICRO)
    assert seen["cancelled"] == [1, 1, 2, 0]
    assert seen["user"] == ["order", "trade"]
    assert seen["sports"] == ["sport_result"]
    assert seen["public"] == ["BUY"]
    assert float(seen["positions"][0]) == float(seen["bought"][2])
    assert (seen["closed_only"], seen["tier"]) == (False, "standard")
    assert seen["leaders"] >= 5
    assert seen["markets"] >= 5
    assert set(seen["wallets"]) == {"proxy", "safe", "deposit"}
    assert all(all(row) for row in seen["wallets"].values())
