"""Splits and rebates in the account fold (STRATEGIES.md A.1, A.5, C.2)."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import BotId
from streams.account_facts import Fact
from streams.ledger_state import HoldingChange
from tests.streams.account_messages import BOT_5, MARKET, NO, YES
from tests.streams.test_ledger import Case

SIZES = st.integers(1, 5_000).map(lambda lots: Decimal(lots) / 100)


def split(case: Case, at: int, pairs: str, bot: BotId = BOT_5) -> list[Fact]:
    return case.feed(case.stream.split(at, pairs, bot=bot))


def test_a_split_costs_a_dollar_a_pair_divided_at_the_mid() -> None:
    case = Case()
    case.feed(case.stream.mark(1, "0.39", "0.59"))  # mid 0.40
    changes = [fact for fact in split(case, 2, "50") if isinstance(fact, HoldingChange)]
    assert [(c.side, c.opened, c.holding.size, c.holding.cost) for c in changes] == [
        (YES, True, Decimal(50), Decimal("20.00")),
        (NO, True, Decimal(50), Decimal("30.00")),
    ]
    assert (case.bot.cash, case.bot.split, case.bot.gas) == (
        Decimal("949.99"),
        Decimal(50),
        Decimal("0.01"),
    )
    assert case.bot.equity == Decimal("999.99")


def test_a_leg_that_is_held_already_grows() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "10")
    changes = [fact for fact in split(case, 2, "5") if isinstance(fact, HoldingChange)]
    assert [(c.opened, c.holding.size) for c in changes] == [
        (False, Decimal(15)),
        (True, Decimal(5)),
    ]


def test_a_split_reported_after_the_resolution_is_settled_at_once() -> None:
    case = Case()
    case.feed(case.stream.resolved(1, "1"))
    split(case, 2, "50")
    assert case.bot.stakes == {}
    assert case.bot.equity == Decimal("999.99")


@given(SIZES, st.integers(1, 98))
def test_split_and_merge_is_cash_neutral_up_to_gas(size: Decimal, bid: int) -> None:
    """G.18."""
    case = Case()
    case.feed(case.stream.mark(1, f"0.{bid:02d}", f"0.{99 - bid:02d}"))
    split(case, 2, f"{size}")
    case.feed(case.stream.merged(3, f"{size}", bot=BOT_5))
    assert case.bot.cash == case.bot.equity == Decimal("999.98")
    assert case.bot.equity == case.bot.flows + case.bot.realised + case.bot.unrealised
    assert case.account.state.ledger.wallet == case.bot.cash
    assert MARKET not in case.bot.stakes


def test_a_rebate_is_cash_and_realised_and_no_position() -> None:
    case = Case()
    case.feed(case.stream.rebate(1, "1.25", BOT_5))
    assert (case.bot.cash, case.bot.rebates, case.bot.realised) == (
        Decimal("1001.25"),
        Decimal("1.25"),
        Decimal("1.25"),
    )
    assert case.account.state.ledger.wallet == Decimal("1001.25")
