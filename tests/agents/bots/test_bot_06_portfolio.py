"""Bot 6's single legs and hedges in the closed loop."""

from decimal import Decimal

import pytest

from schemas.claims import HedgeClaim, PortfolioClaim
from schemas.outside import EstimateKind, OutsideEstimate
from schemas.trading import PlaceIntent
from schemas.values import Action, IntentKind, Side
from streams.logit import sigmoid
from tests.agents.bots.test_bot_06_multi_outcome import Race

FOUR = {
    "a": ("0.37", "0.39"),
    "b": ("0.21", "0.23"),
    "c": ("0.14", "0.16"),
    "d": ("0.15", "0.17"),
}
PROBABILITIES = {"a": 0.42, "b": 0.30, "c": 0.16, "d": 0.12}


class Judged(Race):
    """An open list of four outcomes, so that no bundle comes in the way, with estimates."""

    def __init__(self) -> None:
        super().__init__(FOUR, augmented=True, event_markets=4)

    def estimate(self, name: str, probability: float, *, withdrawn: bool = False) -> None:
        self.loop.feed(
            OutsideEstimate(
                **self.tape.head(),
                market_id=self.markets[name].market_id,
                origin="model",
                kind=EstimateKind.MODEL,
                probability=probability,
                withdrawn=withdrawn,
            )
        )

    def later(self) -> None:
        """Two seconds on, without a tick."""
        self.tape.now += 2_000
        self.alive()

    def judge(self) -> None:
        for name, probability in PROBABILITIES.items():
            self.estimate(name, probability)

    @property
    def claims(self) -> list[object]:
        return [
            emit.message.claim
            for emit in self.loop.emitted
            if isinstance(emit.message, PlaceIntent) and emit.message.claim is not None
        ]


def test_legs_follow_the_solved_portfolio() -> None:
    race = Judged()
    race.judge()
    legs = race.legs()
    assert set(legs) == {"a", "b"}
    assert legs["a"][:3] == (Side.YES, Action.BUY, "0.38")
    assert legs["b"][:3] == (Side.YES, Action.BUY, "0.22")
    claim = race.claims[0]
    assert isinstance(claim, PortfolioClaim)
    assert len(claim.outcomes) == 4
    (order,) = [o for o in race.loop.orders() if o.price == Decimal("0.38")]
    own = next(each for each in claim.outcomes if each.market_id == order.market_id)
    assert (own.price, own.fair_value) == (order.price, order.fair_value)
    assert order.size * order.price <= Decimal("0.40") * Decimal("0.25") * 10_000


def test_an_unfilled_leg_is_taken_back_and_a_filled_one_is_held() -> None:
    race = Judged()
    race.judge()
    race.fill("a")
    race.wait(31)
    assert race.legs() == {}
    race.judge()
    assert set(race.legs()) == {"b"}
    assert "already-held" in race.reasons


def test_why_there_is_no_leg() -> None:
    race = Judged()
    race.later()
    race.estimate("a", 0.42)
    assert race.reasons[-1] == "outcome-without-estimate"
    race.later()
    for name in FOUR:
        race.estimate(name, 0.5)
    assert "estimates-above-one" in race.reasons
    race.later()
    for name in FOUR:
        race.estimate(name, 0.1)
    assert "no-part-in-the-portfolio" in race.reasons
    race.later()
    race.estimate("a", 0.1, withdrawn=True)
    assert race.reasons[-1] == "outcome-without-estimate"
    assert race.legs() == {}


def moved(race: Judged, against: str) -> None:
    """110 bars in which `against` moves against outcome a, with what is held of a."""
    level = 0.0
    for number in range(112):
        level += 0.05 if number % 3 else -0.1
        race.tape.now += 300_000
        race.alive()
        for name, sign, base in (("a", 1.0, -0.5), (against, -1.0, -1.25)):
            mid = Decimal(str(round(sigmoid(base + sign * level), 3)))
            race.book(name, str(mid - Decimal("0.005")), str(mid + Decimal("0.005")))


@pytest.fixture
def fine() -> Judged:
    race = Judged.__new__(Judged)
    Race.__init__(race, FOUR, augmented=True, event_markets=4, tick=10)
    race.judge()
    race.fill("a")
    race.wait(31)
    return race


def test_a_linked_outcome_hedges(fine: Judged) -> None:
    moved(fine, "b")
    hedges = [claim for claim in fine.claims if isinstance(claim, HedgeClaim)]
    assert hedges
    assert hedges[0].correlation < Decimal("-0.5")
    assert hedges[0].primary_side is Side.YES
    intents = [
        emit.message.order
        for emit in fine.loop.emitted
        if isinstance(emit.message, PlaceIntent) and isinstance(emit.message.claim, HedgeClaim)
    ]
    assert {(o.market_id, o.side, o.kind) for o in intents} == {
        (fine.markets["b"].market_id, Side.YES, IntentKind.DIRECTIONAL)
    }
    assert "not-linked" in fine.reasons
