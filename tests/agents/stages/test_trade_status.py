"""A fill's way to the chain in gate, ledger stage and bots: mined, confirmed, or never happened."""

from decimal import Decimal

import msgspec
import pytest

from schemas.portfolio import PositionClosed, PositionOpened, PositionState
from schemas.reasons import DenialCode
from schemas.trading import Fill, MergeApproved, MergeDenied, Order
from schemas.values import TradeStatus
from tests.agents.closed_loop import ClosedLoop, make_stage
from tests.agents.stages.gate_driver import Gate, approved, denied, of_type
from tests.agents.stages.test_ledger_stage import Case, found
from tests.agents.tape import Tape, market
from tests.streams.account_messages import BOT_5, BUY, MARKET, NO, REDUCE, SELL, YES, an_order

MATCHED, MINED, RETRYING = TradeStatus.MATCHED, TradeStatus.MINED, TradeStatus.RETRYING
CONFIRMED, FAILED = TradeStatus.CONFIRMED, TradeStatus.FAILED
SIZES = {YES: "100", NO: "40"}
NOTHING = Decimal(0)


def matched(case: Case | Gate, at: int, order: Order) -> Fill:
    """Feed a fill that is not on the chain yet."""
    fill = case.stream.fill(at, order, trade_status=MATCHED)
    case.feed(fill)
    return fill


def test_what_is_not_mined_can_be_neither_sold_nor_merged() -> None:
    gate = Gate()
    fills = [matched(gate, 0, an_order(side, BUY, "0.45", size)) for side, size in SIZES.items()]
    selling = [an_order(YES, SELL, "0.50", "20", kind=REDUCE) for _ in range(3)]
    assert denied(gate.place(selling[0])).code is DenialCode.INSUFFICIENT_BALANCE
    assert of_type(gate.feed(gate.stream.merge(0, "30", BOT_5)), MergeDenied)
    for fill in fills:
        gate.feed(gate.stream.traded(1, fill, MINED))
    approved(gate.place(selling[1]))
    assert of_type(gate.feed(gate.stream.merge(1, "30", BOT_5)), MergeApproved)
    gate.feed(gate.stream.traded(2, fills[0], RETRYING))
    assert denied(gate.place(selling[2])).code is DenialCode.INSUFFICIENT_BALANCE


def test_a_failed_fill_frees_what_it_took_of_the_limits() -> None:
    gate = Gate(capital="1000")
    buying = [an_order(YES, BUY, "0.45", "20") for _ in range(2)]
    fill = matched(gate, 0, an_order(YES, BUY, "0.45", "260"))
    assert denied(gate.bundle(buying[0], an_order(NO, BUY, "0.50", "20"))).code.startswith("EXPO")
    gate.feed(gate.stream.traded(1, fill, FAILED))
    approved(gate.bundle(buying[1], an_order(NO, BUY, "0.50", "20")))
    state = gate.stage.snapshot()
    gate.feed(gate.stream.traded(2, fill, FAILED))
    again = msgspec.json.decode(gate.stage.snapshot())
    assert again["account"]["ledger"] == msgspec.json.decode(state)["account"]["ledger"]


def test_a_position_that_never_was_is_told_as_empty_and_closed() -> None:
    case = Case()
    fill = matched(case, 1, an_order(YES, BUY, "0.40", "100"))
    emits = case.feed(case.stream.traded(2, fill, FAILED))
    (position,) = found(emits, PositionState)
    assert {position.size, position.realised_pnl, position.fees} == {NOTHING}
    assert position.closed_at is not None
    bot = case.stage._account.state.ledger.bots[BOT_5]
    assert (bot.cash, bot.equity, bot.stakes) == (Decimal(1000), Decimal(1000), {})


def test_a_later_fill_takes_over_the_position_that_a_failed_one_opened() -> None:
    case = Case()
    first = matched(case, 1, an_order(YES, BUY, "0.40", "100"))
    case.buy(2, "0.60", "50")
    emits = case.feed(case.stream.traded(3, first, FAILED))
    gone, there = found(emits, PositionState)
    assert (gone.size, there.size) == (NOTHING, Decimal(50))
    assert there.entry_price == Decimal("0.6")
    (opened,) = found(emits, PositionOpened)
    assert opened.position_id == there.position_id != gone.position_id


@pytest.mark.parametrize("end", [CONFIRMED, FAILED])
def test_an_episode_is_told_when_its_last_fill_is_confirmed_and_not_before(
    end: TradeStatus,
) -> None:
    case = Case()
    case.buy(1, "0.40", "100")
    selling = matched(case, 2, an_order(YES, SELL, "0.30", "100"))
    retried = case.feed(case.stream.traded(3, selling, RETRYING))
    assert found(retried, PositionClosed) == []
    emits = case.feed(case.stream.traded(4, selling, end))
    assert [each.pnl for each in found(emits, PositionClosed)] == (
        [Decimal(-10)] if end is CONFIRMED else []
    )
    account = case.stage._account.state
    held = account.ledger.bots[BOT_5].stakes.get(MARKET)
    assert (0 if held is None else held.size(YES)) == (0 if end is CONFIRMED else 100)
    assert account.breakers.bots[BOT_5].streak == (1 if end is CONFIRMED else 0)


def test_a_bot_whose_fill_failed_holds_what_it_held_and_quotes_anew() -> None:
    loop, tape, where = ClosedLoop(make_stage("5")), Tape(), market()
    loop.feed(tape.listed(where), tape.feed(), tape.account(BOT_5))
    loop.feed(*tape.book(where, {"0.47": 3000.0}, {"0.50": 3000.0}))
    for _ in range(61):
        tape.now += 1_000
        loop.feed(tape.feed(), tape.account(BOT_5), tape.tick())
    bid, _ = loop.orders(BOT_5)
    loop.fill(bid)
    (fill,) = loop.fills
    holdings = loop.stage._host.state.stakes[BOT_5][where.market_id]
    assert holdings.yes == fill.size
    case = Case()
    failed = msgspec.structs.replace(
        case.stream.traded(0, fill, FAILED), ingest_time=tape.now, event_time=tape.now
    )
    loop.feed(failed)
    assert {holdings.yes, holdings.yes_cost} == {NOTHING}
    loop.feed(failed)
    assert holdings.yes == 0
