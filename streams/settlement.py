"""Jobs of a wallet, each derived from what caused it, so that the same cause is settled once. Pure.

What moves dollars or tokens is a job: `JobRequested.job_id` follows from wallet, kind and cause.
However often a cause is read, from the log or from an impatient operator, its job is one job.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from schemas.envelope import Message, header
from schemas.ids import BotId, MarketId, derive_id
from schemas.pairs import SplitApproved
from schemas.trading import MergeApproved
from schemas.values import MICRO
from schemas.wallet import NO_BOT, CallKind, ChainCall, JobKind, JobRequested

SOURCE = "settlement"


def job(
    wallet: str,
    kind: JobKind,
    calls: Sequence[ChainCall],
    cause: Message,
    *parts: str,
    reason: str,
    bot_id: BotId = NO_BOT,
    frees: Decimal = Decimal(0),
    urgent: bool = False,
    by: str = SOURCE,
) -> JobRequested:
    """A job that follows from a message.

    Args:
        wallet: The address that acts.
        kind: Why.
        calls: What, in order.
        cause: The message that led to it.
        parts: What tells it from other jobs of the same cause.
        reason: For people.
        bot_id: Who pays the gas in the accounts.
        frees: Dollars that become free.
        urgent: Before all others, at any price of gas.
        by: Who asks.
    """
    job_id = derive_id(SOURCE, wallet, kind, cause.event_id, *parts)
    return JobRequested(
        **header(SOURCE, cause, job_id, now=cause.ingest_time),
        job_id=job_id,
        wallet=wallet,
        kind=kind,
        calls=tuple(calls),
        bot_id=bot_id,
        frees=frees,
        urgent=urgent,
        reason=reason,
        by=by,
    )


def merge_of(
    wallet: str, approved: MergeApproved, *, neg_risk: bool = False, version: str = "v1"
) -> JobRequested:
    """What the gate approved to merge."""
    call = ChainCall(
        kind=CallKind.MERGE,
        market_id=approved.market_id,
        amount=micro(approved.pairs),
        neg_risk=neg_risk,
        version=version,
    )
    return job(
        wallet,
        JobKind.MERGE,
        (call,),
        approved,
        reason=f"{approved.bot_id} merges {approved.pairs} pairs",
        bot_id=approved.bot_id,
        frees=approved.pairs,
    )


def split_of(
    wallet: str, approved: SplitApproved, *, neg_risk: bool = False, version: str = "v1"
) -> JobRequested:
    """What the gate approved to split."""
    call = ChainCall(
        kind=CallKind.SPLIT,
        market_id=approved.market_id,
        amount=micro(approved.pairs),
        neg_risk=neg_risk,
        version=version,
    )
    return job(
        wallet,
        JobKind.SPLIT,
        (call,),
        approved,
        reason=f"{approved.bot_id} splits {approved.pairs} dollars",
        bot_id=approved.bot_id,
    )


def redeem_of(
    wallet: str,
    cause: Message,
    market_id: MarketId,
    yes_payout: Decimal,
    held: tuple[Decimal, Decimal],
    *,
    neg_risk: bool = False,
    version: str = "v1",
) -> JobRequested | None:
    """The redemption of what is held of a market that has resolved.

    Args:
        wallet: Who holds it.
        cause: What showed that there is something to redeem.
        market_id: Which market.
        yes_payout: Dollars of a YES share.
        held: Shares of YES and NO.
        neg_risk: The market belongs to a neg-risk event.
        version: The market's `version`.

    Returns:
        None where nothing held is worth anything: gas would be spent for nothing.
    """
    frees = payout(held, yes_payout)
    if frees <= 0:
        return None
    calls: tuple[ChainCall, ...]
    if version == "v1":
        calls = (ChainCall(kind=CallKind.REDEEM, market_id=market_id, neg_risk=neg_risk),)
    else:
        worth = (yes_payout > 0, yes_payout < 1)
        calls = tuple(
            ChainCall(
                kind=CallKind.REDEEM,
                market_id=market_id,
                amount=micro(held[outcome]),
                version=version,
                number=str(outcome),
            )
            for outcome in (0, 1)
            if worth[outcome] and held[outcome] > 0
        )
    return job(
        wallet,
        JobKind.REDEEM,
        calls,
        cause,
        market_id,
        reason=f"{market_id} has resolved; {frees} dollars become free",
        frees=frees,
    )


def payout(held: tuple[Decimal, Decimal], yes_payout: Decimal) -> Decimal:
    """Dollars that YES and NO shares of a resolved market are worth."""
    return held[0] * yes_payout + held[1] * (1 - yes_payout)


def mergeable(yes: Decimal, no: Decimal, promised: tuple[Decimal, Decimal]) -> Decimal:
    """Pairs that can be merged without taking tokens away from resting sales.

    Args:
        yes: Shares of YES held.
        no: Shares of NO held.
        promised: Of each, what resting sales may still deliver.
    """
    return max(Decimal(0), min(yes - promised[0], no - promised[1]))


def micro(amount: Decimal) -> int:
    """Whole units to base units of six decimals, rounded down."""
    return int((amount * MICRO).to_integral_value(ROUND_DOWN))
