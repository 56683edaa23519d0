"""What venue, Data API and chain said of a position's token when they were last asked. Pure."""

from api.live import LiveState
from api.models import TruthView
from schemas.ids import TokenId
from schemas.wallet_truths import AssetTruth, TruthDifference
from streams.truths import TruthRules

MATCHES, UNANSWERED, NEW = "matches", "unanswered", "new"
EQUAL = TruthRules().equal


def truth_view(state: LiveState, token_id: TokenId) -> TruthView | None:
    """The newest comparison of a token.

    Args:
        state: The present.
        token_id: Of the position.

    Returns:
        What was said; None when the token was not among what was compared last: paper money never
        is, and a position is some seconds old before it is.
    """
    found = [
        (observed.ingest_time, asset)
        for observed in state.truths.values()
        for asset in observed.assets
        if asset.key == token_id
    ]
    if not found:
        return None
    checked_at, asset = max(found, key=lambda each: each[0])
    named = next(
        (
            difference
            for wallet in state.wallets.values()
            for difference in wallet.differences
            if difference.key == token_id
        ),
        None,
    )
    grade = _grade(asset, named)
    return TruthView(
        checked_at=checked_at,
        state=grade,
        since_s=named.age_ms / 1000 if named and grade == named.kind else None,
        ours=asset.ours,
        venue=asset.venue,
        data_api=asset.data_api,
        chain=asset.chain,
    )


def _grade(asset: AssetTruth, named: TruthDifference | None) -> str:
    if not asset.said:
        return UNANSWERED
    every = (asset.ours, *asset.said)
    if max(every) - min(every) <= EQUAL:
        return MATCHES
    return NEW if named is None else named.kind
