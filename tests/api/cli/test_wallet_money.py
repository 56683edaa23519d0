"""`pets wallet` before a real API and a real chain; what is written to the log is looked at."""

import json
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from types import TracebackType
from typing import Self

import pytest
import uvicorn
from starlette.applications import Starlette

from api.chain import begin
from connectors.polymarket import contracts
from connectors.sandbox.chain.known import COLD, QUESTION, WALLET, condition_id
from connectors.sandbox.chain.network import Network
from connectors.sandbox.chain.server import ChainServer
from schemas.envelope import Message
from schemas.errors import ApplicationError, InsufficientUSDCError
from schemas.wallet import CallKind, JobKind, JobRequested, TransactionVoided
from tests.api.cli.conftest import Pets
from tests.api.running import NOW, Running
from tests.api.wallet_messages import ended, wallet_state
from topics.catalog_wallet import WALLET_INPUTS
from topics.spec import TopicSpec

MARKET = condition_id(QUESTION)


class Log:
    """Takes what commands write."""

    written: list[Message]

    def __init__(self, broker: str, *, writer: str, prefix: str, shards: int) -> None:
        assert writer == "cli"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> None:
        assert (topic, key) == (WALLET_INPUTS, "main")
        self.written.append(message)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """The log that commands write to."""
    Log.written = []
    monkeypatch.setattr("api.cli.wallet_money.FrameProducer", Log)
    return Log.written


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A local chain, where PETS_CHAIN_PORT says."""
    network = Network(lambda: time.time_ns() // 1_000_000, (WALLET,))
    begin(network)
    network.mine()
    app = Starlette(routes=ChainServer(network).routes())
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    monkeypatch.setenv("PETS_CHAIN_PORT", str(server.servers[0].sockets[0].getsockname()[1]))
    yield network
    server.should_exit = True
    thread.join()


@pytest.fixture
def wallet(served: Running) -> Running:
    """The API knows the local wallet."""
    served.tell(wallet_state(NOW - 500, address=WALLET), ended(NOW - 400, 13, JobKind.REDEEM))
    return served


def only_job(log: list[Message]) -> JobRequested:
    (job,) = log
    assert isinstance(job, JobRequested)
    assert job.wallet == WALLET
    return job


def test_balance_transactions_and_topup_are_read_from_the_api(pets: Pets, wallet: Running) -> None:
    said = pets("wallet", "balance").output
    for words in (WALLET, "3,000 pUSD", "14.3% hot", "30,000.00", "27.5 gwei", "nonce 14", "paper"):
        assert words in said, said
    answer = json.loads(pets("wallet", "balance", "--json").output)
    assert answer["data"][0]["balances"]["pUSD"] == "3000"
    said = pets("wallet", "transactions").output
    for words in ("REDEEM", "confirmed"):
        assert words in said, said
    assert json.loads(pets("wallet", "transactions", "--json").output)["data"][0]["nonce"] == 13
    assert f"cold wallet to {WALLET}" in pets("wallet", "topup", "2500").output


@pytest.mark.parametrize(
    ("line", "phrase"),
    [
        (("sweep", "5"), "SWEEP"),
        (("withdraw",), "WITHDRAW EVERYTHING"),
        (("approve",), "APPROVE"),
        (("void", "13"), "VOID"),
    ],
)
def test_what_is_risky_has_to_be_typed(
    pets: Pets, wallet: Running, log: list[Message], line: tuple[str, ...], phrase: str
) -> None:
    for typed in ((), ("--phrase", phrase.lower())):
        refused = pets("wallet", *line, *typed)
        assert isinstance(refused.exception, ApplicationError)
        assert f"--phrase '{phrase}'" in str(refused.exception)
    assert log == []


def test_a_sweep_and_a_withdrawal_take_what_the_chain_says(
    pets: Pets, wallet: Running, log: list[Message], chain: Network
) -> None:
    assert pets("wallet", "sweep", "12.5", "--phrase", "SWEEP").exit_code == 0
    job = only_job(log)
    # Nothing is wrapped on this chain, whatever the API believed.
    assert [(call.token, call.to, call.amount) for call in job.calls] == [
        (contracts.USDC_E, COLD, 12_500_000)
    ]
    log.clear()
    said = pets("wallet", "withdraw", "--phrase", "WITHDRAW EVERYTHING")
    assert "Outcome tokens that positions name go along" in said.output
    amounts = [call.amount for job in log if isinstance(job, JobRequested) for call in job.calls]
    assert amounts == [5_000_000_000, 99_500_000_000_000_000_000]
    assert all(isinstance(job, JobRequested) and job.urgent for job in log)
    log.clear()
    much = pets("wallet", "sweep", "5000.01", "--phrase", "SWEEP")
    assert isinstance(much.exception, InsufficientUSDCError)
    assert log == []


def test_only_missing_permissions_are_asked_for(
    pets: Pets, wallet: Running, log: list[Message], chain: Network
) -> None:
    answer = json.loads(pets("wallet", "approve", "--phrase", "APPROVE", "--json").output)
    assert len(answer) == len(log) == 10
    assert {job["kind"] for job in answer} == {"APPROVE"}


def test_wrap_unwrap_split_and_merge_are_jobs_with_the_amount_in_base_units(
    pets: Pets, wallet: Running, log: list[Message]
) -> None:
    pets("wallet", "wrap", "1000.000001")
    pets("wallet", "unwrap", "1")
    pets("wallet", "split", MARKET, "100", "--neg-risk")
    said = pets("wallet", "merge", MARKET, "40")
    assert "merge 40 pairs" in said.output
    found = [job for job in log if isinstance(job, JobRequested)]
    assert [(job.kind, job.calls[0].amount, job.calls[0].neg_risk) for job in found] == [
        (JobKind.WRAP, 1_000_000_001, False),
        (JobKind.UNWRAP, 1_000_000, False),
        (JobKind.SPLIT, 100_000_000, True),
        (JobKind.MERGE, 40_000_000, False),
    ]
    assert found[3].frees == Decimal(40)
    assert len({job.job_id for job in found}) == 4


def test_the_same_words_twice_are_two_wishes(
    pets: Pets, wallet: Running, log: list[Message]
) -> None:
    for _ in range(2):
        pets("wallet", "wrap", "5")
    first, second = log
    assert first.event_id != second.event_id


@pytest.mark.parametrize("amount", ["0", "-1", "nan", "x", "0.0000001", "Infinity"])
def test_an_amount_that_is_none_is_refused(
    pets: Pets, wallet: Running, log: list[Message], amount: str
) -> None:
    refused = pets("wallet", "wrap", "--", amount)
    assert isinstance(refused.exception, ApplicationError), refused.output
    assert log == []


def test_a_market_is_redeemed_when_it_has_resolved_and_something_is_held(
    pets: Pets, wallet: Running, log: list[Message], chain: Network
) -> None:
    early = pets("wallet", "redeem", MARKET)
    assert "has not resolved" in str(early.exception)
    chain.resolve(QUESTION, (1, 0))
    chain.mine()
    nothing = pets("wallet", "redeem", MARKET)
    assert "holds nothing" in str(nothing.exception)
    assert isinstance(pets("wallet", "redeem", "0x12").exception, ApplicationError)
    assert log == []
    pets("wallet", "redeem", MARKET, "--neg-risk")
    (call,) = only_job(log).calls
    assert (call.kind, call.market_id, call.neg_risk) == (CallKind.REDEEM, MARKET, True)


def test_a_pending_transaction_is_given_up(pets: Pets, wallet: Running, log: list[Message]) -> None:
    assert pets("wallet", "void", "13", "--phrase", "VOID").exit_code == 0
    (voided,) = log
    assert isinstance(voided, TransactionVoided)
    assert (voided.wallet, voided.nonce) == (WALLET, 13)


def test_without_the_api_the_wallet_of_this_machine_is_moved(
    pets: Pets, log: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETS_API_URL", "http://127.0.0.1:1")
    assert pets("wallet", "wrap", "5").exit_code == 0
    only_job(log)


def test_before_a_wallet_was_seen_nothing_is_asked_for(
    pets: Pets, served: Running, log: list[Message]
) -> None:
    refused = pets("wallet", "wrap", "5")
    assert "none was seen yet" in str(refused.exception)
    assert log == []
