"""Who is worth copying: what wallets' resolved positions came to (STRATEGIES.md D.3, D-13)."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from math import sqrt
from typing import NamedTuple

import msgspec

from streams.prices import floor_lot


class Resolved(msgspec.Struct, frozen=True, array_like=True):
    """One resolved position of a wallet.

    Attributes:
        at: When, ms.
        price: Average price paid, dollars per token.
        payout: 0, 0.5 or 1 dollars per token.
        size: Shares held to the end; redeemed or not makes no difference.
        maker_share: Share of its fills that rested, 0 to 1.
        two_sided: The wallet held both tokens.
    """

    at: int
    price: Decimal
    payout: Decimal
    size: Decimal
    maker_share: float = 0.0
    two_sided: bool = False

    @property
    def pnl(self) -> Decimal:
        """Realised dollars."""
        return (self.payout - self.price) * self.size


class Record(NamedTuple):
    """What a wallet's positions came to.

    Attributes:
        positions: Resolved ones.
        win_rate: Share of them that gained; a rate without its price says nothing.
        pnl: Realised dollars.
        edge: Mean of `outcome − entry price`, dollars per share.
        error: Its standard error; 0 with fewer than two positions.
        maker_share: Mean share of fills that rested.
        two_sided: Share of positions held on both sides.
    """

    positions: int
    win_rate: float
    pnl: Decimal
    edge: float
    error: float
    maker_share: float
    two_sided: float

    @property
    def t(self) -> float:
        """t-statistic of the edge; without scatter it is as good as the edge's sign."""
        if self.error > 0.0:
            return self.edge / self.error
        return float("inf") if self.edge > 0.0 else 0.0


class Criteria(NamedTuple):
    """Whom to follow.

    Attributes:
        top: How many at most.
        min_resolved: Positions a wallet must have.
        min_win_rate: A new one must be above it.
        drop_win_rate: A followed one below it is dropped at once.
        min_t: Least t-statistic of the edge.
        max_maker: Greatest mean maker share.
        max_two_sided: Greatest share of two-sided positions.
    """

    top: int = 20
    min_resolved: int = 50
    min_win_rate: float = 0.60
    drop_win_rate: float = 0.55
    min_t: float = 1.0
    max_maker: float = 0.50
    max_two_sided: float = 0.10


def record(positions: Iterable[Resolved]) -> Record:
    """Sum up a wallet's positions."""
    known = tuple(positions)
    count = len(known)
    if not count:
        return Record(0, 0.0, Decimal(0), 0.0, 0.0, 0.0, 0.0)
    edges = [float(each.payout - each.price) for each in known]
    mean = sum(edges) / count
    spread = sum((edge - mean) ** 2 for edge in edges)
    return Record(
        positions=count,
        win_rate=sum(edge > 0.0 for edge in edges) / count,
        pnl=sum((each.pnl for each in known), Decimal(0)),
        edge=mean,
        error=sqrt(spread / (count - 1) / count) if count > 1 else 0.0,
        maker_share=sum(each.maker_share for each in known) / count,
        two_sided=sum(each.two_sided for each in known) / count,
    )


def obstacle(found: Record, want: Criteria, *, followed: bool) -> str:
    """Why a wallet is not followed, a stable word; empty when it may be.

    Args:
        found: Its record.
        want: Whom to follow.
        followed: It is followed now: between the two win rates it stays.
    """
    if found.positions < want.min_resolved:
        return "too-few-resolved"
    if found.win_rate < want.drop_win_rate:
        return "win-rate"
    if not followed and found.win_rate <= want.min_win_rate:
        return "win-rate"
    if found.edge <= 0.0 or found.t < want.min_t:
        return "no-edge"
    if found.maker_share > want.max_maker:
        return "market-maker"
    return "two-sided" if found.two_sided > want.max_two_sided else ""


def select(
    records: Mapping[str, Record], followed: Collection[str], want: Criteria
) -> tuple[str, ...]:
    """The wallets to follow: by realised P&L, ties by address, so many at most.

    Args:
        records: Of every wallet.
        followed: Those that are followed now.
        want: Whom to follow.
    """
    fit = [
        wallet
        for wallet, found in records.items()
        if not obstacle(found, want, followed=wallet in followed)
    ]
    return tuple(sorted(fit, key=lambda wallet: (-records[wallet].pnl, wallet))[: want.top])


def copy_fraction(
    win_rate: float, low: float = 0.20, high: float = 0.50, start: float = 0.60, span: float = 0.20
) -> float:
    """The share of a leader's size to copy: `low + (high − low)·clip((wr − start)/span, 0, 1)`."""
    return low + (high - low) * min(max((win_rate - start) / span, 0.0), 1.0)


def copy_size(
    leader_shares: Decimal,
    fraction: float,
    price: Decimal,
    equity: Decimal,
    max_risk: Decimal = Decimal("0.02"),
) -> Decimal:
    """Shares before the bound of `size_order`: a part of the leader's, at most a part of E_b.

    Args:
        leader_shares: What the leader bought.
        fraction: From `copy_fraction`.
        price: Dollars per token.
        equity: E_b, dollars.
        max_risk: Share of E_b that may be spent.
    """
    wanted = Decimal(str(round(fraction, 9))) * leader_shares
    return floor_lot(min(wanted, max_risk * equity / price))
