"""The short-horizon profile of D.5: its vectors and its times."""

import pytest

from agents.bots.base import Note
from agents.bots.bot_05_market_maker import MarketMakerState
from agents.bots.view import View
from schemas.market import Market
from schemas.values import Action, IntentKind, Side
from tests.agents.bots.test_bot_05_market_maker import (
    MAKER,
    cancels,
    decide,
    drafts,
    quotes,
    yes_prices,
)
from tests.agents.bots.views import Levels, holding, view
from tests.agents.tape import START, Tape, market

WINDOW = market(window_s=900)
WIDE: tuple[Levels, Levels] = ({"0.40": 100}, {"0.60": 100})


def left(seconds: int, bids: Levels, asks: Levels, **more: str) -> View:
    """The window with so many seconds left."""
    held = holding(more.get("yes", "0"), more.get("no", "0"))
    now = START + (900 - seconds) * 1000
    return view(bids, asks, of=WINDOW, now=now, held=held)


@pytest.mark.parametrize(
    ("seconds", "bids", "asks", "yes", "no", "sigma", "half", "prices"),
    [
        (600, *WIDE, "0", "0", 3.919184, 0.050538, ["0.48", "0.52"]),
        (600, *WIDE, "200", "0", 3.919184, 0.050538, ["0.46", "0.49"]),
        (600, {"0.25": 9}, {"0.45": 9}, "0", "76.923", 3.919184, 0.050538, ["0.35", "0.38"]),
        (300, *WIDE, "0", "0", 5.542563, None, ["0.48", "0.52"]),
    ],
)
def test_the_vectors_of_the_specification(
    seconds: int,
    bids: Levels,
    asks: Levels,
    yes: str,
    no: str,
    sigma: float,
    half: float | None,
    prices: list[str],
) -> None:
    seen = left(seconds, bids, asks, yes=yes, no=no)
    *proposals, note = MAKER.on_event(MarketMakerState(), Tape().tick(), seen)
    assert isinstance(note, Note)
    assert yes_prices(proposals) == prices
    assert note.sigma == pytest.approx(sigma, abs=1e-6)
    if half is not None:
        assert note.features["half_x"] == pytest.approx(half, abs=1e-6)


def test_at_the_money_it_pulls_by_itself_below_about_280_seconds() -> None:
    assert decide(left(300, *WIDE), MarketMakerState())[1] == "quoting"
    assert decide(left(240, *WIDE), MarketMakerState())[:2] == ([], "model-wants-wider")


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (899, "window-not-open"),
        (871, "window-not-open"),
        (870, "quoting"),
        (151, "model-wants-wider"),
        (150, "near-the-end"),
        (61, "near-the-end"),
        (60, "held-to-resolution"),
        (1, "held-to-resolution"),
        (-5, "held-to-resolution"),
    ],
)
def test_the_times_of_a_window(seconds: int, reason: str) -> None:
    assert decide(left(seconds, *WIDE), MarketMakerState())[1] == reason


def test_after_the_stop_the_position_is_reduced_then_everything_is_cancelled() -> None:
    reducing = left(140, {"0.49": 9}, {"0.51": 9}, yes="40")
    (draft,) = drafts(decide(reducing, MarketMakerState())[0])
    assert (draft.side, draft.action, draft.kind) == (Side.YES, Action.SELL, IntentKind.REDUCE)
    ending = view({"0.49": 9}, {"0.51": 9}, of=WINDOW, now=START + 840_000, orders=quotes())
    assert sorted(cancels(decide(ending, MarketMakerState())[0])) == ["ask", "bid"]


def test_the_base_is_half_a_percent_and_halved_while_toxicity_is_unknown() -> None:
    found = drafts(decide(left(600, *WIDE), MarketMakerState())[0])
    assert [round(float(draft.size * draft.price)) for draft in found] == [25, 25]


def test_a_resolved_window_measures_the_buckets_of_the_next() -> None:
    state, tape = MarketMakerState(), Tape()
    seen = left(600, *WIDE)
    MAKER.on_event(state, tape.trade(WINDOW, Action.BUY, "0.50", 1000), seen)
    MAKER.forget(state, WINDOW.market_id)
    assert state.markets == {}
    assert state.series == {"btc-15m": 500_000_000}
    following: Market = market("b", window_s=900)
    later = view(*WIDE, of=following, now=START + 300_000)
    MAKER.on_event(state, tape.trade(following, Action.BUY, "0.50", 5), later)
    # A bucket is half a percent of 500 dollars: one print of 2.50 dollars fills it.
    assert len(state.markets[following.market_id].toxicity.full) == 1
