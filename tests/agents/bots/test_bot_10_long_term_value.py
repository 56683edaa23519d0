"""Bot 10 in the closed loop: it builds a position in clips, leaves it, and says why it does not."""

from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Running
from agents.bots.bot_10_long_term_value import LongTermValue
from configs.bots import load_bot
from configs.bots_patient import LongTermValueParameters
from configs.rules import load_rules
from schemas.market import Market
from schemas.outside import EstimateKind, OutsideEstimate
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Side
from tests.agents.bots.directional_loop import Loop
from tests.agents.tape import DAY, START, market

OWN = load_bot(LongTermValueParameters, "bot_10_long_term_value.yaml")
HOUR = 3_600_000


def politics(days: float | None = 180, **fields: object) -> Market:
    made = market("m", resolves_in=None if days is None else int(days * DAY))
    return msgspec.structs.replace(made, category="Politics", **fields)


def loop(where: Market | None = None, own: LongTermValueParameters = OWN) -> Loop:
    return Loop(Running(LongTermValue(own, load_rules())), where or politics())


def says(
    made: Loop,
    origin: str,
    probability: float,
    *,
    weight: float = 1.0,
    withdrawn: bool = False,
    age_ms: int = 0,
) -> None:
    head = made.tape.head()
    head["event_time"] -= age_ms
    made.feed(
        OutsideEstimate(
            **head,
            market_id=made.where.market_id,
            origin=origin,
            kind=EstimateKind.SURVEY,
            probability=probability,
            weight=weight,
            withdrawn=withdrawn,
            reference="a citation",
        )
    )


def three(made: Loop) -> None:
    for origin, probability in (("a", 0.40), ("b", 0.35), ("c", 0.45)):
        says(made, origin, probability)


def test_the_first_worked_example_in_five_clips() -> None:
    made = loop()
    three(made)
    made.book("0.27", "0.29")
    made.wait(HOUR)
    total = Decimal(0)
    for clip in range(5):
        (order,) = made.orders()
        assert (order.side, order.action) == (Side.YES, Action.BUY)
        assert (order.price, order.kind) == (Decimal("0.28"), IntentKind.DIRECTIONAL)
        total += order.size
        made.fill(order)
        made.wait(1000)
        made.wait(HOUR)
        assert made.orders() == [], clip
        made.tape.now += 24 * HOUR - HOUR
        three(made)
        made.alive()
        made.wait(HOUR)
    assert made.orders() == []
    assert Decimal(713) < total <= Decimal("714.28")
    assert {"clip-gap", "clips-used"} <= set(made.reasons)
    entered = next(signal for signal in made.signals() if signal.decision == "place")
    assert entered.features["annualised"] == pytest.approx(1.053806, abs=1e-3)
    assert entered.features["fair_value"] == pytest.approx(0.399298, abs=1e-6)


def test_it_leaves_when_the_market_pays_the_value() -> None:
    made = loop()
    made.book("0.27", "0.29")
    three(made)
    made.fill(made.orders()[0])
    made.book("0.40", "0.42")
    made.wait(HOUR)
    (exit_,) = made.orders()
    assert (exit_.action, exit_.kind) == (Action.SELL, IntentKind.REDUCE)
    assert "at-fair-value" in made.reasons
    made.wait(2000)
    made.fill(exit_)
    made.wait(1000)
    assert "left-at-fair-value" in made.reasons


def test_it_leaves_when_the_value_falls_or_sources_go() -> None:
    made = loop()
    made.book("0.27", "0.29")
    three(made)
    made.fill(made.orders()[0])
    made.wait(2000)
    for origin in "abc":
        says(made, origin, 0.20)
    assert "fair-value-revised" in made.reasons
    other = loop()
    other.book("0.27", "0.29")
    three(other)
    other.fill(other.orders()[0])
    other.wait(2000)
    says(other, "a", 0.4, withdrawn=True)
    says(other, "b", 0.4, withdrawn=True)
    assert other.orders()[0].kind is IntentKind.REDUCE
    assert "sources-missing" in other.reasons


