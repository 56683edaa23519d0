"""Equity of every bot and of the account, on change, at most once a second (STRATEGIES.md C.2)."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from agents.stages.base import Emit
from schemas.control import CapitalAllocated
from schemas.envelope import Message, header
from schemas.ids import AccountId, BotId
from schemas.ops import ClockTick
from schemas.portfolio import EquityPoint
from streams.account import Account
from streams.ledger_state import BotLedger
from streams.marks import ZERO
from streams.nav import Drawdowns, Nav, value
from topics.catalog import EQUITY

SOURCE = "ledger"
APART_MS = 1_000
"""Least time between two points of one scope."""
ACCOUNT = ""
"""Scope of the whole account among the points sent."""


class SentPoint(msgspec.Struct, frozen=True):
    """What tells one equity point from the last one."""

    at: int
    equity: Decimal
    equity_mid: Decimal
    cash: Decimal
    reserved: Decimal
    exposure: Decimal
    drawdown: Decimal


class EquityPoints:
    """Tells equity where it changed."""

    def __init__(self, account_id: AccountId, account: Account, sent: dict[str, SentPoint]) -> None:
        """Follow an account.

        Args:
            account_id: Whose.
            account: The fold.
            sent: The last point of each scope; kept up to date.
        """
        self._account_id = account_id
        self._account = account
        self._sent = sent
        self._drawdowns = Drawdowns()

    def due(self, cause: Message) -> Iterator[Emit]:
        """Points of the bots a message concerns and of the account, where they are due."""
        bots = self._account.concerned(cause)
        for bot_id in bots:
            if self._may_tell(bot_id) and self._moved(bot_id, point := self._point(bot_id)):
                yield self._emit(bot_id, point, self._totals((bot_id,)), cause)
        concerned = bots or isinstance(cause, ClockTick | CapitalAllocated)
        if concerned and self._may_tell(ACCOUNT):
            point = self._account_point()
            if self._moved(ACCOUNT, point):
                everybody = tuple(self._account.state.ledger.bots)
                yield self._emit(None, point, self._totals(everybody), cause)

    def _may_tell(self, scope: str) -> bool:
        last = self._sent.get(scope)
        return last is None or self._account.now - last.at >= APART_MS

    def _moved(self, scope: str, point: SentPoint) -> bool:
        last = self._sent.get(scope)
        return last is None or msgspec.structs.replace(point, at=last.at) != last

    def _point(self, bot_id: BotId) -> SentPoint:
        account = self._account
        bot = account.state.ledger.bots[bot_id]
        return SentPoint(
            at=account.now,
            equity=bot.equity,
            equity_mid=bot.equity_mid,
            cash=bot.cash,
            reserved=account.orders.reserved_cash(bot_id),
            exposure=account.exposure.of_bot(bot_id),
            drawdown=self._drawdowns.of(bot_id, self._nav(bot_id)),
        )

    def _account_point(self) -> SentPoint:
        account = self._account
        known = account.state.ledger
        bots = known.bots.values()
        return SentPoint(
            at=account.now,
            equity=sum((bot.equity for bot in bots), known.unallocated),
            equity_mid=sum((bot.equity_mid for bot in bots), known.unallocated),
            cash=known.wallet,
            reserved=sum((account.orders.reserved_cash(bot) for bot in known.bots), ZERO),
            exposure=account.exposure.total(),
            drawdown=self._drawdowns.of(ACCOUNT, self._nav(None)),
        )

    def _totals(self, bots: Iterable[BotId]) -> BotLedger:
        """The sums a point also carries, over its bots."""
        total = BotLedger()
        for bot_id in bots:
            bot = self._account.state.ledger.bots[bot_id]
            total.receivable += bot.receivable
            total.realised += bot.realised
            total.value += bot.value
            total.cost += bot.cost
            total.fees += bot.fees
            total.gas += bot.gas
        return total

    def _emit(
        self, bot_id: BotId | None, point: SentPoint, totals: BotLedger, cause: Message
    ) -> Emit:
        self._sent[bot_id or ACCOUNT] = point
        message = EquityPoint(
            **header(SOURCE, cause, "equity", bot_id or self._account_id, now=point.at),
            account_id=self._account_id,
            bot_id=bot_id,
            cash=point.cash,
            reserved=point.reserved,
            receivable=totals.receivable,
            equity=point.equity,
            equity_mid=point.equity_mid,
            realised_pnl=totals.realised,
            unrealised_pnl=totals.unrealised,
            fees=totals.fees,
            gas=totals.gas,
            nav=value(self._nav(bot_id)),
            drawdown=point.drawdown,
            exposure=point.exposure,
        )
        return Emit(EQUITY, bot_id or self._account_id, message)

    def _nav(self, bot_id: BotId | None) -> Nav:
        breakers = self._account.state.breakers
        if bot_id is None:
            return breakers.portfolio
        bot = breakers.bots.get(bot_id)
        return Nav() if bot is None else bot.nav
