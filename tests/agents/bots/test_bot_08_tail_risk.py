"""Bot 8 in the closed loop: tails by calibration, quotes by spread, and each veto."""

from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Running
from agents.bots.bot_08_tail_risk import TailRisk
from configs.bots import load_bot
from configs.bots_patient import CategoryCalibration, TailParameters
from configs.rules import load_rules
from schemas.market import Market
from schemas.values import Action, IntentKind, Side
from streams.sizing import size_order
from tests.agents.bots.directional_loop import Loop
from tests.agents.tape import DAY, START, market

OWN = load_bot(TailParameters, "bot_08_tail_risk.yaml")
MINUTE = 60_000
HOUR = 3_600_000
CHEAP = CategoryCalibration(alpha=0.9, beta=1.0, outcomes=800, brier_errors=2.5)
FITTED = OWN.model_copy(update={"calibration": {"weather": CHEAP}})


def weather(name: str = "m", **fields: object) -> Market:
    return msgspec.structs.replace(market(name), category="weather", **fields)


def loop(own: TailParameters = OWN, where: Market | None = None) -> Loop:
    return Loop(Running(TailRisk(own, load_rules())), where or weather())


def warm(
    made: Loop, bid: str = "0.10", ask: str = "0.18", bid_size: float = 200, ask_size: float = 100,
    trades: int = 10,
) -> None:  # fmt: skip
    """An hour of one thin book with some trades."""
    made.book(bid, ask, bid_size, ask_size)
    for _ in range(trades):
        made.trade(Action.BUY, "0.14", 5)
    for _ in range(60):
        made.wait(MINUTE)


def quotes(made: Loop) -> dict[str, str]:
    """YES-space price of each live quote."""
    found = {}
    for order in made.orders():
        is_bid = (order.side is Side.YES) == (order.action is Action.BUY)
        price = order.price if order.side is Side.YES else 1 - order.price
        found["bid" if is_bid else "ask"] = f"{price:.2f}"
    return found


def test_the_first_worked_quote() -> None:
    made = loop()
    warm(made)
    assert quotes(made) == {"bid": "0.13", "ask": "0.18"}
    assert {order.kind for order in made.orders()} == {IntentKind.MM}
    for order in made.orders():
        assert order.size * order.price <= Decimal(50)


def test_inventory_moves_both_quotes_and_pairs_are_merged() -> None:
    made = loop()
    warm(made)
    bid = next(order for order in made.orders() if order.side is Side.YES)
    made.fill(bid, "300")
    for _ in range(70):
        made.wait(1000)
    moved = quotes(made)
    assert moved["bid"] == "0.12"
    assert moved["ask"] in {"0.17", "0.18"}
    ask = next(order for order in made.orders() if order.order_id != bid.order_id
               and (order.side is Side.NO or order.action is Action.SELL))  # fmt: skip
    made.fill(ask)
    made.wait(1000)
    assert ask.action is Action.SELL or made.merged


@pytest.mark.parametrize(
    ("book", "where", "trades", "reason"),
    [
        (("0.10", "0.13", 200, 100), None, 10, "spread-too-narrow"),
        (("0.10", "0.18", 2000, 6000), None, 10, "too-liquid"),
        (("0.10", "0.18", 200, 100), None, 9, "too-few-trades"),
        (("0.10", "0.18", 200, 100), weather(resolves_at=START + DAY), 10, "near-the-end"),
        (("0.10", "0.18", 200, 100), weather(resolves_at=None), 10, "end-unknown"),
        (("0.03", "0.12", 200, 100), None, 10, "outside-zones"),
    ],
)
def test_each_screen(
    book: tuple[str, str, int, int], where: Market | None, trades: int, reason: str
) -> None:
    made = loop(where=where)
    warm(made, *book, trades=trades)
    assert made.orders() == []
    assert reason in made.reasons
    if reason == "too-liquid":
        assert "liquidity-unknown" in made.reasons


def test_a_one_sided_book_is_not_quoted() -> None:
    made = loop()
    warm(made)
    made.feed(*made.tape.book(made.where, {"0.10": 200}, {}))
    made.wait(1000)
    made.wait(1000)
    assert made.orders() == []
    assert "one-sided-book" in made.reasons


def test_a_narrower_spread_takes_quotes_away_and_reduces() -> None:
    made = loop()
    warm(made)
    made.fill(next(order for order in made.orders() if order.side is Side.YES), "100")
    made.wait(2000)
    made.book("0.10", "0.13", 200, 100)
    for _ in range(5):
        made.wait(1000)
    (exit_,) = made.orders()
    assert (exit_.kind, exit_.action, exit_.size) == (IntentKind.REDUCE, Action.SELL, Decimal(100))
    assert "spread-too-narrow" in made.reasons


