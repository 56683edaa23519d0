"""The public record of who traded what: Data API v2 and RTDS `activity` are made of it.

Everybody's wallet is public on the venue. Here simulated participants have derived addresses.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from connectors.sandbox.crowd import Crowd, Past
from connectors.sandbox.events import Filled
from connectors.sandbox.identity import bytes32, wallet_address
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.mirror import LEGS, mirrored
from connectors.sandbox.units import DOLLAR
from schemas.values import PIPS, Action

KEPT_TRADES = 20_000
"""So many public trades stay readable."""


class PublicTrade(NamedTuple):
    """One side of a trade.

    Attributes:
        number: Counts all public trades from 1.
        at_ms: When it matched, ms UTC.
        wallet: Who traded.
        pips: Price of the token traded.
        size: Micro-shares.
        takes: Whether the wallet was the taker.
    """

    number: int
    at_ms: int
    wallet: str
    spec: MarketSpec
    leg: int
    action: Action
    pips: int
    size: int
    takes: bool
    transaction: str


@dataclass(slots=True)
class Holding:
    """What a wallet did in one token.

    Attributes:
        size: Micro-shares held.
        cost: Money units that they cost.
        realized: Money units won by selling or by payout.
        volume: Micro-shares traded.
        first_ms: First trade, ms UTC.
        last_ms: Last trade, ms UTC.
        payout: Pips a token paid; None before the resolution.
    """

    spec: MarketSpec
    leg: int
    size: int = 0
    cost: int = 0
    realized: int = 0
    volume: int = 0
    first_ms: int = 0
    last_ms: int = 0
    payout: int | None = None

    @property
    def average_pips(self) -> float:
        """Average price paid for what is held, pips."""
        return self.cost / self.size if self.size else 0.0


class Activity:
    """All public trades of this run.

    Attributes:
        trades: The last ones, oldest first.
        holdings: By wallet, then by (condition id, leg).
    """

    def __init__(self) -> None:
        self.trades: deque[PublicTrade] = deque(maxlen=KEPT_TRADES)
        self.holdings: defaultdict[str, dict[tuple[str, int], Holding]] = defaultdict(dict)
        self._by_market: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        self._count = 0
        self._crowd: Crowd | None = None
        self._since_ms = 0
        self._past: defaultdict[str, list[Past]] = defaultdict(list)

    def remember(self, crowd: Crowd, now_ms: int) -> None:
        """Know what wallets did before this run; read when somebody asks for it."""
        self._crowd, self._since_ms = crowd, now_ms

    def past(self, wallet: str) -> list[Past]:
        """Resolved positions of a wallet from before this run, oldest first."""
        if self._crowd is not None and not self._past:
            for row in self._crowd.past(self._since_ms):
                self._past[wallet_address(row.wallet).lower()].append(row)
        return self._past.get(wallet.lower(), [])

    def wallets(self) -> set[str]:
        """All wallets with a past or a present, as they are written."""
        self.past("")
        known = {wallet.lower() for wallet in self.holdings}
        return {*self.holdings, *(wallet for wallet in self._past if wallet not in known)}

    def traded(self, spec: MarketSpec, fills: Sequence[Filled], at_ms: int) -> None:
        """Keep a trade: the taker's side as one, the makers' sides each."""
        taker = fills[0].taker
        pips = fills[0].yes_pips
        transaction = bytes32("transaction", spec.condition_id, fills[0].trade_no)
        sides = [(taker, sum(fill.size for fill in fills))]
        sides += [(fill.maker, fill.size) for fill in fills]
        for position, (order, size) in enumerate(sides):
            self._count += 1
            trade = PublicTrade(
                number=self._count,
                at_ms=at_ms,
                wallet=wallet_address(order.owner),
                spec=spec,
                leg=order.leg,
                action=order.action,
                pips=mirrored(order.leg, pips),
                size=size,
                takes=position == 0,
                transaction=transaction,
            )
            self.trades.append(trade)
            self._hold(trade)

    def resolved(self, condition_id: str, yes_payout: int) -> None:
        """Pay out all holdings of a market."""
        for leg in LEGS:
            payout = mirrored(leg, yes_payout)
            for wallet in self._by_market.pop((condition_id, leg), ()):
                holding = self.holdings[wallet][condition_id, leg]
                holding.realized += holding.size * payout - holding.cost
                holding.size = holding.cost = 0
                holding.payout = payout

    def since(self, number: int) -> Iterator[PublicTrade]:
        """Public trades after a number, oldest first."""
        rows = []
        for trade in reversed(self.trades):
            if trade.number <= number:
                break
            rows.append(trade)
        return reversed(rows)

    @property
    def last_number(self) -> int:
        """Number of the newest trade; 0 before the first."""
        return self._count

    def holders(self, condition_id: str, leg: int) -> list[tuple[str, Holding]]:
        """Wallets that hold a token, the largest first."""
        rows = [
            (wallet, self.holdings[wallet][condition_id, leg])
            for wallet in self._by_market.get((condition_id, leg), ())
        ]
        return sorted(rows, key=lambda row: (-row[1].size, row[0]))

    def profit(self, wallet: str) -> int:
        """Realised profit of a wallet, the past included, money units."""
        before = sum((row.payout - row.pips) * row.size for row in self.past(wallet))
        return before + sum(held.realized for held in self.holdings.get(wallet, {}).values())

    def volume(self, wallet: str) -> int:
        """Shares traded by a wallet, the past included, micro-shares."""
        before = sum(row.size for row in self.past(wallet))
        return before + sum(held.volume for held in self.holdings.get(wallet, {}).values())

    def _hold(self, trade: PublicTrade) -> None:
        key = trade.spec.condition_id, trade.leg
        held = self.holdings[trade.wallet]
        holding = held.get(key)
        if holding is None:
            holding = held[key] = Holding(trade.spec, trade.leg, first_ms=trade.at_ms)
            self._by_market[key].add(trade.wallet)
        holding.last_ms = trade.at_ms
        holding.volume += trade.size
        if trade.action is Action.BUY:
            holding.size += trade.size
            holding.cost += trade.size * trade.pips
            return
        sold = min(trade.size, holding.size)
        cost = holding.cost * sold // holding.size if holding.size else 0
        holding.realized += sold * trade.pips - cost
        holding.cost -= cost
        holding.size -= sold


def money_number(money: float) -> float:
    """Money units as the plain number of dollars that the Data API shows."""
    return round(money / DOLLAR, 6)


def price_number(pips: float) -> float:
    """A price as the plain number that the Data API shows."""
    return round(pips / PIPS, 6)
