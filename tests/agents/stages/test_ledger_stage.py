"""The ledger stage: positions, episodes and equity points, exact and not too often."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from agents.stages.base import Emit
from agents.stages.ledger import LedgerStage
from schemas.control import Verb
from schemas.envelope import Message
from schemas.portfolio import EquityPoint, PositionClosed, PositionOpened, PositionState
from schemas.values import Side
from tests.agents.stages.gate_driver import RULES
from tests.streams.account_messages import (
    ACCOUNT,
    BOT_1,
    BOT_5,
    BUY,
    NO,
    SELL,
    T0,
    YES,
    Stream,
    an_order,
)
from topics.catalog import DECIDE_INPUTS, EPISODES, EQUITY, POSITIONS

M = TypeVar("M", bound=Message)


class Case:
    """A ledger with one market and bot 5 with 1000 dollars."""

    def __init__(self) -> None:
        self.stream = Stream()
        self.stage = LedgerStage(ACCOUNT, RULES.account)
        self.feed(self.stream.listed(0), self.stream.capital(0, BOT_5, "1000"))

    def feed(self, *messages: Message) -> list[Emit]:
        return [emit for message in messages for emit in self.stage.apply(message)]

    def buy(self, at: int, price: str, size: str, side: Side = YES) -> list[Emit]:
        return self.feed(self.stream.fill(at, an_order(side, BUY, price, size)))


def found(emits: Sequence[Emit], kind: type[M]) -> list[M]:
    sent = [emit for emit in emits if emit.topic is not DECIDE_INPUTS]
    return [emit.message for emit in sent if isinstance(emit.message, kind)]


def test_a_first_fill_opens_a_position() -> None:
    case = Case()
    emits = case.buy(1, "0.40", "100")
    (opened,) = found(emits, PositionOpened)
    assert (opened.size, opened.price, opened.side) == (Decimal(100), Decimal("0.4"), YES)
    (position,) = found(emits, PositionState)
    assert position.position_id == opened.position_id
    assert position.entry_price == Decimal("0.4")
    assert (position.mark, position.unrealised_pnl) == (None, Decimal(0))
    keys = {emit.topic.name: emit.key for emit in emits}
    assert keys[POSITIONS.name] == position.position_id
    assert keys[EPISODES.name] == BOT_5


def test_a_position_keeps_its_id_until_it_is_closed() -> None:
    case = Case()
    (first,) = found(case.buy(1, "0.40", "100"), PositionState)
    (second,) = found(case.buy(2, "0.50", "100"), PositionState)
    assert second.position_id == first.position_id
    assert second.entry_price == Decimal("0.45")
    emits = case.feed(case.stream.fill(3, an_order(YES, SELL, "0.50", "200")))
    (closed,) = found(emits, PositionState)
    assert (closed.size, closed.realised_pnl, closed.closed_at) == (
        Decimal(0),
        Decimal(10),
        T0 + 3,
    )
    (episode,) = found(emits, PositionClosed)
    assert (episode.pnl, episode.reason) == (Decimal(10), "sold")
    (third,) = found(case.buy(4, "0.40", "10"), PositionState)
    assert third.position_id != first.position_id


def test_marks_move_positions_once_a_second() -> None:
    case = Case()
    case.buy(1, "0.40", "100")
    case.feed(case.stream.mark(500, "0.45", "0.53"))
    assert found(case.feed(case.stream.tick(999)), PositionState) == []
    (position,) = found(case.feed(case.stream.tick(1001)), PositionState)
    assert (position.mark, position.unrealised_pnl) == (Decimal("0.45"), Decimal(5))
    assert found(case.feed(case.stream.tick(3000)), PositionState) == []


def test_unrealised_profit_of_both_sides_is_that_of_the_bot() -> None:
    case = Case()
    case.buy(1, "0.40", "100")
    case.buy(1, "0.55", "60", NO)
    emits = case.feed(case.stream.mark(2000, "0.45", "0.52"), case.stream.tick(4000))
    positions = found(emits, PositionState)
    point = found(case.feed(case.stream.tick(6000)) + emits, EquityPoint)[-1]
    assert sum(p.unrealised_pnl for p in positions) == point.unrealised_pnl
    assert point.unrealised_pnl == 60 + 18 - 40 - 33


def test_equity_points_add_up_and_come_at_most_once_a_second() -> None:
    case = Case()
    case.feed(case.stream.capital(0, BOT_1, "500"), case.stream.capital(0, None, "250"))
    emits = case.buy(1500, "0.40", "100")
    bot, account = found(emits, EquityPoint)
    assert (bot.bot_id, account.bot_id) == (BOT_5, None)
    assert (bot.cash, bot.equity, bot.exposure) == (Decimal(960), Decimal(1000), Decimal(40))
    assert (account.cash, account.equity) == (Decimal(1710), Decimal(1750))
    keys = [emit.key for emit in emits if emit.topic is EQUITY]
    assert keys == [BOT_5, ACCOUNT]
    assert found(case.feed(case.stream.mark(2000, "0.30", "0.69")), EquityPoint) == []
    bot, account = found(case.feed(case.stream.tick(2500)), EquityPoint)
    assert bot.equity == 990
    assert bot.equity == 1000 + bot.realised_pnl + bot.unrealised_pnl
    assert (bot.nav, bot.drawdown) == (Decimal("0.99"), Decimal("0.01"))
    assert abs(account.drawdown - (1 - Decimal(1740) / 1750)) < Decimal("1e-27")
    assert found(case.feed(case.stream.tick(9000)), EquityPoint) == []


def test_resting_orders_show_as_reserved_and_exposed() -> None:
    case = Case()
    case.feed(case.stream.placed(2000, an_order(YES, BUY, "0.40", "100")))
    bot = found(case.feed(case.stream.tick(4000)), EquityPoint)
    assert bot == []
    emits = case.feed(case.stream.placed(5000, an_order(NO, BUY, "0.50", "100")))
    bot_point = found(emits, EquityPoint)[0]
    assert (bot_point.reserved, bot_point.exposure) == (Decimal(90), Decimal(50))
    assert bot_point.equity == 1000


def test_receivables_count_in_equity_until_they_are_cash() -> None:
    case = Case()
    case.buy(1, "0.40", "100")
    emits = case.feed(case.stream.resolved(5000, "1"))
    (position,) = found(emits, PositionState)
    assert (position.realised_pnl, position.mark) == (Decimal(60), None)
    point = found(emits, EquityPoint)[0]
    assert (point.receivable, point.equity, point.realised_pnl) == (
        Decimal(100),
        Decimal(1060),
        Decimal(60),
    )
    point = found(case.feed(case.stream.tick(7_205_000)), EquityPoint)[0]
    assert (point.receivable, point.cash, point.gas) == (
        Decimal(0),
        Decimal("1059.99"),
        Decimal("0.01"),
    )


def test_a_re_arm_sets_the_peak_here_too() -> None:
    case = Case()
    case.buy(1, "0.40", "2000")
    case.feed(case.stream.mark(2, "0.20", "0.79"))
    point = found(case.feed(case.stream.tick(2000)), EquityPoint)[0]
    assert point.drawdown == Decimal("0.4")
    emits = case.feed(case.stream.command(3000, Verb.REARM, BOT_5))
    point = found(emits, EquityPoint)[0]
    assert (point.equity, point.drawdown) == (Decimal(600), Decimal(0))


def test_a_restored_ledger_says_the_same() -> None:
    case = Case()
    case.buy(1, "0.40", "100")
    case.feed(case.stream.mark(500, "0.45", "0.53"))
    again = LedgerStage(ACCOUNT, RULES.account)
    again.restore(case.stage.snapshot())
    assert again.snapshot() == case.stage.snapshot()
    tail: list[Message] = [
        case.stream.tick(1000),
        case.stream.tick(2000),
        case.stream.fill(2500, an_order(YES, SELL, "0.47", "30")),
        case.stream.resolved(9000, "1"),
        case.stream.tick(12_000),
    ]
    assert [list(again.apply(m)) for m in tail] == [list(case.stage.apply(m)) for m in tail]
    assert again.snapshot() == case.stage.snapshot()
