"""Trades between match and chain: MATCHED, MINED, CONFIRMED, sometimes RETRYING or FAILED.

A trade is what one taker order did at one price (PROTOCOL.md 3.6). Its way is drawn from its id, so
that the same seed gives the same delays. Balances move at the match; a trade that fails is taken
back by whoever listens to the steps.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from connectors.sandbox.events import Filled
from connectors.sandbox.frames import Frame
from connectors.sandbox.identity import bytes32, digest, seed_number, uuid_text, wallet_address
from connectors.sandbox.market import MarketSpec
from connectors.sandbox.mirror import mirrored
from connectors.sandbox.register import Placed
from connectors.sandbox.units import price_text, size_text

MATCHED, MINED, CONFIRMED = "MATCHED", "MINED", "CONFIRMED"
RETRYING, FAILED = "RETRYING", "FAILED"
MINED_AFTER_MS = (1_500, 4_000)
CONFIRMED_AFTER_MS = (2_000, 6_000)
RETRY_SHARE = 0.01
"""Share of trades whose first transaction does not make it into a block."""


@dataclass(slots=True)
class Trade:
    """One trade.

    Attributes:
        fills: The matches it consists of, all at one price.
        parties: REST orders on either side by order id.
        matched_ms: When it matched, ms UTC.
        updated_ms: Last change of its status, ms UTC.
    """

    spec: MarketSpec
    fills: list[Filled]
    parties: dict[str, Placed]
    matched_ms: int
    updated_ms: int
    status: str = MATCHED

    @property
    def trade_id(self) -> str:
        """The venue's id."""
        return trade_id(self.spec.condition_id, self.fills)

    @property
    def transaction(self) -> str:
        """Hash of the transaction that settles it."""
        return bytes32("transaction", self.spec.condition_id, self.fills[0].trade_no)

    def owners(self) -> dict[str, bool]:
        """Credentials that take part, and whether as the taker."""
        taker = self.fills[0].taker.order_id
        owners: dict[str, bool] = {}
        for order_id, placed in self.parties.items():
            owners[placed.api_key] = owners.get(placed.api_key, False) or order_id == taker
        return owners

    def row(self, api_key: str, *, takes: bool) -> Frame:
        """The trade as one of its owners sees it."""
        taker = self.fills[0].taker
        mine = next(p for p in self.parties.values() if p.api_key == api_key)
        return {
            "id": self.trade_id,
            "taker_order_id": taker.order_id,
            "market": self.spec.condition_id,
            "asset_id": self.spec.token_ids[taker.leg],
            "side": taker.action.value,
            "size": size_text(sum(fill.size for fill in self.fills)),
            "fee_rate_bps": "0",
            "price": price_text(mirrored(taker.leg, self.fills[0].yes_pips)),
            "status": self.status,
            "match_time": str(self.matched_ms // 1000),
            "last_update": str(self.updated_ms // 1000),
            "outcome": self.spec.outcomes[taker.leg],
            "bucket_index": 0,
            "owner": api_key,
            "maker_address": mine.order.owner,
            "transaction_hash": "" if self.status == MATCHED else self.transaction,
            "trader_side": "TAKER" if takes else "MAKER",
            "maker_orders": [self._maker(fill) for fill in self.fills],
        }

    def frame(self, api_key: str, *, takes: bool) -> Frame:
        """The trade as the user channel tells of it."""
        return {
            "event_type": "trade",
            "type": "TRADE",
            **self.row(api_key, takes=takes),
            "trade_owner": api_key,
            "timestamp": str(self.updated_ms),
        }

    def _maker(self, fill: Filled) -> Frame:
        maker = fill.maker
        placed = self.parties.get(maker.order_id)
        return {
            "order_id": maker.order_id,
            "owner": placed.api_key if placed else uuid_text("owner", maker.owner),
            "maker_address": wallet_address(maker.owner),
            "matched_amount": size_text(fill.size),
            "price": price_text(mirrored(maker.leg, fill.yes_pips)),
            "fee_rate_bps": "0",
            "asset_id": self.spec.token_ids[maker.leg],
            "outcome": self.spec.outcomes[maker.leg],
            "outcome_index": maker.leg,
            "side": maker.action.value,
        }


def trade_id(condition_id: str, fills: Sequence[Filled]) -> str:
    """The id of the trade that fills of one taker order at one price make."""
    return uuid_text("trade", condition_id, fills[0].trade_no)


def grouped(fills: Sequence[Filled]) -> Iterator[list[Filled]]:
    """Fills in a row of the same taker order at the same price, as prints are made of them."""
    group: list[Filled] = []
    for fill in fills:
        last = group[-1] if group else None
        if last and (last.taker.order_id, last.yes_pips) != (fill.taker.order_id, fill.yes_pips):
            yield group
            group = []
        group.append(fill)
    if group:
        yield group


class Settlement:
    """Trades on their way.

    Attributes:
        trades: All trades of REST orders, the oldest first.
        ghosts: So many of the next trades fail on the chain (a switched fault).
        retries: So many of the next trades need a second transaction (a switched fault).
    """

    def __init__(self, seed: int) -> None:
        self.trades: dict[str, Trade] = {}
        self.ghosts = 0
        self.retries = 0
        self._seed = seed
        self._steps: list[tuple[int, int, str, str]] = []
        self._count = 0

    def add(self, trade: Trade) -> None:
        """Send a trade on its way."""
        self.trades[trade.trade_id] = trade
        at_ms = trade.matched_ms
        for delay_ms, status in self._plan(trade):
            at_ms += delay_ms
            self._count += 1
            heapq.heappush(self._steps, (at_ms, self._count, trade.trade_id, status))

    def advance(self, to_ms: int) -> Iterator[Trade]:
        """Take the steps that are due, one after the other.

        Yields:
            The trade of each step, its status changed.
        """
        while self._steps and self._steps[0][0] <= to_ms:
            at_ms, _, trade_id, status = heapq.heappop(self._steps)
            trade = self.trades[trade_id]
            trade.status, trade.updated_ms = status, at_ms
            yield trade

    def _plan(self, trade: Trade) -> list[tuple[int, str]]:
        rng = Random(seed_number("settlement", self._seed, digest(trade.trade_id)))
        mined = (rng.randint(*MINED_AFTER_MS), MINED)
        confirmed = (rng.randint(*CONFIRMED_AFTER_MS), CONFIRMED)
        if self.ghosts:
            self.ghosts -= 1
            return [(mined[0], RETRYING), (confirmed[0], FAILED)]
        if self.retries or rng.random() < RETRY_SHARE:
            self.retries = max(self.retries - 1, 0)
            return [(mined[0], RETRYING), mined, confirmed]
        return [mined, confirmed]
