from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest

from agents.stages.base import Emit
from agents.stages.wallet import WalletStage
from agents.stages.wallet_book import WalletRules
from schemas.envelope import Message
from schemas.ids import AccountId, BotId
from schemas.ops import Alert, ClockTick
from schemas.wallet import (
    GasSpikeDetected,
    JobEnded,
    SendTransaction,
    TransactionEnded,
    TransactionVoided,
    WalletBalanceLow,
    WalletState,
)
from schemas.wallet_truths import AssetTruth, TruthDoubted, TruthObserved
from streams.nonce_state import NonceRules, Send
from streams.treasury import DAY_MS
from tests.properties.model_chain import (
    ADDRESS,
    ModelChain,
    gas_seen,
    job_of,
    look,
    wallet_seen,
)
from topics.catalog_wallet import WALLET_SENDS, WALLET_TRANSACTIONS

START = 1_700_000_000_000
COLD = "0x" + "cd" * 20
RULES = WalletRules(nonces=NonceRules(confirmations=2), cold=COLD)


class Run:
    """The stage with everything it said."""

    def __init__(self) -> None:
        self.stage = WalletStage(AccountId("main"), RULES)
        self.said: list[Emit] = []
        self.now = START

    def tell(self, message: Message) -> Sequence[Emit]:
        emits = self.stage.apply(message)
        self.said.extend(emits)
        return emits

    def see(self, dollars: str, *, cold: str = "0", keyed_at: int = 0) -> None:
        self.now += 1_000
        seen = wallet_seen(ModelChain(), self.now, 2)
        balances = {"pUSD": Decimal(dollars), "USDC.e": Decimal(0), "POL": Decimal(5)}
        self.tell(
            msgspec.structs.replace(seen, balances=balances, cold=Decimal(cold), keyed_at=keyed_at)
        )

    def tick(self, ms: int = 6_000) -> None:
        self.now += ms
        self.tell(
            ClockTick(
                event_id=f"tick-{self.now}",
                event_time=self.now,
                ingest_time=self.now,
                source="clock",
            )
        )

    def state(self) -> WalletState:
        return [emit.message for emit in self.said if isinstance(emit.message, WalletState)][-1]

    def alerts(self) -> list[str]:
        return [emit.message.rule for emit in self.said if isinstance(emit.message, Alert)]


def test_a_job_is_written_down_before_it_is_sent_and_its_cost_goes_to_its_bot() -> None:
    run, chain = Run(), ModelChain()
    run.tell(gas_seen(START))
    run.see("5000")
    job = msgspec.structs.replace(job_of(1, now=START), bot_id=BotId("bot_01"), frees=Decimal(30))
    emits = run.tell(job)
    assert [emit.topic for emit in emits] == [WALLET_TRANSACTIONS, WALLET_SENDS]
    assert isinstance(emits[0].message, SendTransaction)
    assert emits[0].message is emits[1].message
    for _ in range(3):
        run.tick()
        for send in tuple(run.stage._nonces(ADDRESS).state.slots.values()):

            for seen in look(chain, Send(send, send.last), run.now):
                run.tell(seen)
        chain.mine()
        chain.mine()
    ended = [emit.message for emit in run.said if isinstance(emit.message, TransactionEnded)]
    over = [emit.message for emit in run.said if isinstance(emit.message, JobEnded)]
    assert [(tx.status, tx.bot_id) for tx in ended] == [("confirmed", "bot_01")]
    assert [(job.done, job.frees) for job in over] == [(True, Decimal(30))]
    cost = ended[0].cost_usd
    assert cost is not None
    assert cost == ended[0].cost_pol * Decimal("0.25")
    assert run.state().gas_usd == {"bot_01": cost}
    assert run.state().freed == 30


def test_balance_levels_are_told_once_each_with_what_to_do() -> None:
    run = Run()
    for dollars in ("3000", "2400", "2450", "900", "950", "3000", "2400"):
        run.see(dollars, cold="97000")
    low = [emit.message for emit in run.said if isinstance(emit.message, WalletBalanceLow)]
    assert [(event.level, event.threshold) for event in low] == [
        ("warning", Decimal(2_500)),
        ("critical", Decimal(1_000)),
        ("warning", Decimal(2_500)),
    ]
    details = [emit.message.detail for emit in run.said if isinstance(emit.message, Alert)]
    assert all("pets wallet topup" in detail for detail in details)


