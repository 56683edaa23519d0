from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import AccountId, BotId, MarketId, TokenId, VenueEventId
from schemas.pairs import SplitApproved
from schemas.trading import MergeApproved
from schemas.wallet import CallKind, JobKind, JobRequested
from streams.settlement import merge_of, mergeable, micro, payout, redeem_of, split_of

WALLET = "0x" + "ab" * 20
MARKET = MarketId("0x" + "12" * 32)
HELD = (Decimal(30), Decimal(12))


def merge(pairs: str) -> MergeApproved:
    return MergeApproved(
        event_id="approved",
        event_time=5,
        ingest_time=5,
        source="gate",
        bot_id=BotId("bot_01"),
        account_id=AccountId("main"),
        market_id=MARKET,
        venue_event_id=VenueEventId("event"),
        pairs=Decimal(pairs),
        intent_id="intent",
    )


def split(pairs: str) -> SplitApproved:
    return SplitApproved(
        event_id="approved",
        event_time=5,
        ingest_time=5,
        source="gate",
        bot_id=BotId("bot_01"),
        account_id=AccountId("main"),
        market_id=MARKET,
        venue_event_id=VenueEventId("event"),
        yes_token_id=TokenId("1"),
        no_token_id=TokenId("2"),
        pairs=Decimal(pairs),
        intent_id="intent",
    )


def redeem(
    yes: str, held: tuple[Decimal, Decimal] = HELD, version: str = "v1"
) -> JobRequested | None:
    cause = merge("1")
    return redeem_of(WALLET, cause, MARKET, Decimal(yes), held, version=version)


def test_one_approval_is_one_job() -> None:
    cause = merge("12.3456789")
    job = merge_of(WALLET, cause)
    assert job == merge_of(WALLET, cause)
    assert job.job_id != merge_of("0x" + "cd" * 20, cause).job_id
    assert (job.kind, job.bot_id, job.frees) == (JobKind.MERGE, "bot_01", Decimal("12.3456789"))
    assert [call.amount for call in job.calls] == [12_345_678]


def test_a_split_is_paid_by_its_bot() -> None:
    job = split_of(WALLET, split("7"), neg_risk=True)
    assert (job.calls[0].kind, job.calls[0].neg_risk) == (CallKind.SPLIT, True)
    assert (job.bot_id, job.frees) == ("bot_01", Decimal(0))


@pytest.mark.parametrize(("yes", "frees"), [("1", 30), ("0", 12), ("0.5", 21)])
def test_a_resolution_frees_what_the_winners_are_worth(yes: str, frees: int) -> None:
    job = redeem(yes)
    assert job is not None
    assert job.frees == frees
    assert job == redeem(yes)


def test_worthless_tokens_cost_no_gas() -> None:
    assert redeem("1", (Decimal(0), Decimal(12))) is None


@pytest.mark.parametrize(("yes", "outcomes"), [("1", ["0"]), ("0", ["1"]), ("0.5", ["0", "1"])])
def test_the_second_protocol_redeems_each_winning_outcome(yes: str, outcomes: list[str]) -> None:
    job = redeem(yes, version="v2")
    assert job is not None
    assert [call.number for call in job.calls] == outcomes
    assert [call.amount for call in job.calls] == [micro(HELD[int(n)]) for n in outcomes]


@given(*[st.decimals(0, 1000, places=6)] * 4)
def test_merging_never_takes_what_a_sale_needs(
    yes: Decimal, no: Decimal, sold_yes: Decimal, sold_no: Decimal
) -> None:
    pairs = mergeable(yes, no, (sold_yes, sold_no))
    assert pairs >= 0
    if pairs:
        assert yes - pairs >= sold_yes
        assert no - pairs >= sold_no


def test_a_void_result_pays_a_half_each() -> None:
    assert payout((Decimal(3), Decimal(5)), Decimal("0.5")) == 4
