"""The ledger: marks, average cost, merges, resolutions, flows; exact in Decimal (C.2)."""

from collections.abc import Iterable
from decimal import Decimal

import pytest

from schemas.envelope import Message
from schemas.errors import PositionNotFoundError
from schemas.market import TickSizeChanged
from streams.account import Account
from streams.account_facts import CapitalRefused, Fact
from streams.account_state import AccountRules
from streams.breaker_state import BreakerLimits
from streams.ledger_state import BotLedger, HoldingChange
from tests.streams.account_messages import (
    ACCOUNT,
    BOT_1,
    BOT_5,
    BUY,
    DAY,
    MARKET,
    NO,
    OTHER,
    SELL,
    T0,
    YES,
    Stream,
    a_market,
    an_order,
)

RULES = AccountRules(
    breakers=BreakerLimits(
        consecutive_losses=3,
        pause_ms=DAY,
        daily_loss=Decimal("0.05"),
        bot_drawdown=Decimal("0.25"),
        portfolio_drawdown=Decimal("0.40"),
    )
)


class Case:
    """An account with bot 5 and 1000 dollars."""

    def __init__(self, capital: str = "1000") -> None:
        self.stream = Stream()
        self.account = Account(ACCOUNT, RULES)
        self.feed(self.stream.listed(0), self.stream.capital(0, BOT_5, capital))

    def feed(self, *messages: Message) -> list[Fact]:
        facts: list[Fact] = []
        for message in messages:
            facts += self.account.apply(message)
        return facts

    @property
    def bot(self) -> BotLedger:
        return self.account.state.ledger.bots[BOT_5]

    def buy(self, at: int, side: str, price: str, size: str) -> list[Fact]:
        order = an_order(YES if side == "YES" else NO, BUY, price, size)
        return self.feed(self.stream.fill(at, order))

    def sell(self, at: int, side: str, price: str, size: str) -> list[Fact]:
        order = an_order(YES if side == "YES" else NO, SELL, price, size)
        return self.feed(self.stream.fill(at, order))


def changes(facts: Iterable[Fact]) -> list[HoldingChange]:
    return [fact for fact in facts if isinstance(fact, HoldingChange)]


def test_pairs_count_one_dollar_and_the_excess_its_best_bid() -> None:
    case = Case("1100")
    case.buy(1, "YES", "0.40", "100")
    case.buy(2, "NO", "0.55", "60")
    case.feed(case.stream.mark(3, "0.40", "0.55"))
    assert case.bot.cash == 1100 - 40 - 33
    assert case.bot.value == 60 + Decimal("16.00")
    assert case.bot.equity == 1027 + 76


@pytest.mark.parametrize(
    ("yes", "no", "bids", "expected"),
    [("100", "60", ("0.40", "0.55"), "76"), ("120", "20", ("0.31", "0.66"), "51")],
)
def test_equity_vectors(yes: str, no: str, bids: tuple[str, str], expected: str) -> None:
    case = Case()
    case.buy(1, "YES", "0.40", yes)
    case.buy(2, "NO", "0.50", no)
    case.feed(case.stream.mark(3, *bids))
    assert case.bot.value == Decimal(expected)


def test_average_cost_and_realised_profit() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    case.buy(2, "YES", "0.50", "50")
    case.sell(3, "YES", "0.60", "75")
    holding = case.bot.stakes[MARKET].yes
    assert holding is not None
    assert holding.size == Decimal(75)
    assert holding.cost == Decimal("32.5")
    assert holding.realised == Decimal("45.00") - Decimal("32.5")
    assert case.bot.realised == Decimal("12.5")
    assert case.bot.cash == 1000 - 65 + 45


def test_costs_stay_exact_where_the_average_is_no_finite_decimal() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "10")
    case.buy(2, "YES", "0.51", "11")
    case.sell(3, "YES", "0.50", "7")
    bot = case.bot
    assert bot.equity == bot.flows + bot.realised + bot.unrealised
    case.sell(4, "YES", "0.50", "14")
    assert bot.cost == 0
    assert bot.value == 0
    assert bot.realised == Decimal("10.5") - Decimal("9.61")


def test_fees_reduce_cash_and_realised_profit() -> None:
    case = Case()
    order = an_order(YES, BUY, "0.40", "100")
    case.feed(case.stream.fill(1, order, fee="1.05"))
    assert case.bot.cash == Decimal("958.95")
    assert case.bot.fees == Decimal("1.05")
    assert case.bot.realised == Decimal("-1.05")


