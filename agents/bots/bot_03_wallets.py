"""What bot 3 knows of public wallets: positions, what became of them, whom it follows (D.3).

Positions that were resolved count whether they were redeemed or not: losers that nobody redeems
inflate public win rates.
"""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from schemas.ids import MarketId
from schemas.outside import WalletResolved, WalletTrade
from schemas.values import Action, Side
from streams.leaders import Criteria, Record, Resolved, obstacle, record, select

ZERO = Decimal(0)


class Stand(msgspec.Struct, kw_only=True):
    """A wallet's tokens of one side of one market.

    Attributes:
        size: Shares.
        cost: What they cost, dollars.
        fills: How many of its fills were seen.
        rested: How many of them rested.
    """

    size: Decimal = ZERO
    cost: Decimal = ZERO
    fills: int = 0
    rested: int = 0


class Wallet(msgspec.Struct, kw_only=True):
    """One public wallet.

    Attributes:
        stands: What it holds, by market and side.
        resolved: What its positions came to, by "market side"; each counts once.
        active_at: When it was last heard of, ms.
    """

    stands: dict[MarketId, dict[Side, Stand]] = msgspec.field(default_factory=dict)
    resolved: dict[str, Resolved] = msgspec.field(default_factory=dict)
    active_at: int = 0

    def held(self, market_id: MarketId, side: Side) -> Decimal:
        """Shares of a token."""
        stand = self.stands.get(market_id, {}).get(side)
        return ZERO if stand is None else stand.size

    def record(self) -> Record:
        """What its positions came to."""
        return record(self.resolved.values())


class Wallets(msgspec.Struct, kw_only=True):
    """All wallets.

    Attributes:
        known: By address, the one silent for longest first.
        followed: Addresses, best first.
    """

    known: dict[str, Wallet] = msgspec.field(default_factory=dict)
    followed: list[str] = msgspec.field(default_factory=list)

    def trade(self, event: WalletTrade, now: int, most: int) -> Wallet:
        """Book a trade.

        Args:
            event: A public fill.
            now: The fold's `now`, ms.
            most: Wallets to remember.
        """
        wallet = self._touch(event.wallet, now, most)
        stand = wallet.stands.setdefault(event.market_id, {}).setdefault(event.side, Stand())
        stand.fills += 1
        stand.rested += event.is_maker is True
        if event.action is Action.BUY:
            stand.size += event.size
            stand.cost += event.size * event.price
        elif stand.size:
            left = max(stand.size - event.size, ZERO)
            stand.cost = stand.cost * left / stand.size
            stand.size = left
        return wallet

    def backfill(self, event: WalletResolved, now: int, most: int) -> None:
        """Take over a position from before our own log."""
        wallet = self._touch(event.wallet, now, most)
        wallet.resolved[_key(event.market_id, event.side)] = Resolved(
            event.event_time,
            event.price,
            event.payout,
            event.size,
            event.maker_share,
            event.two_sided,
        )

    def resolve(self, market_id: MarketId, yes_payout: Decimal, now: int) -> None:
        """A market is resolved; what wallets hold of it becomes their record."""
        for wallet in self.known.values():
            stands = wallet.stands.pop(market_id, None)
            for side, stand in (stands or {}).items():
                key = _key(market_id, side)
                if stand.size <= ZERO or key in wallet.resolved:
                    continue
                wallet.resolved[key] = Resolved(
                    now,
                    stand.cost / stand.size,
                    yes_payout if side is Side.YES else 1 - yes_payout,
                    stand.size,
                    stand.rested / stand.fills,
                    len(stands or {}) > 1,
                )

    def drop_unfit(self, want: Criteria) -> None:
        """Follow nobody whose win rate fell; at once, not at the next selection."""
        self.followed = [
            address
            for address in self.followed
            if obstacle(self.known[address].record(), want, followed=True) != "win-rate"
        ]

    def choose(self, want: Criteria, oldest: int) -> None:
        """The daily selection.

        Args:
            want: Whom to follow.
            oldest: Positions resolved before this count no more, ms.
        """
        records: dict[str, Record] = {}
        for address, wallet in self.known.items():
            if any(each.at < oldest for each in wallet.resolved.values()):
                wallet.resolved = {
                    key: each for key, each in wallet.resolved.items() if each.at >= oldest
                }
            if len(wallet.resolved) >= want.min_resolved:
                records[address] = wallet.record()
        self.followed = list(select(records, self.followed, want))

    def _touch(self, address: str, now: int, most: int) -> Wallet:
        """The wallet, moved to the end; the one silent for longest makes room for a new one."""
        wallet = self.known.pop(address, None) or Wallet()
        wallet.active_at = now
        self.known[address] = wallet
        if len(self.known) > most:
            followed = set(self.followed)
            silent = _first(each for each in self.known if each not in followed)
            if silent is not None:
                del self.known[silent]
        return wallet


def _first(addresses: Iterable[str]) -> str | None:
    return next(iter(addresses), None)


def _key(market_id: MarketId, side: Side) -> str:
    return f"{market_id} {side}"
