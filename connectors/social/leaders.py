"""Histories of leading wallets: `/v2/leaderboard`, then `/v2/positions` and `/v2/trades` of each.

The leaderboard shows survivors (PROTOCOL.md section 7): it only says whose histories to read. Bot 3
judges by all resolved positions, unredeemed losers among them (STRATEGIES.md D-13). The trades
repair what the socket missed.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from connectors.feeds.feed import Feed, Request, decode, head
from connectors.polymarket.position_ids import condition_key
from connectors.social.wallet_trades import read_page
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.outside import WalletResolved
from schemas.values import Side
from topics.catalog import WALLET_TRADES

LEADERBOARD, POSITIONS, TRADES = "leaderboard", "positions", "trades"
RESOLVED = "REDEEMABLE,REDEEMABLE_LOST,CLOSED"
DAY_MS = 86_400_000
PAGE = "1000"
PAYOUTS = frozenset({Decimal(0), Decimal("0.5"), Decimal(1)})


class _Leader(msgspec.Struct):
    user_id: str


class _Leaders(msgspec.Struct):
    data: list[_Leader]


class _Position(msgspec.Struct):
    condition_id: str
    avg_price: Decimal
    entry_cost_usdc: Decimal
    current_price: Decimal
    outcome_index: int = 0
    resolved_at: int = 0


class _Positions(msgspec.Struct):
    data: list[_Position]


class LeadersFeed(Feed):
    """Reads the board once a day, each wallet's history after it, and its trades every round."""

    name = "leaders"
    topic = WALLET_TRADES

    def __init__(self, base: str, count: int, every_s: float) -> None:
        """Name it.

        Args:
            base: Host of the Data API.
            count: How many wallets to read.
            every_s: Session seconds between two rounds.
        """
        self.every_s = every_s
        self._base = f"{base.rstrip('/')}/v2"
        self._count = count
        self._wallets: tuple[str, ...] = ()
        self._read_on = -1
        self._histories: set[str] = set()

    @property
    def wallets(self) -> frozenset[str]:
        """Whose trades matter, lower case."""
        return frozenset(self._wallets)

    def requests(self, now: int) -> Sequence[Request]:
        """The board on a new day, histories that are still to read, recent trades."""
        if now // DAY_MS != self._read_on:
            params = {"time_period": "all", "sort_by": "PNL", "limit": str(self._count)}
            return (Request(f"{self._base}/leaderboard", params, subject=f"{LEADERBOARD} {now}"),)
        histories = (
            Request(
                f"{self._base}/positions",
                {"user": wallet, "status": RESOLVED, "limit": PAGE},
                subject=f"{POSITIONS} {wallet}",
            )
            for wallet in self._wallets
            if wallet not in self._histories
        )
        trades = (
            Request(f"{self._base}/trades", {"user": wallet, "limit": "50"}, subject=TRADES)
            for wallet in self._wallets
        )
        return (*histories, *trades)

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """Resolved positions and trades as messages."""
        kind, _, rest = request.subject.partition(" ")
        if kind == TRADES:
            return list(read_page(body, now))
        if kind == LEADERBOARD:
            leaders = decode(body, _Leaders, self.name).data
            self._wallets = tuple(sorted({leader.user_id.lower() for leader in leaders}))
            self._read_on = int(rest) // DAY_MS
            self._histories.clear()
            return []
        self._histories.add(rest)
        positions = decode(body, _Positions, self.name).data
        return [
            self._resolved(rest, position, now)
            for position in positions
            if position.avg_price > 0 and position.current_price in PAYOUTS
        ]

    def _resolved(self, wallet: str, position: _Position, now: int) -> Message:
        at = position.resolved_at * 1000 or now
        parts = (wallet, position.condition_id, position.outcome_index, str(position.current_price))
        return WalletResolved(
            **head(self.name, now, at, *parts, str(position.entry_cost_usdc)),
            wallet=wallet,
            market_id=MarketId(condition_key(position.condition_id)),
            side=(Side.YES, Side.NO)[position.outcome_index],
            price=position.avg_price,
            size=position.entry_cost_usdc / position.avg_price,
            payout=position.current_price,
        )