def test_selling_more_than_is_held_is_an_error() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "10")
    with pytest.raises(PositionNotFoundError, match="Expected at least 11 shares"):
        case.sell(2, "YES", "0.50", "11")


def test_a_repeated_fill_is_booked_once() -> None:
    case = Case()
    order = an_order(YES, BUY, "0.40", "100")
    case.feed(case.stream.placed(1, order))
    case.feed(case.stream.fill(2, order, "40", trade="t1"))
    case.feed(case.stream.fill(3, order, "40", trade="t1"))
    assert case.bot.cash == 984
    case.feed(case.stream.canceled(4, order, "40"))
    case.feed(case.stream.fill(5, order, "40", trade="t1"))
    case.feed(case.stream.fill(6, order, "10", trade="t2", cumulative="50"))
    assert case.bot.cash == 980


def test_a_good_mark_is_carried_from_the_entry_price_on() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    assert case.bot.equity == 1000
    case.feed(case.stream.mark(2, "0.10", None, good=False), case.stream.tick(300_001))
    assert case.bot.equity == 1000
    case.feed(case.stream.tick(300_002))
    assert case.bot.equity == 970


def test_a_bad_book_keeps_its_last_good_mark_for_the_carry_time() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    case.feed(case.stream.mark(1000, "0.45", "0.53"))
    assert case.bot.equity == 1005
    case.feed(case.stream.mark(200_000, None, "0.53", good=False))
    case.feed(case.stream.mark(400_000, None, "0.60", good=False), case.stream.tick(500_000))
    assert case.bot.equity == 1005
    case.feed(case.stream.tick(500_001))
    assert case.bot.equity == 960
    case.feed(case.stream.mark(500_002, "0.44", "0.53"))
    assert case.bot.equity == 1004


def test_mid_marked_equity_is_for_display() -> None:
    case = Case()
    case.buy(1, "NO", "0.50", "100")
    case.feed(case.stream.mark(2, "0.44", "0.52"))
    assert case.bot.equity == 950 + 52
    assert case.bot.equity_mid == 950 + 54


def test_a_merge_sells_both_sides_at_the_mid_and_costs_gas() -> None:
    case = Case()
    case.buy(1, "YES", "0.45", "100")
    case.buy(2, "NO", "0.50", "100")
    case.feed(case.stream.mark(3, "0.46", "0.52"))
    before = case.bot.equity
    facts = case.feed(case.stream.merged(4, "60", bot=BOT_5))
    bot = case.bot
    assert before - bot.equity == Decimal("0.01")
    assert bot.cash == 1000 - 45 - 50 + 60 - Decimal("0.01")
    assert bot.realised == 60 - 27 - 30 - Decimal("0.01")
    assert bot.gas == Decimal("0.01")
    yes, no = changes(facts)
    assert yes.holding.realised == 60 * Decimal("0.47") - 27 - Decimal("0.005")
    assert no.holding.realised == 60 * Decimal("0.53") - 30 - Decimal("0.005")
    assert not yes.closed
    assert not no.closed
    assert all(c.closed for c in changes(case.feed(case.stream.merged(5, "40", bot=BOT_5))))
    assert case.bot.stakes == {}


def test_merging_pairs_that_are_not_held_is_an_error() -> None:
    case = Case()
    case.buy(1, "YES", "0.45", "100")
    with pytest.raises(PositionNotFoundError):
        case.feed(case.stream.merged(2, "1", bot=BOT_5))


@pytest.mark.parametrize(("payout", "paid"), [("1", "100"), ("0", "60"), ("0.5", "80")])
def test_a_resolution_pays_at_once_as_receivable_and_later_as_cash(payout: str, paid: str) -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    case.buy(2, "NO", "0.50", "60")
    facts = case.feed(case.stream.resolved(1000, payout))
    assert all(change.closed for change in changes(facts))
    bot = case.bot
    assert bot.cash == 930
    assert bot.receivable == Decimal(paid)
    assert bot.value == 0
    assert bot.realised == Decimal(paid) - 70
    case.feed(case.stream.tick(7_200_999))
    assert bot.receivable == Decimal(paid)
    case.feed(case.stream.tick(7_201_000))
    assert bot.cash == 930 + Decimal(paid) - Decimal("0.01")
    assert bot.receivable == 0
    assert bot.equity == bot.flows + bot.realised
    case.feed(case.stream.tick(7_201_001))
    assert bot.cash == 930 + Decimal(paid) - Decimal("0.01")


def test_a_worthless_position_needs_no_redemption() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    case.feed(case.stream.resolved(1000, "0"), case.stream.tick(8_000_000))
    assert case.bot.cash == 960
    assert case.bot.gas == 0


