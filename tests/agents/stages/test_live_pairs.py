"""Merges and splits with live money: from the gate's approval by the wallet's job to the books."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace

from agents.stages.base import Emit
from agents.stages.live import LiveStage
from agents.stages.live_state import LiveRules
from connectors.polymarket.order_form import outgoing_order
from schemas.envelope import Header, Message
from schemas.ids import AccountId, BotId, MarketId, TokenId, VenueEventId
from schemas.pairs import PairsFailed, PairsSplit, SplitApproved
from schemas.reasons import DenialCode
from schemas.trading import MergeApproved, MergeDenied, PairsMerged
from schemas.values import Money
from schemas.wallet import CallKind, JobEnded, JobRequested
from tests.agents.stages.gate_driver import Gate, of_type, shipped_rules
from tests.agents.stages.test_live import MAKER, session
from tests.streams.account_messages import BOT_1, BUY, MARKET, NO, YES, an_order
from tests.streams.paper_tape import START, listed, market
from topics.catalog import DECIDE_INPUTS, FILLS, GATE_INPUTS
from topics.catalog_wallet import WALLET_INPUTS

SHARD = 3


def head(name: str) -> Header:
    return Header(
        event_id=name,
        event_time=START + 10,
        ingest_time=START + 10,
        source="test",
        causation_id="",
    )


def merge(pairs: str = "20") -> MergeApproved:
    return MergeApproved(
        **head("merge"),
        intent_id="intent",
        bot_id=BotId("bot_01"),
        account_id=AccountId("main"),
        market_id=market().market_id,
        venue_event_id=VenueEventId("event"),
        pairs=Decimal(pairs),
    )


def split(pairs: str = "20") -> SplitApproved:
    return SplitApproved(
        **head("split"),
        intent_id="intent",
        bot_id=BotId("bot_01"),
        account_id=AccountId("main"),
        market_id=market().market_id,
        venue_event_id=VenueEventId("event"),
        yes_token_id=TokenId("1"),
        no_token_id=TokenId("2"),
        pairs=Decimal(pairs),
    )


def stage(*, on_chain: bool = True) -> LiveStage:
    rules = LiveRules(on_chain=on_chain)
    made = LiveStage(SHARD, AccountId("main"), outgoing_order, rules)
    made.apply(listed(0, replace(market(), neg_risk=True, version="v2")))
    made.apply(session(1, "1"))
    return made


def asked(emits: Sequence[Emit]) -> JobRequested:
    (emit,) = emits
    assert (emit.topic, emit.key) == (WALLET_INPUTS, "main")
    assert isinstance(emit.message, JobRequested)
    return emit.message


def over(job: JobRequested, *, done: bool = True, cost: str = "0.03") -> JobEnded:
    return JobEnded(
        **head("over"),
        wallet=job.wallet,
        job_id=job.job_id,
        kind=job.kind,
        bot_id=job.bot_id,
        done=done,
        detail="" if done else "execution reverted",
        frees=job.frees,
        cost_usd=Decimal(cost),
    )


def booked(emits: Sequence[Emit]) -> Message:
    assert [emit.topic for emit in emits] == [FILLS, DECIDE_INPUTS, GATE_INPUTS]
    assert emits[1].key == str(SHARD)
    return emits[0].message


def test_an_approved_merge_is_a_job_of_the_wallet_that_trades() -> None:
    job = asked(stage().apply(merge()))
    assert (job.wallet, job.reply_to, job.frees) == (MAKER, str(SHARD), Decimal(20))
    (call,) = job.calls
    assert (call.kind, call.amount) == (CallKind.MERGE, 20_000_000)
    assert (call.neg_risk, call.version) == (True, "v2")
    assert asked(stage().apply(merge())) == job, "however often it is read"


def test_its_end_is_booked_with_the_gas_it_cost_once() -> None:
    live = stage()
    job = asked(live.apply(merge()))
    merged = booked(live.apply(over(job)))
    assert isinstance(merged, PairsMerged)
    assert (merged.pairs, merged.gas) == (Decimal(20), Decimal("0.03"))
    assert merged.bot_id == "bot_01"
    assert live.apply(over(job)) == ()


def test_a_split_comes_back_as_pairs() -> None:
    live = stage()
    job = asked(live.apply(split("7")))
    done = booked(live.apply(over(job)))
    assert isinstance(done, PairsSplit)
    assert (done.pairs, done.intent_id, done.gas) == (Decimal(7), "intent", Decimal("0.03"))


@pytest.mark.parametrize("approved", [merge(), split()], ids=["merge", "split"])
def test_a_job_that_failed_frees_what_it_reserved(approved: MergeApproved | SplitApproved) -> None:
    live = stage()
    emits = live.apply(over(asked(live.apply(approved)), done=False))
    assert [emit.topic for emit in emits] == [DECIDE_INPUTS, GATE_INPUTS]
    failed = emits[0].message
    assert isinstance(failed, PairsFailed)
    assert (failed.intent_id, failed.reason) == ("intent", "execution reverted")


def test_without_a_known_wallet_nothing_is_asked_and_nothing_stays_reserved() -> None:
    live = LiveStage(SHARD, AccountId("main"), outgoing_order, LiveRules(on_chain=True))
    emits = live.apply(merge())
    assert {type(emit.message) for emit in emits} == {PairsFailed}


def test_a_restored_stage_knows_whose_job_ended() -> None:
    live, other = stage(), stage()
    job = asked(live.apply(merge()))
    other.restore(live.snapshot())
    assert isinstance(booked(other.apply(over(job))), PairsMerged)


def test_what_the_chain_should_hold_follows() -> None:
    live = stage()
    live.apply(over(asked(live.apply(split("7")))))
    live.apply(over(asked(live.apply(merge("4")))))
    tokens = live._execution.state.tokens
    known = market()
    assert tokens == {known.yes_token_id: Decimal(3), known.no_token_id: Decimal(3)}


@pytest.mark.parametrize("on_chain", [False, True])
def test_the_gate_lets_pairs_be_merged_with_live_money_where_the_wallet_does_it(
    on_chain: bool,
) -> None:
    rules = replace(shipped_rules(Money.LIVE), on_chain=on_chain)
    gate = Gate(rules=rules)
    for side in (YES, NO):
        gate.hold(an_order(side, BUY, "0.40", "30", bot=BOT_1))
    emits = gate.feed(gate.stream.merge(gate.at, "30"))
    if not on_chain:
        assert of_type(emits, MergeDenied)[0].code is DenialCode.CHAIN_ONLY
        return
    (approved,) = of_type(emits, MergeApproved)
    assert of_type(gate.feed(gate.stream.merge(gate.at, "30")), MergeDenied)
    gate.feed(
        PairsFailed(
            **gate.stream.head(gate.at),
            bot_id=BOT_1,
            account_id=approved.account_id,
            market_id=MarketId(MARKET),
            intent_id=approved.intent_id,
            reason="reverted",
        )
    )
    assert of_type(gate.feed(gate.stream.merge(gate.at, "30")), MergeApproved)
