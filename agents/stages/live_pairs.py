"""Merges and splits with live money: jobs of the wallet stage, and what became of them."""

from msgspec.structs import replace

from agents.stages.live_state import LiveState
from schemas.envelope import header
from schemas.ids import AccountId
from schemas.pairs import PairsFailed, PairsSplit, SplitApproved
from schemas.trading import MergeApproved, PairsMerged
from schemas.wallet import JobEnded, JobRequested
from streams.settlement import merge_of, split_of
from streams.venue_reports import SOURCE

Ended = PairsMerged | PairsSplit | PairsFailed


def settle(
    state: LiveState, approved: MergeApproved | SplitApproved, shard: int
) -> JobRequested | None:
    """Ask the wallet that trades for a merge or split, and remember whose it is.

    Args:
        state: Changed in place.
        approved: By the gate; the same approval is one job.
        shard: Who is to hear of its end.

    Returns:
        None while the market, or whose wallet it is, is not known.
    """
    market, account = state.markets.get(approved.market_id), state.account
    if market is None or account is None:
        return None
    wallet, neg_risk, version = account.maker, market.neg_risk, market.version
    if isinstance(approved, MergeApproved):
        job = merge_of(wallet, approved, neg_risk=neg_risk, version=version)
    else:
        job = split_of(wallet, approved, neg_risk=neg_risk, version=version)
    state.settling[job.job_id] = approved
    return replace(job, by=SOURCE, reply_to=str(shard))


def ended(state: LiveState, account_id: AccountId, over: JobEnded) -> Ended | None:
    """What the end of a job means for bots, gate and ledger.

    Args:
        state: Changed in place: dollars and tokens have moved.
        account_id: Whose.
        over: The wallet's word; of a job that is not ours it is nothing.
    """
    approved = state.settling.pop(over.job_id, None)
    if approved is None:
        return None
    if not over.done:
        return failed(state, approved, over.detail)
    head = header(SOURCE, over, "settled", over.job_id, now=state.now)
    sign = -1 if isinstance(approved, MergeApproved) else 1
    market = state.markets.get(approved.market_id)
    if market is not None:
        for token_id in (market.yes_token_id, market.no_token_id):
            state.move(token_id, sign * approved.pairs, -sign * approved.pairs / 2)
    if isinstance(approved, SplitApproved):
        intent_id, gas = approved.intent_id, over.cost_usd
        return PairsSplit(**head, **approved.terms, intent_id=intent_id, gas=gas)
    return PairsMerged(
        **head,
        bot_id=approved.bot_id,
        account_id=account_id,
        market_id=approved.market_id,
        venue_event_id=approved.venue_event_id,
        pairs=approved.pairs,
        gas=over.cost_usd,
    )


def failed(state: LiveState, approved: MergeApproved | SplitApproved, reason: str) -> PairsFailed:
    """It did not happen: what it reserved is free again."""
    return PairsFailed(
        **header(SOURCE, approved, "pairs-failed", approved.intent_id, now=state.now),
        bot_id=approved.bot_id,
        account_id=approved.account_id,
        market_id=approved.market_id,
        intent_id=approved.intent_id,
        reason=reason,
    )