def test_a_second_resolution_changes_nothing() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    case.feed(case.stream.resolved(10, "1"), case.stream.resolved(20, "0"))
    assert case.bot.receivable == 100


def test_fills_reported_after_the_resolution_are_settled_at_once() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    case.feed(case.stream.resolved(10, "1"))
    case.sell(20, "YES", "0.90", "30")
    assert case.bot.cash == 960 + 27
    assert case.bot.receivable == 70
    case.buy(30, "NO", "0.20", "10")
    assert case.bot.cash == 960 + 27 - 2
    assert case.bot.receivable == 70
    assert case.bot.equity == case.bot.flows + case.bot.realised
    assert case.bot.stakes == {}


def test_a_merge_reported_after_the_resolution_moves_receivable_to_cash() -> None:
    case = Case()
    case.buy(1, "YES", "0.40", "100")
    case.buy(1, "NO", "0.50", "100")
    case.feed(case.stream.resolved(10, "0.5"), case.stream.merged(20, "100", bot=BOT_5))
    assert case.bot.receivable == 0
    assert case.bot.cash == 1000 - 90 + 100 - Decimal("0.01")


def test_the_wallet_is_the_sum_of_the_sub_ledgers() -> None:
    case = Case()
    case.feed(case.stream.capital(1, BOT_1, "500"), case.stream.capital(2, None, "250"))
    case.buy(3, "YES", "0.40", "100")
    state = case.account.state.ledger
    assert state.wallet == state.unallocated + sum(bot.cash for bot in state.bots.values())
    assert case.account.state.breakers.portfolio.equity == 1750


def test_capital_is_booked_once_and_never_withdrawn_below_zero() -> None:
    case = Case()
    message = case.stream.capital(1, BOT_5, "100")
    case.feed(message)
    assert case.feed(message) == [CapitalRefused(BOT_5)]
    assert case.bot.cash == 1100
    assert case.feed(case.stream.capital(2, BOT_5, "-1101")) == [CapitalRefused(BOT_5)]
    case.feed(case.stream.capital(3, BOT_5, "-1100"))
    assert case.bot.cash == 0


def test_other_accounts_are_passed_over() -> None:
    case = Case()
    order = an_order(YES, BUY, "0.40", "100")
    foreign = Stream().fill(1, order)
    account = Account(type(ACCOUNT)("another"), RULES)
    account.apply(Stream().listed(0, a_market()))
    assert account.apply(foreign) == []
    assert account.state.ledger.bots == {}
    assert case.bot.cash == 1000


def test_time_never_runs_back() -> None:
    case = Case()
    case.feed(case.stream.tick(5000), case.stream.tick(1000))
    assert case.account.now == T0 + 5000


def test_a_resolved_market_is_forgotten_after_a_day() -> None:
    case = Case()
    case.feed(case.stream.resolved(10, "1"))
    case.feed(case.stream.listed(20))
    facts = case.account.state.markets[MARKET]
    assert facts.resolved_at == T0 + 10
    case.feed(case.stream.mark(30, "0.40", "0.55"))
    assert case.account.state.ledger.marks == {}
    case.feed(case.stream.tick(DAY + 10))
    assert MARKET in case.account.state.markets
    case.feed(case.stream.tick(DAY + 11))
    assert case.account.state.markets == {}
    assert case.account.state.ledger.payouts == {}


def test_a_tick_size_changes_for_known_markets() -> None:
    case = Case()
    change = TickSizeChanged(**case.stream.head(1), market_id=MARKET, old_tick=100, new_tick=10)
    case.feed(change)
    assert case.account.state.markets[MARKET].tick_size == Decimal("0.001")
    foreign = TickSizeChanged(**case.stream.head(1), market_id=OTHER, old_tick=100, new_tick=10)
    case.feed(foreign)
    assert OTHER not in case.account.state.markets


def test_a_market_listed_after_a_fill_counts_from_then_on() -> None:
    case = Case()
    order = an_order(YES, BUY, "0.40", "100", market=OTHER)
    case.feed(case.stream.fill(1, order))
    assert case.account.exposure.of_bot(BOT_5) == 0
    case.feed(case.stream.listed(2, a_market(OTHER)))
    assert case.account.exposure.of_bot(BOT_5) == 40


def test_unallocated_cash_cannot_be_overdrawn() -> None:
    case = Case()
    case.feed(case.stream.capital(1, None, "100"))
    assert case.feed(case.stream.capital(2, None, "-101")) == [CapitalRefused(None)]
    assert case.account.state.ledger.unallocated == 100
