"""Positions by venue event with their worst loss, and what the outside said of their tokens."""

from decimal import Decimal

import msgspec
import pytest

from api.event_positions import event_views
from api.live import LiveState
from api.position_truth import truth_view
from schemas.ids import BotId, MarketId, TokenId
from schemas.market import MarketListed
from schemas.portfolio import PositionState
from schemas.values import Side
from schemas.wallet_truths import AssetTruth, TruthDifference, TruthKind, TruthObserved
from tests.api.running import NOW, Running
from tests.api.wallet_messages import ADDRESS, wallet_state
from tests.sinks.messages import (
    ACCOUNT,
    BOT,
    MARKET,
    NO,
    T0,
    YES,
    approved,
    at,
    listed,
    order,
    placed,
    position,
)

OTHER = MarketId("0x" + "cd" * 32)


@pytest.fixture
def state() -> LiveState:
    return LiveState(ACCOUNT)


def holding(
    name: str, side: Side, price: str, market: MarketId = MARKET, bot: BotId = BOT
) -> PositionState:
    return msgspec.structs.replace(
        position(1, "10", name=name),
        side=side,
        token_id=YES if side is Side.YES else NO,
        entry_price=Decimal(price),
        market_id=market,
        bot_id=bot,
    )


def exclusive(market_id: MarketId, markets: int) -> MarketListed:
    told = listed(0)
    market = msgspec.structs.replace(
        told.market, market_id=market_id, neg_risk=True, event_markets=markets
    )
    return msgspec.structs.replace(told, market=market)


def test_yes_and_no_of_one_market_net(state: LiveState) -> None:
    state.apply(listed(0))
    for each in (holding("y", Side.YES, "0.45"), holding("n", Side.NO, "0.50")):
        state.apply(each)
    (view,) = event_views(state, None)
    assert (view.positions, view.markets, view.pairs) == (2, 1, Decimal(10))
    assert (view.cost, view.worst_loss) == (Decimal("9.50"), Decimal(0))
    assert view.questions == ["Will it rain?"]


def test_bots_are_not_netted_and_one_can_be_asked_for(state: LiveState) -> None:
    other = BotId("bot_01")
    state.apply(listed(0))
    state.apply(holding("y", Side.YES, "0.45"))
    state.apply(holding("n", Side.NO, "0.50", bot=other))
    (view,) = event_views(state, None)
    assert (view.worst_loss, view.pairs) == (Decimal("9.50"), Decimal(0))
    assert view.bots == [str(other), str(BOT)]
    (alone,) = event_views(state, other)
    assert alone.worst_loss == Decimal("5.00")


@pytest.mark.parametrize(("markets", "loss"), [(2, "0"), (3, "9.00")])
def test_of_an_exclusive_event_one_yes_pays_if_all_are_held(
    state: LiveState, markets: int, loss: str
) -> None:
    for market_id in (MARKET, OTHER):
        state.apply(exclusive(market_id, markets))
    state.apply(holding("a", Side.YES, "0.45"))
    state.apply(holding("b", Side.YES, "0.45", OTHER))
    (view,) = event_views(state, None)
    assert view.exclusive
    assert view.worst_loss == Decimal(loss)


def test_independent_markets_add_up_and_orders_count(state: LiveState) -> None:
    state.apply(holding("a", Side.YES, "0.45"))
    state.apply(holding("b", Side.YES, "0.45", OTHER))
    assert event_views(state, None)[0].worst_loss == Decimal("9.00")
    what = order()
    state.apply(approved(what))
    state.apply(placed(what))
    (view,) = event_views(state, None)
    assert (view.orders, view.worst_loss) == (1, Decimal("13.50"))
    assert view.questions == []


def observed(**said: Decimal | None) -> TruthObserved:
    told: dict[str, Decimal | None] = {"venue": None, "data_api": None, "chain": None, **said}
    asset = AssetTruth(
        key=YES,
        market_id=MARKET,
        ours=Decimal(10),
        venue=told["venue"],
        data_api=told["data_api"],
        chain=told["chain"],
    )
    return TruthObserved(**at(50, "truth"), wallet=ADDRESS, assets=(asset,))


def test_what_was_not_compared_has_no_truth(state: LiveState) -> None:
    assert truth_view(state, YES) is None
    state.apply(observed(venue=Decimal(10)))
    assert truth_view(state, TokenId("another")) is None


def test_it_matches_only_when_somebody_answered_the_same(state: LiveState) -> None:
    state.apply(observed())
    silent = truth_view(state, YES)
    state.apply(observed(venue=Decimal(10), chain=Decimal("10.0000005")))
    same = truth_view(state, YES)
    assert silent is not None
    assert same is not None
    assert (silent.state, same.state) == ("unanswered", "matches")
    assert (same.checked_at, same.since_s, same.data_api) == (T0 + 50, None, None)


def test_a_difference_has_the_name_that_the_wallet_stage_gave_it(state: LiveState) -> None:
    state.apply(observed(venue=Decimal(8)))
    new = truth_view(state, YES)
    named = TruthDifference(
        key=YES,
        market_id=MARKET,
        kind=TruthKind.GHOST,
        age_ms=45_000,
        ours=Decimal(10),
        venue=Decimal(8),
        data_api=None,
        chain=None,
    )
    state.apply(msgspec.structs.replace(wallet_state(60), differences=(named,)))
    known = truth_view(state, YES)
    assert new is not None
    assert known is not None
    assert (new.state, new.since_s) == ("new", None)
    assert (known.state, known.since_s, known.venue) == ("ghost", 45.0, Decimal(8))


async def test_the_api_shows_both() -> None:
    running = Running()
    running.tell(listed(0), position(NOW, "10"), observed(venue=Decimal(10)))
    async with running.client() as client:
        (event,) = (await client.get("/api/v1/positions/events")).json()["data"]
        (shown,) = (await client.get("/api/v1/positions")).json()["data"]
        none = (await client.get("/api/v1/positions/events?bot_id=bot_01")).json()["data"]
    assert (event["venue_event_id"], event["worst_loss"]) == ("event-1", "4.5")
    assert shown["truth"]["state"] == "matches"
    assert none == []
