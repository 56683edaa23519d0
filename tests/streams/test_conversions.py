"""Conversions in a neg-risk event: values, books, exposure, episodes and settlement (A.1, C.2)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import PositionNotFoundError
from schemas.ids import MarketId
from schemas.values import Action, Side
from streams.account import Account
from streams.account_facts import Fact
from streams.account_state import AccountRules
from streams.conversions import divided
from streams.episodes import ClosedEpisode
from streams.ledger_state import BotLedger, HoldingChange
from tests.streams.account_messages import (
    ACCOUNT,
    BOT_5,
    BUY,
    NO,
    RACE,
    SELL,
    YES,
    Stream,
    an_order,
    contenders,
)
from tests.streams.test_ledger import RULES

ZERO = Decimal(0)
RULES_FREE = AccountRules(breakers=RULES.breakers, redeem_gas=ZERO)


class Race:
    """An account with a lot of money and a complete neg-risk event."""

    def __init__(self, outcomes: int = 4) -> None:
        self.stream, self.account = Stream(), Account(ACCOUNT, RULES_FREE)
        self.markets = [market.market_id for market in contenders(outcomes)]
        for market in contenders(outcomes, min_size="0.01"):
            self.account.apply(self.stream.listed(0, market))
        self.account.apply(self.stream.capital(0, BOT_5, "100000"))

    @property
    def bot(self) -> BotLedger:
        return self.account.state.ledger.bots[BOT_5]

    def trade(self, place: int, side: Side, action: Action, price: str, size: str) -> list[Fact]:
        market = self.markets[place]
        order = an_order(side, action, price, size, market=market, event=RACE)
        return self.account.apply(self.stream.fill(1, order))

    def buy_no(self, place: int, price: str, size: str) -> list[Fact]:
        return self.trade(place, NO, BUY, price, size)

    def convert(self, gives: list[int], size: str, gas: str = "0") -> list[Fact]:
        given, rest = self.split(gives)
        return self.account.apply(self.stream.converted(2, given, rest, size, gas=gas))

    def split(self, gives: list[int]) -> tuple[list[MarketId], list[MarketId]]:
        given = [self.markets[place] for place in gives]
        return given, [each for each in self.markets if each not in given]

    def size(self, place: int, side: Side) -> Decimal:
        stake = self.bot.stakes.get(self.markets[place])
        return ZERO if stake is None else stake.size(side)

    def cost(self, place: int, side: Side) -> Decimal:
        holding = self.bot.stakes[self.markets[place]].side(side)
        assert holding is not None
        return holding.cost

    def resolve(self, winner: int) -> list[Fact]:
        """Exactly one outcome wins; all is redeemed."""
        facts: list[Fact] = []
        for place, market in enumerate(self.markets):
            payout = "1" if place == winner else "0"
            facts += self.account.apply(self.stream.resolved(3, payout, market))
        return facts + self.account.apply(self.stream.tick(8_000_000))

    def exposure(self) -> Decimal:
        return self.account.exposure.of_event(BOT_5, RACE)


def test_one_no_becomes_yes_of_all_others() -> None:
    race = Race()
    race.buy_no(1, "0.70", "100")
    facts = race.convert([1], "100")
    assert [race.size(place, YES) for place in range(4)] == [100, 0, 100, 100]
    assert all(race.size(place, NO) == 0 for place in range(4))
    assert (race.bot.cash, race.bot.converted, race.bot.realised) == (
        Decimal("99930"),
        ZERO,
        ZERO,
    )
    assert sum(race.cost(place, YES) for place in (0, 2, 3)) == Decimal(70)
    changes = [fact for fact in facts if isinstance(fact, HoldingChange)]
    assert [(each.side, each.opened, each.closed) for each in changes] == [
        (NO, False, True),
        (YES, True, False),
        (YES, True, False),
        (YES, True, False),
    ]


def test_k_no_tokens_set_k_minus_one_dollars_free() -> None:
    race = Race()
    for place, price in enumerate(("0.70", "0.80", "0.60")):
        race.buy_no(place, price, "10")
    race.convert([0, 1, 2], "10", gas="0.01")
    assert race.bot.cash == Decimal("100000") - Decimal(21) + Decimal(20) - Decimal("0.01")
    assert race.account.state.ledger.wallet == race.bot.cash
    assert (race.bot.converted, race.bot.gas) == (Decimal(20), Decimal("0.01"))
    assert race.size(3, YES) == 10
    assert race.cost(3, YES) == Decimal(1)
    assert race.bot.realised == Decimal("-0.01")


def test_yes_tokens_take_the_cost_over_by_their_mids() -> None:
    race = Race(3)
    race.account.apply(race.stream.mark(0, "0.29", "0.69", market=race.markets[1]))
    race.account.apply(race.stream.mark(0, "0.09", "0.89", market=race.markets[2]))
    race.buy_no(0, "0.40", "10")
    race.convert([0], "10")
    assert (race.cost(1, YES), race.cost(2, YES)) == (Decimal(3), Decimal(1))


def test_what_is_set_free_above_the_cost_is_earned() -> None:
    race = Race(3)
    race.buy_no(0, "0.30", "10")
    race.buy_no(1, "0.60", "10")
    race.convert([0, 1], "10")
    assert race.bot.realised == Decimal(1)
    assert race.cost(2, YES) == 0
    assert race.exposure() == 0


def test_a_whole_set_of_no_is_cashed_in() -> None:
    race = Race(3)
    for place, price in enumerate(("0.55", "0.70", "0.735")):
        race.buy_no(place, price, "500")
    race.convert([0, 1, 2], "500")
    assert race.bot.realised == Decimal("7.5")  # D.6 test 3: d = 0.015 on 500 sets
    assert race.bot.stakes == {}
    assert race.bot.cost == 0
    assert race.bot.cash == Decimal("100007.5")


def test_a_part_leaves_the_rest_at_its_average_cost() -> None:
    race = Race(3)
    race.buy_no(0, "0.40", "10")
    race.buy_no(0, "0.50", "10")
    race.convert([0], "5")
    assert race.size(0, NO) == 15
    assert race.cost(0, NO) == Decimal("6.75")
    assert race.cost(1, YES) + race.cost(2, YES) == Decimal("2.25")


def test_more_than_is_held_is_an_error() -> None:
    race = Race(3)
    race.buy_no(0, "0.40", "10")
    with pytest.raises(PositionNotFoundError):
        race.convert([0], "10.01")


@pytest.mark.parametrize("winner", [0, 1, 2])
def test_a_conversion_reported_after_the_resolution_changes_nothing_but_gas(winner: int) -> None:
    race, twin = Race(3), Race(3)
    for each in (race, twin):
        each.buy_no(0, "0.40", "10")
        each.buy_no(1, "0.55", "10")
        each.resolve(winner)
    race.convert([0, 1], "10", gas="0.02")
    race.account.apply(race.stream.tick(16_000_000))
    assert race.bot.cash == twin.bot.cash - Decimal("0.02")
    assert race.bot.equity == race.bot.flows + race.bot.realised


def test_an_episode_ends_at_cost_and_the_next_begins() -> None:
    race = Race(3)
    race.buy_no(0, "0.40", "10")
    closed = [f for f in race.convert([0], "10") if isinstance(f, ClosedEpisode)]
    assert [(each.market_id, each.pnl, each.reason) for each in closed] == [
        (race.markets[0], ZERO, "converted")
    ]
    ended = [fact for fact in race.resolve(1) if isinstance(fact, ClosedEpisode)]
    assert sorted(each.pnl for each in ended) == [Decimal(-2), Decimal(8)]


def test_yes_that_meets_no_becomes_pairs() -> None:
    race = Race(3)
    race.buy_no(1, "0.60", "10")
    race.buy_no(0, "0.40", "10")
    closed = [f for f in race.convert([0], "10") if isinstance(f, ClosedEpisode)]
    # YES of 1 costs half of 4 dollars and meets NO that cost 6: pairs of 10 dollars for 8.
    assert [(each.market_id, each.pnl) for each in closed] == [
        (race.markets[0], 0),
        (race.markets[1], Decimal(2)),
    ]


OUTCOMES = st.integers(3, 6)


@given(st.data(), OUTCOMES, st.integers(0, 5))
def test_a_conversion_is_worth_the_same_whoever_wins(
    data: st.DataObject, outcomes: int, winner: int
) -> None:
    """A.1, G.1, G.18: cash, exposure and the final result with and without it."""
    gives = data.draw(st.sets(st.integers(0, outcomes - 1), min_size=1))
    winner %= outcomes
    race, twin = Race(outcomes), Race(outcomes)
    cents = st.integers(1, 99)
    size = Decimal(data.draw(st.integers(1, 5_000))) / 100
    more = Decimal(data.draw(st.integers(0, 500))) / 100
    for place in gives:
        price = f"{Decimal(data.draw(cents)) / 100}"
        for each in (race, twin):
            each.buy_no(place, price, f"{size + more}")
    others = [place for place in range(outcomes) if place not in gives]
    if others:
        place, side = data.draw(st.sampled_from(others)), data.draw(st.sampled_from((YES, NO)))
        price = f"{Decimal(data.draw(cents)) / 100}"
        for each in (race, twin):
            each.trade(place, side, BUY, price, "3.5")
    before = race.exposure()
    given_up = race.bot.realised
    facts = race.convert(sorted(gives), f"{size}", gas="0.01")
    assert race.bot.equity == race.bot.flows + race.bot.realised + race.bot.unrealised
    assert race.account.state.ledger.wallet == race.bot.cash
    earned = race.bot.realised - given_up + Decimal("0.01")
    if len(gives) < outcomes:
        assert earned >= 0
    # What is realised leaves the event, rounded up to a micro-dollar.
    assert race.exposure() <= max(before + earned, ZERO) + Decimal("0.000001")
    facts += race.resolve(winner)
    twin.resolve(winner)
    assert race.bot.cash == twin.bot.cash - Decimal("0.01")
    assert race.bot.cost == race.bot.value == race.bot.receivable == 0
    assert not race.account.state.episodes.running
    results = sum((fact.pnl for fact in facts if isinstance(fact, ClosedEpisode)), ZERO)
    assert results == race.bot.cash - race.bot.flows


@given(st.decimals(-100, 100, places=6), st.lists(st.integers(0, 9).map(Decimal), max_size=7))
def test_parts_add_up_exactly(total: Decimal, weights: list[Decimal]) -> None:
    parts = divided(total, weights)
    assert len(parts) == len(weights)
    assert sum(parts, ZERO) == (total if weights else 0)


def test_what_was_bought_and_sold_before_stays_in_the_sums() -> None:
    """G.1 with everything that moves cash."""
    race = Race(3)
    race.buy_no(0, "0.40", "20")
    race.trade(0, NO, SELL, "0.45", "5")
    race.buy_no(1, "0.50", "10")
    race.convert([0, 1], "10", gas="0.01")
    bot = race.bot
    assert bot.cash == bot.flows - bot.bought + bot.sold + bot.converted - bot.fees - bot.gas
