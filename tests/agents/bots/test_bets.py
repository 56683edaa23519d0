"""Bets that move together are smaller, whichever way their correlation is known."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Place
from agents.bots.bets import Bet, bet_scale
from agents.bots.bot_06_portfolio import Estimate, Portfolio
from agents.bots.view import Holding, NoMarkets, View
from configs.bots import load_bot
from configs.bots_directional import MultiOutcomeParameters
from configs.rules import load_rules
from schemas.ids import MarketId, VenueEventId
from schemas.market import Market
from schemas.values import Side
from streams.correlation import Bars, add_mid
from streams.kelly import correlation_scale
from tests.agents.bots.views import holding, view
from tests.agents.tape import START, market

BAR = 300_000
LEAST = 100
WAVE = tuple(0.40 + 0.01 * (number * number % 7) for number in range(LEAST + 2))
NOISE = tuple(0.40 + 0.01 * (number * 5 // 3 % 5) for number in range(LEAST + 2))


def bars(mids: Sequence[float], sign: int = 1) -> Bars:
    found = Bars()
    for number, mid in enumerate(mids):
        found = add_mid(found, mid if sign > 0 else 1 - mid, number * BAR, BAR, 288)
    return found


def scale(new: Bet, **others: Bet) -> float:
    where = view({"0.40": 100}, {"0.42": 100})
    return bet_scale(new, {MarketId(name): bet for name, bet in others.items()}, where, LEAST)


@pytest.mark.parametrize(
    ("side", "sign", "found"),
    [
        (Side.YES, 1, correlation_scale(2, 1.0)),
        (Side.NO, -1, correlation_scale(2, 1.0)),
        (Side.NO, 1, 1.0),
        (Side.YES, -1, 1.0),
    ],
)
def test_a_bet_on_the_same_thing_halves_and_one_against_it_does_not(
    side: Side, sign: int, found: float
) -> None:
    assert scale(Bet(Side.YES, bars(WAVE)), x=Bet(side, bars(WAVE, sign))) == pytest.approx(found)


def test_what_does_not_move_along_or_is_not_known_to_does_not_count() -> None:
    new = Bet(Side.YES, bars(WAVE))
    assert scale(new, x=Bet(Side.YES, bars(NOISE))) == 1.0
    assert scale(new, x=Bet(Side.YES, bars(WAVE[:LEAST]))) == 1.0
    assert scale(new) == 1.0


class Elsewhere(NoMarkets):
    """Four outcomes of an event, and a position in a fifth market of another one."""

    def __init__(self, outcomes: Sequence[Market], there: Market, held: Holding) -> None:
        self._known = {each.market_id: each for each in (*outcomes, there)}
        self._there, self._held = there.market_id, held

    def market(self, market_id: MarketId) -> Market | None:
        return self._known.get(market_id)

    def view(self, market_id: MarketId) -> View | None:
        return seen(self._known[market_id])

    def involved(self) -> Sequence[MarketId]:
        return (self._there,)

    def holding(self, market_id: MarketId) -> Holding:
        return self._held if market_id == self._there else Holding()


PRICES = {
    "a": ("0.37", "0.39"),
    "b": ("0.21", "0.23"),
    "c": ("0.14", "0.16"),
    "d": ("0.15", "0.17"),
}
CHANCES = {"a": 0.42, "b": 0.30, "c": 0.16, "d": 0.12}


def outcome(name: str, event: str) -> Market:
    return msgspec.structs.replace(
        market(name), venue_event_id=VenueEventId(event), neg_risk=True, event_markets=4
    )


def seen(where: Market) -> View:
    bid, ask = PRICES[where.market_id.removeprefix("0x")]
    return view({bid: 900}, {ask: 900}, of=where)


def leg_size(held: Holding, theirs: Bars) -> Decimal:
    """Shares of outcome `a` with a position in another event's market."""
    outcomes, there = [outcome(name, "event") for name in PRICES], outcome("z", "other")
    here = outcomes[0]
    portfolio = Portfolio(
        load_bot(MultiOutcomeParameters, "bot_06_multi_outcome.yaml"), load_rules()
    )
    now = msgspec.structs.replace(seen(here), others=Elsewhere(outcomes, there, held))
    estimates = {
        each.market_id: {"model": Estimate(chance, 1.0, START)}
        for each, chance in zip(outcomes, CHANCES.values(), strict=True)
    }
    known = {here.market_id: bars(WAVE), there.market_id: theirs}
    proposals = portfolio.enter(estimates, known, now, [each.market_id for each in outcomes])
    placed = proposals[0]
    assert isinstance(placed, Place)
    return placed.draft.size


def test_a_leg_of_bot_6_is_smaller_beside_what_moves_along_in_another_event() -> None:
    whole = leg_size(holding(yes="100"), bars(NOISE))
    half = leg_size(holding(yes="100"), bars(WAVE))
    assert half == pytest.approx(whole / 2, abs=Decimal("0.01"))
    assert leg_size(holding(no="100"), bars(WAVE)) == whole
    assert leg_size(holding(no="100"), bars(WAVE, -1)) == half
