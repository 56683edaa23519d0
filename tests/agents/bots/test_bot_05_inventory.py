from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.bots.base import OrderDraft
from agents.bots.bot_05_inventory import Targets, lots_held, targets
from agents.bots.bot_05_numbers import maker_numbers
from agents.bots.view import View
from configs.bots import MarketMakerParameters, load_bot
from schemas.values import Action, IntentKind, Side
from streams.quoting import Quote, model_quote
from tests.agents.bots.views import account, holding, view

STANDARD = load_bot(MarketMakerParameters, "bot_05_market_maker.yaml")
NUMBERS = maker_numbers(STANDARD, None)
HUNDRED = Decimal(100)


def quote(bid: str | None, ask: str | None) -> Quote:
    model = model_quote(0.5, 0.0, 0.1, 1.0, NUMBERS.quote, None, None, Decimal("0.01"))
    return model._replace(
        bid=None if bid is None else Decimal(bid), ask=None if ask is None else Decimal(ask)
    )


def wanted(
    seen: View,
    bid: str | None = "0.49",
    ask: str | None = "0.51",
    dollars: Decimal = HUNDRED,
    *,
    is_toxic: bool = False,
) -> Targets:
    me = seen.account
    assert me is not None
    return targets(
        seen, me, quote(bid, ask), dollars, NUMBERS, STANDARD.max_skew, is_toxic=is_toxic
    )


def book(yes: str = "0", no: str = "0", free_cash: str = "10000") -> View:
    return view(
        {"0.49": 100}, {"0.51": 100}, held=holding(yes, no), me=account(free_cash=free_cash)
    )


def said(draft: OrderDraft | None) -> tuple[str, str, str, str, str] | None:
    if draft is None:
        return None
    price, size = f"{draft.price:.2f}", f"{draft.size:.2f}"
    return draft.side, draft.action, price, size, draft.kind


def test_flat_both_sides_buy() -> None:
    found = wanted(book())
    assert said(found.bid) == (Side.YES, Action.BUY, "0.49", "204.08", IntentKind.MM)
    assert said(found.ask) == (Side.NO, Action.BUY, "0.49", "204.08", IntentKind.MM)


def test_the_ask_sells_what_is_held_from_the_minimum_size_on() -> None:
    assert said(wanted(book(yes="4.99")).ask) == (
        Side.NO, Action.BUY, "0.49", "204.08", IntentKind.MM
    )  # fmt: skip
    assert said(wanted(book(yes="5")).ask) == (
        Side.YES, Action.SELL, "0.51", "5.00", IntentKind.MM
    )  # fmt: skip
    assert said(wanted(book(yes="900")).ask) == (
        Side.YES, Action.SELL, "0.51", "204.08", IntentKind.MM
    )  # fmt: skip


def test_the_bid_mirrors_it() -> None:
    assert said(wanted(book(no="60")).bid) == (
        Side.NO, Action.SELL, "0.51", "60.00", IntentKind.MM
    )  # fmt: skip


def test_tokens_of_a_pair_are_not_sold() -> None:
    assert said(wanted(book(yes="18", no="16")).ask) == (
        Side.NO, Action.BUY, "0.49", "204.08", IntentKind.MM
    )  # fmt: skip


def test_the_adding_side_shrinks_with_the_skew() -> None:
    # 400 YES at a mid of 0.50 are 2 % of 10,000 dollars: one fifteenth of the greatest skew.
    found = wanted(book(yes="400"))
    assert found.skew == Decimal("0.02")
    assert said(found.bid) == (Side.YES, Action.BUY, "0.49", "190.47", IntentKind.MM)


def test_a_at_the_greatest_skew_only_the_reducing_side_is_quoted() -> None:
    def skewed(yes: str) -> Targets:
        held = holding(yes, price="0.1")  # cheap, so that the market limit does not bind
        return wanted(view({"0.49": 100}, {"0.51": 100}, held=held, me=account()))

    assert skewed("5000").bid is not None
    found = skewed("6000")
    assert (found.skew, found.reason) == (Decimal("0.3"), "max-skew")
    assert found.bid is None
    assert said(found.ask) == (Side.YES, Action.SELL, "0.51", "204.08", IntentKind.REDUCE)


def test_toxic_flow_halves_both_sides() -> None:
    found = wanted(book(), is_toxic=True)
    assert found.bid is not None
    assert found.ask is not None
    assert found.bid.size == found.ask.size == Decimal("102.04")


def test_the_market_limit_is_kept_by_the_bot_itself() -> None:
    # 10 % of 10,000 dollars, 2 % slack: 980 dollars at risk at most.
    assert wanted(book(yes="1900")).bid is not None
    assert said(wanted(book(yes="1900")).bid) == (
        Side.YES, Action.BUY, "0.49", "61.22", IntentKind.MM
    )  # fmt: skip
    crowded = wanted(book(yes="1960"))
    assert crowded.bid is None
    assert said(crowded.ask) == (Side.YES, Action.SELL, "0.51", "204.08", IntentKind.REDUCE)


def test_a_lone_side_that_would_add_is_not_quoted() -> None:
    found = wanted(book(free_cash="4"))
    assert (found.bid, found.ask) == (None, None)
    assert found.reason == "one-side-too-small"
    assert wanted(book(), ask=None).reason == "no-passive-price"


def test_a_lone_reducing_side_never_exceeds_the_position() -> None:
    seen = book(no="40", free_cash="0")
    found = wanted(seen)
    assert found.ask is None
    assert said(found.bid) == (Side.NO, Action.SELL, "0.51", "40.00", IntentKind.REDUCE)


def test_an_opening_quote_is_worth_the_minimum_in_dollars_too() -> None:
    small = wanted(book(), bid="0.20", ask="0.25", dollars=Decimal("5.01"))
    assert said(small.bid) == (Side.YES, Action.BUY, "0.20", "25.05", IntentKind.MM)
    assert said(small.ask) == (Side.NO, Action.BUY, "0.75", "6.68", IntentKind.MM)
    assert wanted(book(), bid="0.20", ask="0.25", dollars=Decimal("4.99")).bid is None


def test_inventory_is_counted_in_lots_of_the_base_size() -> None:
    assert lots_held(book(yes="400"), HUNDRED) == pytest.approx(2.0)
    assert lots_held(book(no="400"), HUNDRED) == pytest.approx(-2.0)
    assert lots_held(book(), HUNDRED) == 0.0


@given(
    st.integers(0, 3000),
    st.integers(0, 3000),
    st.integers(21, 78),
    st.integers(1, 4),
    st.integers(0, 20_000),
)
def test_relabelling_yes_and_no_mirrors_every_quote(
    yes: int, no: int, bid: int, width: int, cash: int
) -> None:
    """G.7: prices to 1 − p, bids and asks exchanged, the same sizes."""
    low, high = Decimal(bid) / 100, Decimal(bid + width) / 100
    held, mirrored = holding(str(yes), str(no)), holding(str(no), str(yes))
    me = account(free_cash=str(cash))
    one = view({str(low): 100}, {str(high): 70}, held=held, me=me)
    other = view({str(1 - high): 70}, {str(1 - low): 100}, held=mirrored, me=me)
    found = wanted(one, str(low), str(high))
    mirror = wanted(other, str(1 - high), str(1 - low))
    assert found.skew == mirror.skew
    for draft, twin in ((found.bid, mirror.ask), (found.ask, mirror.bid)):
        if draft is None:
            assert twin is None
        else:
            assert twin == msgspec.structs.replace(draft, side=draft.side.complement)
