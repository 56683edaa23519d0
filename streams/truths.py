"""Venue, Data API and chain compared with each other and with us: every difference has a name.

The chain is what counts in the end, the venue decides what can be sold now, the Data API trails
both by seconds and leaves out less than a tenth of a share (PROTOCOL.md section 7). A fold only in
that it remembers since when a difference exists.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from schemas.ids import MarketId
from schemas.wallet_truths import (
    EVERY_MARKET,
    AssetTruth,
    TruthDifference,
    TruthDoubted,
    TruthKind,
)

ZERO, ONE = Decimal(0), Decimal(1)


class TruthRules(NamedTuple):
    """Limits.

    Attributes:
        equal: Shares or dollars that rounding may leave.
        dust: Below it, no order can be placed and the Data API says nothing.
        pending_ms: So long a difference may come of what is under way.
        doubt_ms: From then on nothing is quoted in a market whose difference is unexplained.
    """

    equal: Decimal = Decimal("0.000001")
    dust: Decimal = Decimal("0.1")
    pending_ms: int = 30_000
    doubt_ms: int = 120_000

    def at_speed(self, speed: float) -> "TruthRules":
        """The same wall times on a session clock that runs faster."""
        pending_ms, doubt_ms = round(self.pending_ms * speed), round(self.doubt_ms * speed)
        return self._replace(pending_ms=pending_ms, doubt_ms=doubt_ms)


class TruthComparison:
    """Compares, and remembers since when what differs.

    Attributes:
        since: First seen, ms, by key; what a checkpoint holds.
    """

    def __init__(self, rules: TruthRules, since: dict[str, int]) -> None:
        """Continue; the dictionary is changed in place."""
        self._rules = rules
        self.since = since

    def compare(self, assets: Iterable[AssetTruth], now: int) -> tuple[TruthDifference, ...]:
        """Compare all assets; one that is not among them has no difference any more.

        Args:
            assets: What is said of each.
            now: When it was asked, ms.
        """
        found = []
        seen: set[str] = set()
        for asset in assets:
            seen.add(asset.key)
            if self._agree(asset):
                self.since.pop(asset.key, None)
                continue
            age = now - self.since.setdefault(asset.key, now)
            found.append(_difference(asset, self._kind(asset, age), age))
        for key in [key for key in self.since if key not in seen]:
            del self.since[key]
        return tuple(found)

    def scale(self, differences: Iterable[TruthDifference], market_id: str) -> Decimal:
        """How much of the usual size may be quoted in a market: 1, a half, or nothing.

        A doubt about collateral concerns every market. What is under way explains a difference for
        as long as it is: an active market always has some.

        Args:
            differences: As compared.
            market_id: Which market.
        """
        listed = tuple(differences)
        return min(self.scale_within(listed, market_id), self.scale_within(listed, EVERY_MARKET))

    def scale_within(self, differences: Iterable[TruthDifference], market_id: str) -> Decimal:
        """The same from a market's own differences alone; "" is collateral."""
        own = (self._scale_of(diff) for diff in differences if diff.market_id == market_id)
        return min(own, default=ONE)

    def _scale_of(self, difference: TruthDifference) -> Decimal:
        if difference.kind in (TruthKind.PENDING, TruthKind.DUST, TruthKind.REDEEM):
            return ONE
        return Decimal("0.5") if difference.age_ms < self._rules.doubt_ms else ZERO

    def _agree(self, asset: AssetTruth) -> bool:
        every = (asset.ours, *asset.said)
        return max(every) - min(every) <= self._rules.equal

    def _kind(self, asset: AssetTruth, age: int) -> TruthKind:
        every = (asset.ours, *asset.said)
        spread = max(every) - min(every)
        if asset.market_id and max(every) < self._rules.dust:
            return TruthKind.DUST
        if asset.market_id and asset.resolved:
            return TruthKind.REDEEM
        if age < self._rules.pending_ms or spread <= asset.moving:
            return TruthKind.PENDING
        outside = asset.said
        if outside and max(outside) - min(outside) <= self._rules.equal and len(outside) > 1:
            return TruthKind.TRANSFER
        return TruthKind.GHOST


def scales(doubts: Mapping[str, TruthDoubted]) -> dict[MarketId, Decimal]:
    """How much of the usual size may be opened, where it is less than all; the least counts.

    Args:
        doubts: Of each wallet.
    """
    found: dict[MarketId, Decimal] = {}
    for doubt in doubts.values():
        for market_id, scale in doubt.scales.items():
            found[market_id] = min(scale, found.get(market_id, ONE))
    return found


def scale_of(doubts: Mapping[str, TruthDoubted], market_id: MarketId) -> Decimal:
    """How much of the usual size may be opened in a market: 1 where nothing is in doubt."""
    known = scales(doubts)
    return min(known.get(market_id, ONE), known.get(EVERY_MARKET, ONE))


def _difference(asset: AssetTruth, kind: TruthKind, age: int) -> TruthDifference:
    return TruthDifference(
        key=asset.key,
        market_id=asset.market_id,
        kind=kind,
        age_ms=age,
        ours=asset.ours,
        venue=asset.venue,
        data_api=asset.data_api,
        chain=asset.chain,
    )