def test_without_a_calibration_there_is_no_tail_ever() -> None:
    made = loop(OWN.model_copy(update={"mm": False}))
    warm(made)
    assert made.orders() == []
    assert "tail-without-edge" in made.reasons
    made.wait(6000)
    assert "not-making-markets" in made.reasons


def test_a_calibrated_tail_is_bought_held_and_taken_at_a_multiple() -> None:
    made = loop(FITTED)
    warm(made, "0.07", "0.11")
    (order,) = made.orders()
    assert (order.side, order.action, order.kind) == (Side.YES, Action.BUY, IntentKind.DIRECTIONAL)
    assert order.size * order.price <= Decimal(50)
    made.fill(order)
    made.book("0.15", "0.19", 200, 100)
    made.wait(1000)
    assert made.orders() == []
    made.book("0.22", "0.26", 200, 100)
    made.wait(2000)
    (exit_,) = made.orders()
    assert (exit_.kind, exit_.action) == (IntentKind.REDUCE, Action.SELL)
    assert "take-multiple" in made.reasons


def test_quotes_make_room_for_a_tail() -> None:
    made = loop(FITTED)
    warm(made, "0.42", "0.48")  # the calibration finds an edge, but the zone is not allowed
    assert {order.kind for order in made.orders()} == {IntentKind.MM}
    assert "zone-not-allowed" in made.reasons
    made.book("0.07", "0.11", 200, 100)
    for _ in range(63):
        made.wait(1000)
    assert {order.kind for order in made.orders()} == {IntentKind.DIRECTIONAL}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"max_tails": 1}, "tail-count"),
        ({"tail_budget": Decimal("0.006")}, "tail-budget"),
    ],
)
def test_tails_have_a_budget_and_a_number(changes: dict[str, object], reason: str) -> None:
    own = FITTED.model_copy(update={**changes, "mm": False})
    made = loop(own)
    warm(made, "0.07", "0.11")
    assert len(made.orders()) == 1
    other = weather("n")
    made.feed(made.tape.listed(other))
    made.where = other
    warm(made, "0.07", "0.11")
    assert {order.market_id for order in made.orders()} != {other.market_id}
    assert reason in made.reasons


def test_two_tails_of_one_event_are_smaller() -> None:
    made = loop(
        FITTED.model_copy(update={"mm": False, "tail_budget": Decimal(1), "cap": Decimal("0.2")})
    )
    warm(made, "0.07", "0.11")
    (first,) = made.orders()
    other = weather("n", venue_event_id=made.where.venue_event_id)
    made.feed(made.tape.listed(other))
    made.where = other
    warm(made, "0.07", "0.11")
    second = next(order for order in made.orders() if order.market_id == other.market_id)
    assert second.size == pytest.approx(first.size / Decimal("1.5"), rel=Decimal("0.001"))


def together(min_bars: int) -> list[Decimal]:
    """Sizes of two tails of different events whose books moved alike for more than an hour."""
    own = {"mm": False, "tail_budget": Decimal(1), "cap": Decimal("0.2"), "min_bars": min_bars}
    made = loop(FITTED.model_copy(update=own))
    places = (made.where, weather("n"))
    made.feed(made.tape.listed(places[1]))
    books = (("0.07", "0.11"), ("0.08", "0.12"), ("0.06", "0.10"), ("0.07", "0.11"))
    for number in range(17):
        for made.where in places:
            made.book(*books[number % 4], 200, 100)
        for _ in range(5):
            made.wait(MINUTE)
    for made.where in places:
        for _ in range(10):
            made.trade(Action.BUY, "0.10", 5)
        made.wait(MINUTE)
    return [order.size for order in made.orders()]


def test_tails_that_move_together_are_smaller_whatever_their_event() -> None:
    first, alone = together(min_bars=200)
    assert together(min_bars=10) == [first, pytest.approx(alone / 2, abs=Decimal("0.01"))]


def test_the_fourth_worked_example() -> None:
    cap, price = Decimal("0.005"), Decimal("0.08")
    found = size_order(Decimal(5000), 0.11, price, 0.02, 0.25, cap)
    assert found == Decimal("312.50")


def test_a_calibration_without_proof_cannot_be_configured() -> None:
    for changes in ({"outcomes": 499}, {"brier_errors": 1.9}, {"beta": 0}):
        with pytest.raises(ValueError, match="greater than"):
            CategoryCalibration.model_validate(CHEAP.model_dump() | changes)


def test_it_goes_on_after_a_restart() -> None:
    made, twin = loop(), loop()
    warm(made)
    warm(twin)
    twin.stage.restore(twin.stage.snapshot())
    for each in (made, twin):
        each.book("0.12", "0.20", 200, 100)
        for _ in range(70):
            each.wait(1000)
    assert made.orders() == twin.orders() != []
