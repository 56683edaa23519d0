"""What a wallet still holds of resolved markets and what is worth redeeming of it. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from schemas.ids import MarketId
from schemas.wallet import JobRequested
from schemas.wallet_truths import AssetTruth, TruthObserved
from streams.settlement import payout, redeem_of

LEAST = Decimal("0.10")
"""Dollars below which a redemption costs about as much gas as it frees."""


def redemptions(truth: TruthObserved) -> Iterator[JobRequested]:
    """A job for each resolved market of which the chain has something that is worth its gas.

    The chain alone counts: what venue or Data API list may be redeemed already.

    Args:
        truth: What was seen of everything the wallet holds.
    """
    found: dict[str, list[AssetTruth]] = {}
    for asset in truth.assets:
        if asset.market_id and asset.resolved and asset.chain is not None:
            found.setdefault(asset.market_id, []).append(asset)
    for market_id, assets in sorted(found.items()):
        held = _held(assets, 0), _held(assets, 1)
        first = assets[0]
        yes_payout = first.payout if first.outcome == 0 else 1 - first.payout
        if payout(held, yes_payout) < LEAST:
            continue
        job = redeem_of(
            truth.wallet,
            truth,
            MarketId(market_id),
            yes_payout,
            held,
            neg_risk=first.neg_risk,
            version=first.version,
        )
        if job is not None:
            yield job


def _held(assets: list[AssetTruth], outcome: int) -> Decimal:
    return sum((each.chain or Decimal(0) for each in assets if each.outcome == outcome), Decimal(0))
