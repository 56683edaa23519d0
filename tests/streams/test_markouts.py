"""Markouts: the vectors of STRATEGIES.md E.4 and the fold that collects later mids."""

from decimal import Decimal

import msgspec
import pytest

from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, VenueEventId
from schemas.trading import Fill
from schemas.values import Action, IntentKind, OrderStatus, Side
from streams.markouts import (
    FillMarkouts,
    MarkoutMean,
    MarkoutState,
    drift,
    markout,
    mean_markout,
    on_end,
    on_fill,
    on_mid,
    slippage,
    spread_capture,
)

D = Decimal
MARKET = MarketId("m")
START = 1_700_000_000_000


def fill(
    side: Side = Side.YES, action: Action = Action.BUY, price: str = "0.44", mid: str = "0.445"
) -> Fill:
    return Fill(
        event_id="f",
        event_time=START,
        ingest_time=START,
        source="paper",
        trade_id=f"{side}-{action}",
        order_id=OrderId("o"),
        bot_id=BotId("bot_05"),
        account_id=AccountId("a"),
        venue_event_id=VenueEventId("e"),
        market_id=MARKET,
        token_id=TokenId("1"),
        side=side,
        action=action,
        kind=IntentKind.MM,
        price=D(price),
        size=D(10),
        cumulative=D(10),
        fee=D(0),
        status=OrderStatus.FILLED,
        mid=D(mid),
    )


def collected(mids: list[tuple[int, str | None]], made: Fill) -> tuple[FillMarkouts, ...]:
    state = on_fill(MarkoutState(), made, START)
    done: tuple[FillMarkouts, ...] = ()
    for after, mid in mids:
        state, now_done = on_mid(state, MARKET, None if mid is None else D(mid), START + after)
        done += now_done
    return done


@pytest.mark.parametrize(
    ("action", "price", "later", "expected"),
    [
        (Action.BUY, "0.44", "0.45", "0.01"),
        (Action.SELL, "0.48", "0.50", "-0.02"),
        (Action.SELL, "0.55", "0.52", "0.03"),
    ],
)
def test_markout(action: Action, price: str, later: str, expected: str) -> None:
    assert markout(action, D(price), D(later)) == D(expected)


@pytest.mark.parametrize("action", list(Action))
def test_it_is_spread_capture_plus_drift(action: Action) -> None:
    price, mid, later = D("0.44"), D("0.452"), D("0.431")
    total = spread_capture(action, price, mid) + drift(action, mid, later)
    assert total == markout(action, price, later)


def test_slippage_is_positive_when_it_costs() -> None:
    assert slippage(Action.BUY, D("0.51"), D("0.50")) == D("0.02")
    assert slippage(Action.SELL, D("0.51"), D("0.50")) == D("-0.02")


def test_each_horizon_takes_the_next_mid() -> None:
    mids = [(500, "0.40"), (1_200, "0.45"), (9_999, "0.46"), (10_000, "0.47"), (61_000, None)]
    mids += [(65_000, "0.43"), (300_000, "0.44")]
    (done,) = collected(mids, fill())
    assert done.markouts == (D("0.01"), D("0.03"), D("-0.01"), D("0.00"))
    assert done.mid == D("0.445")
    assert done.per_dollar(0) == pytest.approx(0.01 / 0.44)


def test_one_late_mid_answers_all_that_are_due() -> None:
    (done,) = collected([(400_000, "0.50")], fill())
    assert done.markouts == (D("0.06"),) * 4


def test_a_no_fill_is_judged_in_its_own_prices() -> None:
    (done,) = collected([(400_000, "0.50")], fill(Side.NO, Action.BUY, "0.56", "0.445"))
    assert done.mid == D("0.555")
    assert done.markouts == (D("-0.06"),) * 4


def test_other_markets_mids_do_not_count() -> None:
    state = on_fill(MarkoutState(), fill(), START)
    assert on_mid(state, MarketId("other"), D("0.5"), START + 400_000) == (state, ())


def test_a_resolved_market_leaves_open_horizons_unanswered() -> None:
    state = on_fill(MarkoutState(), fill(), START)
    state, _ = on_mid(state, MARKET, D("0.45"), START + 2_000)
    state, (done,) = on_end(state, MARKET)
    assert done.markouts == (D("0.01"), None, None, None)
    assert done.per_dollar(3) is None
    assert state == MarkoutState()


def test_several_fills_wait_side_by_side() -> None:
    state = on_fill(MarkoutState(), fill(), START)
    state = on_fill(state, fill(action=Action.SELL), START + 100_000)
    state, done = on_mid(state, MARKET, D("0.45"), START + 300_000)
    assert [each.fill_id for each in done] == ["YES-BUY"]
    assert [each.fill_id for each in state.waiting[MARKET]] == ["YES-SELL"]
    assert msgspec.json.decode(msgspec.json.encode(state), type=MarkoutState) == state


def answered(market: str, size: int, value: str | None) -> FillMarkouts:
    return FillMarkouts(
        fill_id="x",
        market_id=MarketId(market),
        side=Side.YES,
        action=Action.BUY,
        price=D("0.5"),
        size=D(size),
        filled_at=START,
        mid=None,
        markouts=(None if value is None else D(value),) * 4,
    )


def test_means_are_weighted_by_shares_and_clustered_by_market() -> None:
    fills = [
        answered("a", 10, "0.02"),
        answered("a", 30, "0.01"),
        answered("b", 20, "-0.01"),
        answered("b", 20, None),
    ]
    mean = (10 * 0.02 + 30 * 0.01 - 20 * 0.01) / 60
    first = 10 * (0.02 - mean) + 30 * (0.01 - mean)
    second = 20 * (-0.01 - mean)
    error = ((first**2 + second**2) * 2) ** 0.5 / 60
    found = mean_markout(fills, 3)
    assert found.mean == pytest.approx(mean)
    assert found.standard_error == pytest.approx(error)
    assert found.missing == 1


def test_one_market_has_no_clustered_error_and_no_fill_no_mean() -> None:
    found = mean_markout([answered("a", 10, "0.02"), answered("a", 10, "0.03")], 0)
    assert found.mean == pytest.approx(0.025)
    assert found.standard_error is None
    assert mean_markout([answered("a", 10, None)], 0) == MarkoutMean(None, None, 1)
