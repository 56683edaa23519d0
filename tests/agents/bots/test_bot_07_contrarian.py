"""Bot 7 in the closed loop: it enters, fills, leaves, and says why it does not."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Running
from agents.bots.bot_07_contrarian import Contrarian
from agents.bots.bot_07_reading import Past, read
from agents.registry import sense
from configs.bots import load_bot
from configs.bots_patient import ContrarianParameters
from configs.rules import load_rules
from schemas.market import Market
from schemas.outside import NewsItem, Outlet
from schemas.reasons import DenialCode
from schemas.values import Action, IntentKind, Side
from streams.bars import Bar, Bars
from streams.crowd import DAY_WINDOW
from streams.rolling import add
from streams.sizing import size_order
from tests.agents.bots.directional_loop import Loop
from tests.agents.tape import DAY, START, market

OWN = load_bot(ContrarianParameters, "bot_07_contrarian.yaml")
RULES = load_rules()
QUARTER = 900_000
FALL = [40] * 80 + list(range(39, 23, -1))
RISE = [70] * 80 + list(range(71, 87))
FAR = 30 * DAY


def loop(where: Market | None = None) -> Loop:
    made = Loop(Running(Contrarian(OWN, RULES, sense())), where or market("m"))
    made.tape.now = START - START % QUARTER + QUARTER
    return made


def chart(made: Loop, cents: Sequence[int], *, crowd: float = 0.0, silent: int = 0) -> None:
    """One bar a mid, in half a cent around it; the last bar is completed by the clock."""
    for index, each in enumerate(cents):
        if index >= silent:
            made.book(f"{each / 100 - 0.01:.2f}", f"{each / 100 + 0.01:.2f}", 900 + index % 2)
        if crowd >= 0.0:
            made.trade(Action.BUY, "0.50", 100 + crowd)
            made.trade(Action.SELL, "0.50", 100 - crowd)
        made.tape.now += QUARTER
    made.alive()


def test_an_oversold_market_is_bought_and_left_at_fair_value() -> None:
    made = loop()
    chart(made, FALL)
    (order,) = made.orders()
    assert (order.side, order.action, order.kind) == (Side.YES, Action.BUY, IntentKind.DIRECTIONAL)
    assert (order.price, order.size) == (Decimal("0.24"), Decimal("480.72"))
    assert order.fair_value == Decimal("0.307733")
    made.fill(order)
    made.book("0.30", "0.32")
    (exit_,) = made.orders()
    assert (exit_.action, exit_.kind, exit_.size) == (Action.SELL, IntentKind.REDUCE, order.size)
    assert "at-fair-value" in made.reasons
    made.fill(exit_)
    made.wait(1000)
    assert made.orders() == []


def test_past_prices_spare_a_day_of_waiting() -> None:
    made = loop()
    five = QUARTER // 3
    points = [
        (made.tape.now - (len(FALL) - bar) * QUARTER + part * five, cents / 100)
        for bar, cents in enumerate(FALL)
        for part in range(3)
    ]
    made.feed(made.tape.history(made.where, points))
    chart(made, FALL[-1:])
    (order,) = made.orders()
    assert (order.side, order.price) == (Side.YES, Decimal("0.24"))


def test_an_overbought_market_is_sold_by_buying_no() -> None:
    made = loop()
    chart(made, RISE)
    (order,) = made.orders()
    assert (order.side, order.price, order.size) == (Side.NO, Decimal("0.14"), Decimal("633.86"))
    assert order.fair_value == Decimal("0.202545")
    made.fill(order)
    made.wait(12 * 3_600_000)
    assert "held-long-enough" in made.reasons
    (exit_,) = made.orders()
    assert (exit_.side, exit_.action) == (Side.NO, Action.SELL)


def test_an_unfilled_order_ends_with_its_bar() -> None:
    made = loop()
    chart(made, FALL)
    made.wait(QUARTER - 1000)
    assert len(made.orders()) == 1
    made.wait(2000)
    assert "ttl" in made.reasons


def test_a_position_is_left_when_rsi_crosses_the_middle() -> None:
    made = loop()
    chart(made, FALL)
    made.fill(made.orders()[0])
    chart(made, [24] * 14 + [30])
    assert "rsi-crossed" in made.reasons
    assert any(order.kind is IntentKind.REDUCE for order in made.orders())


@pytest.mark.parametrize(
    ("cents", "crowd", "where", "reason"),
    [
        ([50, 52] * 47 + [50, 42], 0.0, None, "no-exaggeration"),
        ([40] * 96, 0.0, None, "no-deviation"),
        (FALL[:50], 0.0, None, "too-few-closes"),
        (FALL, 81.0, None, "crowd-too-one-sided"),
        (FALL, -1.0, None, "crowd-unknown"),
        (FALL, 0.0, market("n", resolves_in=2 * DAY), "near-the-end"),
        (FALL, 0.0, market("o", resolves_in=None), "end-unknown"),
        ([60] * 60 + [40] * 20 + FALL[80:], 0.0, None, "repriced"),
    ],
)
def test_each_veto(cents: list[int], crowd: float, where: Market | None, reason: str) -> None:
    made = loop(where)
    chart(made, cents, crowd=crowd)
    assert made.orders() == []
    assert made.signals()[-1].reason == reason


def test_a_crowd_of_eighty_is_still_faded() -> None:
    made = loop()
    chart(made, FALL, crowd=80.0)
    assert len(made.orders()) == 1


def past(cents: Sequence[int], carried: int = 0, news_at: int | None = None) -> Past:
    bars = tuple(
        Bar(index * QUARTER, each / 100, each / 100, each / 100, each / 100, index < carried)
        for index, each in enumerate(cents)
    )
    found = Past(bars=Bars(bars), news_at=news_at)
    add(found.takers, 1, 1, START, DAY_WINDOW)
    return found


def test_silent_bars_and_news_are_vetoes() -> None:
    assert read(past(FALL, carried=24), START, FAR, OWN).reason == ""
    assert read(past(FALL, carried=25), START, FAR, OWN).reason == "too-many-silent-bars"
    assert read(past(FALL, news_at=START - DAY + 1), START, FAR, OWN).reason == "news"
    assert read(past(FALL, news_at=START - DAY), START, FAR, OWN).reason == ""


def test_a_confident_story_takes_the_order_away() -> None:
    where = msgspec.structs.replace(market("m"), question="Will Acme Corporation win the lawsuit?")
    made = loop(where)
    for other in ("a", "b", "c"):
        made.feed(made.tape.listed(market(other)))
    chart(made, FALL)
    assert len(made.orders()) == 1
    made.tape.now += 2000
    made.feed(
        NewsItem(
            **made.tape.head(),
            item_id="1",
            outlet="wire",
            kind=Outlet.WIRE,
            headline="Acme Corporation wins the lawsuit in a great victory",
        )
    )
    assert made.orders() == []
    assert "news" in made.reasons


def test_the_worked_sizes() -> None:
    cap = Decimal("0.02")
    ten = Decimal(10_000)
    fall = read(past(FALL), START, FAR, OWN).fair_value
    assert size_order(ten, fall, Decimal("0.24"), 0.05, 0.2, cap) == Decimal("480.72")
    assert fall - 0.30 == pytest.approx(0.0077, abs=1e-4)  # below the least edge at 0.30


def test_a_refused_order_waits_and_an_unadvised_bot_opens_nothing() -> None:
    made = loop()
    made.deny = lambda order: DenialCode.EXPOSURE_EVENT
    chart(made, FALL)
    assert made.orders() == []
    assert "waiting-after-exposure_event" in made.reasons
    silent = loop()
    silent.feed(silent.tape.account(silent.me, may_open=False))
    chart(silent, FALL[:-1])
    silent.book("0.23", "0.25")
    silent.tape.now += QUARTER
    silent.alive(may_open=False)
    assert silent.orders() == []
    assert silent.signals()[-1].reason == "bot-may-not-open"


def test_it_goes_on_after_a_restart() -> None:
    made, twin = loop(), loop()
    chart(made, FALL[:90])
    chart(twin, FALL[:90])
    twin.stage.restore(twin.stage.snapshot())
    chart(made, FALL[90:])
    chart(twin, FALL[90:])
    assert made.orders() == twin.orders() != []


def test_full_kelly_cannot_be_configured() -> None:
    with pytest.raises(ValueError, match=r"less than or equal to 0\.5"):
        ContrarianParameters.model_validate(OWN.model_dump() | {"lambda_max": Decimal("0.6")})
    with pytest.raises(ValueError, match="rsi must be two numbers"):
        ContrarianParameters.model_validate(OWN.model_dump() | {"rsi": (75.0, 25.0)})
