"""The present is a fold: the last word of everybody, and no more than a screen can use."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.live import KEPT, LiveState, exposure_of
from schemas.control import BotStateChanged, CommandApplied
from schemas.ids import AccountId, BotId, MarketId
from schemas.reasons import DenialCode
from schemas.risk import BreakerKind, BreakerState, RiskState, TradingState
from schemas.values import BotState
from tests.api.running import beat, dead_letter
from tests.sinks.messages import (
    ACCOUNT,
    BOT,
    MARKET,
    T0,
    at,
    day,
    denied,
    equity,
    fill,
    listed,
    order,
    position,
    resolved,
    top,
)

OTHER = BotId("bot_01")


def risk_state(ms: int, state: BotState, orders: int = 0) -> RiskState:
    return RiskState(
        **at(ms, "risk"),
        account_id=ACCOUNT,
        trading_state=TradingState.ACTIVE,
        reason="",
        bots={BOT: state},
        open_orders=orders,
        open_positions=0,
    )


def bot_state(ms: int, state: BotState) -> BotStateChanged:
    return BotStateChanged(
        **at(ms, "bot-state"),
        account_id=ACCOUNT,
        bot_id=BOT,
        state=state,
        previous=BotState.IDLE,
        reason="",
    )


@pytest.fixture
def state() -> LiveState:
    return LiveState(ACCOUNT)


def test_it_knows_nothing_at_first(state: LiveState) -> None:
    assert (state.now, state.market_data_at, state.dead_letters) == (0, 0, 0)
    assert state.risk is None
    nothing = exposure_of(state)
    assert (nothing.open_orders, nothing.open_positions) == (0, 0)
    assert nothing.position_cost == 0


def test_the_last_point_of_each_scope_counts(state: LiveState) -> None:
    for point in (
        equity(10, "10000"),
        equity(20, "9990"),
        equity(20, "20000", bot=None),
        equity(5, "10001", bot=OTHER),
    ):
        state.apply(point)
    shown = {scope: point.equity for scope, point in state.equity.items()}
    assert shown == {BOT: Decimal(9990), None: Decimal(20000), OTHER: Decimal(10001)}
    assert state.now == T0 + 20


def test_a_closed_position_is_gone_and_the_greatest_cost_is_first(state: LiveState) -> None:
    for holding in (
        position(1, "10", name="small"),
        position(2, "90", name="large"),
        position(3, "50", name="gone"),
        position(4, "0", name="gone"),
    ):
        state.apply(holding)
    assert [held.position_id for held in state.positions_of(None)] == ["large", "small"]
    assert [held.position_id for held in state.positions_of(BOT)] == ["large", "small"]
    assert state.positions_of(OTHER) == []
    assert exposure_of(state).position_cost == Decimal("45.00")


def test_what_is_said_of_another_account_is_left_out(state: LiveState) -> None:
    foreign = msgspec.structs.replace(equity(10, "5"), account_id=AccountId("other"))
    state.apply(foreign)
    assert state.equity == {}
    assert state.now == 0


def test_a_resolved_market_keeps_its_name_but_is_not_followed(state: LiveState) -> None:
    state.apply(listed(0))
    state.apply(top(5))
    assert set(state.markets) == set(state.tops) == {MARKET}
    state.apply(resolved(10))
    state.apply(top(12))
    assert state.markets == {}
    assert state.tops == {}
    named = state.market(MARKET)
    assert named is not None
    assert named.question == "Will it rain?"
    assert state.market(MarketId("0x00")) is None


def test_resolved_markets_are_forgotten_in_time(state: LiveState) -> None:
    for number in range(KEPT + 1):
        market = MarketId(f"0x{number:064x}")
        state.apply(listed(number, market))
        state.apply(msgspec.structs.replace(resolved(number), market_id=market))
    assert state.market(MarketId(f"0x{0:064x}")) is None
    assert state.market(MarketId(f"0x{1:064x}")) is not None


def test_market_data_is_as_new_as_the_newest_book(state: LiveState) -> None:
    state.apply(top(50))
    state.apply(top(20, market=MarketId("0x01")))
    state.apply(beat(900, "book"))
    assert state.market_data_at == T0 + 50


@pytest.mark.parametrize("newest_last", [True, False])
def test_of_two_topics_the_later_word_on_a_bot_counts(state: LiveState, newest_last: bool) -> None:
    """Both are read whole at the start, in no fixed order."""
    words = [risk_state(10, BotState.ACTIVE), bot_state(20, BotState.PAUSED)]
    for message in words if newest_last else reversed(words):
        state.apply(message)
    assert state.bots == {BOT: BotState.PAUSED}


def test_answers_denials_and_fills_are_bounded(state: LiveState) -> None:
    for number in range(KEPT + 20):
        state.apply(denied(order(f"d{number}"), number, DenialCode.NO_EDGE))
        state.apply(fill(order(f"f{number}"), number, "1", "1"))
        state.apply(
            CommandApplied(**at(number, "cmd"), command_id=f"c{number}", accepted=True, detail="")
        )
    assert len(state.denials) == len(state.fills) == len(state.applied) == KEPT
    assert state.denials[-1].order.order_id == f"d{KEPT + 19}"
    assert "c19" not in state.applied
    assert f"c{KEPT + 19}" in state.applied


def test_breakers_heartbeats_and_dead_letters(state: LiveState) -> None:
    for value in ("0.01", "0.02"):
        state.apply(
            BreakerState(
                **at(3, "breaker", value),
                account_id=ACCOUNT,
                scope="portfolio",
                kind=BreakerKind.DAILY_LOSS,
                value=Decimal(value),
                limit=Decimal("0.05"),
                open=False,
            )
        )
    state.apply(beat(1, "gate"))
    state.apply(beat(9, "gate", lag=4))
    state.apply(dead_letter(10))
    assert state.breakers["portfolio", BreakerKind.DAILY_LOSS].value == Decimal("0.02")
    assert state.heartbeats["gate"].lag == 4
    assert state.dead_letters == 1


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=40))
def test_now_is_the_greatest_time_seen(times: list[int]) -> None:
    state = LiveState(ACCOUNT)
    for ms in times:
        state.apply(beat(ms, "gate"))
    assert state.now == T0 + max(times)


def test_a_whole_day_folds_and_a_second_reading_changes_nothing(state: LiveState) -> None:
    for _ in range(2):
        for message in day():
            state.apply(message)
        assert (len(state.positions), len(state.markets)) == (0, 0)
        assert set(state.equity) == {BOT, None}