def test_no_balance_level_follows_from_nodes_that_disagree() -> None:
    run = Run()
    run.see("5000")
    seen = wallet_seen(ModelChain(), run.now + 1_000, 2, doubt="nodes disagree")
    run.tell(msgspec.structs.replace(seen, balances={}))
    assert run.alerts() == ["wallet-doubt"]
    assert run.state().balances["pUSD"] == 5_000


def test_a_spike_is_told_at_its_beginning_and_its_end_and_makes_jobs_wait() -> None:
    run = Run()
    run.see("5000")
    for price in (20, 120, 130, 90, 80):
        run.tell(gas_seen(run.now, price))
    spikes = [emit.message for emit in run.said if isinstance(emit.message, GasSpikeDetected)]
    assert [(spike.gas_gwei, spike.over) for spike in spikes] == [
        (Decimal(120), False),
        (Decimal(90), True),
    ]
    run.tell(gas_seen(run.now, 120))
    run.tell(job_of(1))
    run.see("5000")
    assert (run.state().queued, run.state().band) == (1, "queue")


def test_rotation_is_reminded_of_daily_from_the_ninetieth_day() -> None:
    run = Run()
    for days in (89, 90, 90, 91):
        run.now = START + days * DAY_MS
        run.see("5000", keyed_at=START)
    assert run.alerts().count("key-rotation-due") == 2


@pytest.mark.parametrize(
    ("dollars", "cold", "word"),
    [("400", "99600", "topup"), ("30000", "70000", "sweep"), ("15000", "85000", "")],
)
def test_the_share_of_the_hot_wallet_leads_to_advice(dollars: str, cold: str, word: str) -> None:
    run = Run()
    run.see(dollars, cold=cold)
    assert run.state().share == Decimal(dollars) / 100_000
    assert (word in run.state().advice) if word else run.state().advice == ""


def test_a_doubt_about_truth_is_told_by_stages_and_shrinks_quoting() -> None:
    run = Run()
    asset = AssetTruth(
        key="7",
        market_id="m",
        ours=Decimal(10),
        venue=Decimal(10),
        data_api=Decimal(10),
        chain=Decimal(0),
    )
    scales = []
    for _ in range(5):
        run.now += 30_000
        run.tell(
            TruthObserved(
                event_id=f"truth-{run.now}",
                event_time=run.now,
                ingest_time=run.now,
                source="test",
                wallet=ADDRESS,
                assets=(asset,),
            )
        )
        scales.append(run.state().scale["m"])
    assert scales == [1, Decimal("0.5"), Decimal("0.5"), Decimal("0.5"), 0]
    assert run.alerts() == ["truth-doubt", "truth-doubt"]
    told = [e.message.scales for e in run.said if isinstance(e.message, TruthDoubted)]
    assert told == [{"m": Decimal("0.5")}, {"m": Decimal(0)}], "the gate hears of changes alone"
    assert run.state().differences[0].kind == "ghost"


def test_a_restored_stage_goes_on_the_same() -> None:
    run = Run()
    run.tell(gas_seen(START))
    run.see("900")
    run.tell(job_of(1))
    other = WalletStage(AccountId("main"), RULES)
    other.restore(run.stage.snapshot())
    assert other.snapshot() == run.stage.snapshot()
    tick = ClockTick(
        event_id="t", event_time=run.now + 6_000, ingest_time=run.now + 6_000, source="c"
    )
    assert other.apply(tick) == run.stage.apply(tick)


def test_what_is_not_pending_cannot_be_given_up() -> None:

    run = Run()
    run.tell(
        TransactionVoided(
            event_id="v",
            event_time=START,
            ingest_time=START,
            source="cli",
            wallet=ADDRESS,
            nonce=3,
            reason="",
            by="cli",
        )
    )
    assert run.alerts() == ["nothing-to-void"]


def test_who_asks_with_another_clock_does_not_move_the_sessions() -> None:
    run = Run()
    run.see("5000")
    ahead = job_of(1, now=run.now + DAY_MS)
    run.tell(ahead)
    run.tell(
        TransactionVoided(
            event_id="v",
            event_time=ahead.ingest_time,
            ingest_time=ahead.ingest_time,
            source="cli",
            wallet=ADDRESS,
            nonce=99,
            reason="test",
            by="cli",
        )
    )
    assert {emit.message.ingest_time for emit in run.said} == {run.now}
