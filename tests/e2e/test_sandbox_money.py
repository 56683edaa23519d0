"""`pets up --money sandbox`: bots trade at the sandbox, through every death of the gateway."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import psutil
import pytest

from api.money.access import open_access
from configs.settings import Settings
from schemas.envelope import Message
from schemas.trading import Fill, OrderPlaced
from schemas.values import IntentKind, Money
from tests.e2e.installation import Installation
from topics.catalog import FILLS, ORDERS, TopicSpec
from topics.codec import TopicCodec, decode_frame
from topics.reader import open_reader

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]
DEATHS = 2
PATIENCE_S = 120.0
Kind = TypeVar("Kind", bound=Message)


@pytest.fixture
def installation(
    kafka_cache: Path, postgres_programs: Path, tmp_path: Path
) -> Iterator[Installation]:
    made = Installation(tmp_path / "home")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGTERM)


def test_bots_trade_at_the_sandbox_venue_until_a_halt_cancels_what_opens(
    installation: Installation,
) -> None:
    installation.start("--money", "sandbox", "--source", "world", "--speed", "4")
    assert "with sandbox money" in installation.said()
    assert installation.get("/status")["money"] == "sandbox"
    installation.until(lambda: len(said(installation, FILLS, Fill)) > 0, "a fill", PATIENCE_S)

    for _ in range(DEATHS):
        survive_a_death(installation)

    assert installation.pets("halt").returncode == 0
    installation.until(
        lambda: not openings_at_venue(installation), "a venue without orders of ours that open"
    )
    installation.until(
        lambda: orders_at_venue(installation) == len(placed(installation)),
        "one order at the venue for each on the log",
    )
    every = [each.order_id for each in said(installation, ORDERS, OrderPlaced)]
    assert len(every) == len(set(every))

    assert installation.stop() == 0
    log = (installation.home / "logs" / "gateway.log").read_text()
    assert "orders-may-be-open" not in log


def survive_a_death(installation: Installation) -> None:
    """Kill the gateway, whatever it is sending, and wait until orders reach the venue again."""
    before = orders_at_venue(installation)
    installation.until(lambda: len(gateways_of(installation)) == 1, "a gateway")
    (gateway,) = gateways_of(installation)
    gateway.send_signal(signal.SIGKILL)
    installation.until(
        lambda: orders_at_venue(installation) > before + 2, "more orders", PATIENCE_S
    )


def gateways_of(installation: Installation) -> list[psutil.Process]:
    """The processes that send orders; none while the supervisor starts it again."""
    return [
        process
        for process in installation.processes()
        if (process.info["cmdline"] or [])[-2:] == ["run", "gateway"]
    ]


def orders_at_venue(installation: Installation) -> int:
    """Orders that the venue ever took."""
    url = f"http://127.0.0.1:{installation.ports['SANDBOX']}/sandbox"
    return int(httpx.get(url, timeout=10.0).json()["orders"])


def openings_at_venue(installation: Installation) -> set[str]:
    """Orders at the venue, as our own key sees them, but for those that reduce (C.1 lets them)."""
    placed = said(installation, ORDERS, OrderPlaced)
    reducing = {each.venue_order_id for each in placed if each.kind is IntentKind.REDUCE}
    return open_at_venue(installation) - reducing


def open_at_venue(installation: Installation) -> set[str]:
    """Hashes of our orders that are open at the venue."""
    url = f"http://127.0.0.1:{installation.ports['SANDBOX']}"
    settings = Settings(
        _env_file=None,
        home=installation.home,
        money=Money.SANDBOX,
        clob_url=url,
        data_url=url,
        site_url=url,
    )

    async def ask() -> set[str]:
        async with open_access(settings, {}) as access:
            return {order.id for order in await access.rest.open_orders()}

    return asyncio.run(ask())


def placed(installation: Installation) -> set[str]:
    """Hashes under which the log says that the venue has orders of ours."""
    return {each.venue_order_id for each in said(installation, ORDERS, OrderPlaced)}


def said(installation: Installation, topic: TopicSpec, kind: type[Kind]) -> list[Kind]:
    """Every message of a kind on a topic."""

    async def read() -> list[Kind]:
        codec: TopicCodec[Message] = TopicCodec(topic)
        found = []
        async with open_reader(f"127.0.0.1:{installation.ports['BROKER']}") as reader:
            bounds = (await reader.bounds(topic.name, [0]))[0]
            async for record in reader.records(topic.name, 0, bounds.first, bounds.end):
                found += [codec.decode(each) for each in decode_frame(record.value or b"").messages]
        return [each for each in found if isinstance(each, kind)]

    return asyncio.run(read())