@pytest.mark.parametrize(
    ("where", "bid", "ask", "reason"),
    [
        (politics(80), "0.27", "0.29", "near-the-end"),
        (politics(90), "0.27", "0.29", "near-the-end"),
        (politics(None), "0.27", "0.29", "end-unknown"),
        (politics(volume_24h=Decimal(4999)), "0.27", "0.29", "volume-below-minimum"),
        (politics(), "0.25", "0.30", "spread-too-wide"),
        (politics(placeholder=True), "0.27", "0.29", "placeholder-outcomes"),
        (politics(augmented=True), "0.27", "0.29", "placeholder-outcomes"),
    ],
)
def test_each_veto(where: Market, bid: str, ask: str, reason: str) -> None:
    made = loop(where)
    made.book(bid, ask)
    three(made)
    assert made.orders() == []
    assert made.signals()[-1].reason == reason


def test_ninety_one_days_are_enough_and_one_source_is_not() -> None:
    made = loop(politics(91))
    made.book("0.27", "0.29")
    says(made, "a", 0.40)
    assert made.signals()[-1].reason == "sources-missing"
    says(made, "b", 0.40, age_ms=31 * DAY)
    assert made.orders() == []
    says(made, "b", 0.40)
    assert len(made.orders()) == 1


def test_a_price_above_the_most_is_not_paid() -> None:
    """Half a cent above c_max: the order would rest at c_max or below, never at 0.345."""
    made = loop()
    made.book("0.345", "0.355")
    three(made)
    assert all(order.price <= Decimal("0.33") for order in made.orders())


def test_a_dear_yes_is_a_cheap_no() -> None:
    made = loop()
    made.book("0.70", "0.72")
    for origin in "ab":
        says(made, origin, 0.60)
    (order,) = made.orders()
    assert (order.side, order.price) == (Side.NO, Decimal("0.29"))


def test_no_more_than_the_share_is_locked() -> None:
    own = OWN.model_copy(update={"max_locked": Decimal("0.003"), "clips": 5})
    made = loop(own=own)
    made.book("0.27", "0.29")
    three(made)
    made.fill(made.orders()[0])
    made.wait(25 * HOUR)
    assert "locked-capital" in made.reasons


def test_other_markets_are_not_watched() -> None:
    made = loop(msgspec.structs.replace(politics(), category="Sports"))
    made.book("0.27", "0.29")
    made.wait(HOUR)
    assert made.signals() == []


def test_a_refusal_waits_and_an_old_estimate_changes_nothing() -> None:
    made = loop()
    made.book("0.27", "0.29")
    made.deny = lambda order: DenialCode.EXPOSURE_EVENT
    three(made)
    assert made.orders() == []
    made.deny = lambda order: None
    made.wait(2000)
    says(made, "a", 0.99, age_ms=DAY)
    assert "waiting-after-exposure_event" in made.reasons
    made.wait(61_000)
    made.wait(HOUR)
    assert made.orders()[0].fair_value == pytest.approx(Decimal("0.39"), abs=Decimal("0.01"))
    assert made.now > START


def test_an_order_goes_when_too_few_sources_are_left() -> None:
    made = loop()
    made.book("0.27", "0.29")
    three(made)
    assert len(made.orders()) == 1
    for origin in "abc":
        says(made, origin, 0.4, withdrawn=True)
    assert made.orders() == []


@pytest.mark.parametrize(
    ("code", "again"), [(DenialCode.RATE_LIMIT, 1), (DenialCode.KELLY_EXCEEDED, 0)]
)
def test_a_refusal_that_passes_is_no_reason_to_wait_an_hour(code: DenialCode, again: int) -> None:
    made = loop()
    made.deny = lambda order: code
    made.book("0.27", "0.29")
    three(made)
    made.wait(1000)
    assert made.orders() == []
    made.deny = lambda order: None
    for _ in range(125):
        made.wait(1000)
    assert len(made.orders()) == again
