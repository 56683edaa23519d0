"""The whole system as an operator meets it: up, trading, halted, stopped, up again, audited."""

import json
import re
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from schemas.envelope import Message
from schemas.trading import Fill
from sinks.archive.archive import Archive
from tests.e2e.installation import Installation
from topics.catalog import FILLS
from topics.codec import TopicCodec, decode_frame

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def installation(
    kafka_cache: Path, postgres_programs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """One installation for the module; its tests follow one another like an operator's day."""
    folder = tmp_path_factory.mktemp("system")
    made = Installation(folder / "home")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop(signal.SIGTERM)


def test_up_comes_alive_and_says_what_it_is(installation: Installation) -> None:
    installation.start("--speed", "4")
    summary = installation.said().split("\n\n")[-1]
    assert "recorded and simulated data 4x with paper money" in summary
    assert summary.count("\n") <= 8
    assert re.search(r"Halt +\S+pets halt", summary)
    installation.until(
        lambda: installation.get("/risk/metrics")["data"]["equity"] is not None, "equity"
    )
    status = installation.get("/status")
    assert status["source"] == "recorded + simulated 4x"
    assert status["money"] == "paper"
    installation.until(
        lambda: set(installation.get("/status")["data"]["markets"]) == {"RECORDED", "SIMULATED"},
        "both labels",
    )


def test_figures_move_and_orders_land_in_the_database(installation: Installation) -> None:
    first = installation.get("/risk/metrics")["as_of"]
    installation.until(lambda: installation.get("/risk/metrics")["as_of"] > first, "newer equity")
    installation.until(
        lambda: any(
            order["status"] in ("FILLED", "PARTIALLY_FILLED", "PENDING", "CANCELED")
            for order in installation.get("/orders?limit=200")["data"]["orders"]
        ),
        "orders at the exchange",
        120.0,
    )
    curve = installation.get("/metrics/portfolio")["data"]
    assert len(curve["times"]) >= 2


def test_the_dashboard_answers(installation: Installation) -> None:
    page = httpx.get(f"http://127.0.0.1:{installation.ports['DASHBOARD']}/_stcore/health")
    assert page.text == "ok"


def test_a_second_start_in_the_same_home_is_refused(installation: Installation) -> None:
    second = installation.pets("up")
    assert second.returncode != 0
    assert "already runs" in second.stderr
    assert "Traceback" not in second.stderr


def test_halt_leaves_only_orders_that_reduce(installation: Installation) -> None:
    halted = installation.pets("halt", "--reason", "test")
    assert halted.returncode == 0, halted.stderr
    installation.until(
        lambda: installation.get("/status")["data"]["trading_state"] == "HALTED", "halt"
    )
    resting = "/orders?limit=500&status=PENDING&status=PARTIALLY_FILLED"
    installation.until(
        lambda: all(
            order["kind"] == "REDUCE" for order in installation.get(resting)["data"]["orders"]
        ),
        "end of all orders but those that reduce",
    )


def test_a_stage_killed_hard_comes_back(installation: Installation) -> None:
    victim = next(
        process
        for process in installation.processes()
        if process.cmdline()[-2:] == ["run", "gate,ledger,wallet"]
    )
    victim.kill()
    as_of = installation.get("/risk/metrics")["as_of"]
    installation.until(
        lambda: installation.get("/risk/metrics")["as_of"] > as_of + 4_000, "newer equity", 90.0
    )
    assert installation.get("/status")["data"]["trading_state"] == "HALTED"


def test_the_wallet_has_gone_from_approval_to_redemption(installation: Installation) -> None:
    def kinds() -> list[str]:
        settled = installation.get("/wallet/transactions?limit=100")["data"]
        assert all(tx["status"] == "confirmed" for tx in settled), settled
        return [tx["kind"] for tx in sorted(settled, key=lambda tx: tx["nonce"])]

    installation.until(lambda: "REDEEM" in kinds(), "redemption", 240.0)
    assert kinds() == ["APPROVE"] * 10 + ["WRAP", "SPLIT", "MERGE", "REDEEM"]
    (wallet,) = installation.get("/wallet/balance")["data"]
    assert Decimal(wallet["balances"]["pUSD"]) == 3_000
    assert Decimal(wallet["balances"]["USDC.e"]) == 2_000
    assert Decimal(wallet["cold"]) == 30_000
    assert Decimal(wallet["freed"]) == 100
    said = installation.pets("wallet", "balance")
    assert "14.3% hot" in said.stdout, said.stdout + said.stderr


def test_stop_leaves_no_process(installation: Installation) -> None:
    assert installation.stop() == 0, installation.said()
    assert "Stopped." in installation.said()
    assert installation.processes() == []


def test_the_next_start_finds_everything_as_it_was(installation: Installation) -> None:
    installation.start("--speed", "4")
    installation.until(
        lambda: installation.get("/status")["data"]["trading_state"] == "HALTED", "halt"
    )
    installation.until(lambda: synced(installation) == 14, "the chain where it was")
    refused = installation.pets("resume")
    assert refused.returncode != 0
    assert "RESUME" in refused.stderr
    resumed = installation.pets("resume", "--phrase", "RESUME", "--reason", "test")
    assert resumed.returncode == 0, resumed.stderr
    installation.until(
        lambda: installation.get("/status")["data"]["trading_state"] == "ACTIVE", "trading"
    )
    assert json.loads(installation.pets("status", "--json").stdout)["money"] == "paper"


def test_the_run_replayed_from_its_inputs_gives_the_decisions_it_made(
    installation: Installation,
) -> None:
    audit = installation.pets("replay", "inputs")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    for stage in ("book", "bots", "gate", "paper", "ledger"):
        assert re.search(
            rf"^{stage}: \d+ inputs; .*equal to the byte\.$", audit.stdout, re.M
        ), audit.stdout
    assert installation.stop() == 0


def test_the_archived_run_gives_the_decisions_it_made_without_a_broker(
    installation: Installation,
) -> None:
    archive = str(installation.archive)
    verified = installation.pets("verify", archive)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    audit = installation.pets("audit", archive)
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert re.search(r"^100 % of [\d,]+ records were derived again", audit.stdout, re.M)
    fills = installation.pets("trace", fill_of(installation.archive), "--archive", archive)
    assert fills.returncode == 0, fills.stdout + fills.stderr
    for role in ("fill:", "order:", "verdict:", "intent:", "the book at that offset:"):
        assert role in fills.stdout, fills.stdout


def synced(installation: Installation) -> int | None:
    """The wallet's next nonce, once this start's sender has looked at the chain."""
    wallets = installation.get("/wallet/balance")
    fresh = wallets["data"] and not wallets["stale"]
    return wallets["data"][0]["nonce"] if fresh else None


def fill_of(archive: Path) -> str:
    """The id of a fill in an archive."""
    codec: TopicCodec[Message] = TopicCodec(FILLS)
    rows = Archive.open(archive).partition(FILLS.name, 0)
    messages = (codec.decode(each) for row in rows for each in decode_frame(row.value).messages)
    return next(message.event_id for message in messages if isinstance(message, Fill))


def test_a_killed_system_is_taken_over(installation: Installation) -> None:
    installation.start("--speed", "4", "--source", "world")
    installation.stop(signal.SIGKILL)
    installation.start("--speed", "4", "--source", "world")
    assert installation.stop() == 0, installation.said()
    assert installation.processes() == []


def test_a_taken_port_ends_in_one_sentence(installation: Installation) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.ports["BROKER"]))
        taken.listen()
        refused = installation.pets("up")
    assert refused.returncode != 0
    assert str(installation.ports["BROKER"]) in refused.stderr
    assert "Traceback" not in refused.stderr
