"""Worst-case loss and the REDUCE test: the vectors of STRATEGIES.md C.3 and B.3."""

from decimal import Decimal

import pytest

from schemas.ids import AccountId, BotId, MarketId, OrderId, TokenId, VenueEventId
from schemas.trading import Order
from schemas.values import Action, IntentKind, Side
from streams.exposure import EventPosition, Losses, exposure, held, is_reduce, of_market
from streams.holdings import Holding, Stake
from streams.orders import OpenOrder

MARKET = MarketId("0xaa")


def holding(size: str, price: str) -> Holding | None:
    shares = Decimal(size)
    if shares == 0:
        return None
    return Holding("p", TokenId("t"), 0, None, shares, shares * Decimal(price))


def stake(yes: tuple[str, str] = ("0", "0"), no: tuple[str, str] = ("0", "0")) -> Stake:
    return Stake(holding(*yes), holding(*no))


def order(
    side: Side, action: Action, price: str, size: str, market: MarketId = MARKET, name: str = "o"
) -> Order:
    return Order(
        order_id=OrderId(f"{name}-{market}-{side}-{action}-{price}-{size}"),
        bot_id=BotId("bot_05"),
        account_id=AccountId("main"),
        venue_event_id=VenueEventId("event"),
        market_id=market,
        token_id=TokenId(f"{market}-{side}"),
        side=side,
        action=action,
        price=Decimal(price),
        size=Decimal(size),
        kind=IntentKind.MM,
    )


def resting(placed: Order, kind: IntentKind = IntentKind.MM) -> OpenOrder:
    return OpenOrder(placed, kind, None)


def position(owned: Stake, *orders: OpenOrder) -> EventPosition:
    return EventPosition({MARKET: owned}, orders, exclusive=False, markets=1)


def reduces(owned: Stake, placed: Order, *orders: OpenOrder) -> bool:
    return is_reduce(position(owned, *orders), placed, placed.size)


YES, NO, BUY, SELL = Side.YES, Side.NO, Action.BUY, Action.SELL


def test_neg_risk_event_of_three_outcomes() -> None:
    losses = [
        held(stake(yes=("100", "0.42"))),
        held(stake()),
        held(stake(no=("50", "0.70"))),
    ]
    assert exposure(losses, exclusive=True, complete=True) == 77


@pytest.mark.parametrize(
    ("yes", "no", "cost", "worst"),
    [((80, 0, 40), (0, 60, 0), 90, 90), ((50, 50, 50), (0, 0, 0), 48, 0)],
)
def test_neg_risk_payoffs_by_outcome(
    yes: tuple[int, ...], no: tuple[int, ...], cost: int, worst: int
) -> None:
    losses = [Losses(Decimal(-n_yes), Decimal(-n_no)) for n_yes, n_no in zip(yes, no, strict=True)]
    first = losses[0].plus(Losses(Decimal(cost), Decimal(cost)))
    assert exposure([first, *losses[1:]], exclusive=True, complete=True) == worst


def test_an_incomplete_list_of_outcomes_may_lose_everything() -> None:
    losses = [held(stake(yes=("50", "0.32"))) for _ in range(3)]
    assert exposure(losses, exclusive=True, complete=True) == 0
    assert exposure(losses, exclusive=True, complete=False) == 48


def test_resting_bids_count_in_their_worst_subset() -> None:
    bids = [
        (order(YES, BUY, "0.48", "507.61"), Decimal("507.61")),
        (order(NO, BUY, "0.505", "507.61"), Decimal("507.61")),
    ]
    assert of_market(stake(), bids).worst == Decimal("256.343050")


def test_a_bid_for_the_complement_of_what_is_held_adds_nothing_to_the_worst_state() -> None:
    bid = order(NO, BUY, "0.55", "100")
    assert of_market(stake(yes=("100", "0.40")), [(bid, bid.size)]).worst == 40


def test_a_resting_sale_counts_where_its_token_wins() -> None:
    sale = order(YES, SELL, "0.50", "100")
    losses = of_market(stake(yes=("100", "0.40"), no=("100", "0.55")), [(sale, sale.size)])
    assert losses == Losses(Decimal(95 - 100 + 60), Decimal(95 - 100))


def test_markets_of_an_ordinary_event_are_independent() -> None:
    other = MarketId("0xbb")
    both = EventPosition(
        {MARKET: stake(yes=("100", "0.40")), other: stake(no=("50", "0.30"))},
        (),
        exclusive=False,
        markets=2,
    )
    assert both.exposure() == 55


def test_reduce_is_at_most_the_net_inventory_by_sale_or_by_complement() -> None:
    owned = stake(yes=("150", "0.40"), no=("50", "0.55"))
    assert reduces(owned, order(YES, SELL, "0.45", "100"))
    assert reduces(owned, order(NO, BUY, "0.55", "100"))
    assert not reduces(owned, order(YES, SELL, "0.45", "100.01"))
    assert not reduces(owned, order(NO, BUY, "0.55", "100.01"))
    assert not reduces(owned, order(YES, BUY, "0.45", "1"))
    assert not reduces(owned, order(NO, SELL, "0.45", "1"))


def test_all_resting_reduces_together_are_at_most_the_net_inventory() -> None:
    owned = stake(yes=("150", "0.40"), no=("50", "0.55"))
    other = resting(order(YES, SELL, "0.44", "60"), IntentKind.REDUCE)
    assert reduces(owned, order(NO, BUY, "0.55", "40"), other)
    assert not reduces(owned, order(NO, BUY, "0.55", "41"), other)


def test_selling_one_leg_of_a_pair_is_no_reduce() -> None:
    pair = stake(yes=("100", "0.48"), no=("100", "0.50"))
    assert not reduces(pair, order(YES, SELL, "0.60", "5"))
    assert not reduces(pair, order(NO, SELL, "0.60", "5"))


def test_selling_what_is_not_held_is_no_reduce() -> None:
    assert not reduces(stake(yes=("50", "0.40")), order(YES, SELL, "0.50", "51"))
    assert not reduces(stake(), order(NO, SELL, "0.50", "5"))


def test_completing_a_leg_is_a_reduce_only_once_the_old_order_is_gone() -> None:
    """STRATEGIES.md D.1: YES filled at 0.48, the NO leg still rests."""
    owned = stake(yes=("300", "0.48"))
    old = resting(order(NO, BUY, "0.505", "500"), IntentKind.ARB)
    completion = order(NO, BUY, "0.52", "300")
    assert not reduces(owned, completion, old)
    assert reduces(owned, completion)


def test_a_reduce_does_not_depend_on_unrelated_markets_of_the_event() -> None:
    other = MarketId("0xbb")
    both = EventPosition(
        {MARKET: stake(yes=("100", "0.40")), other: stake(no=("50", "0.30"))},
        (),
        exclusive=False,
        markets=2,
    )
    assert is_reduce(both, order(YES, SELL, "0.45", "100"), Decimal(100))
    assert is_reduce(both, order(YES, BUY, "0.65", "50", other), Decimal(50))
    assert not is_reduce(both, order(NO, BUY, "0.65", "50", other), Decimal(50))


def test_selling_one_outcome_of_a_complete_set_is_no_reduce() -> None:
    ids = [MarketId(f"0x{i}") for i in range(3)]
    full = EventPosition(
        {each: stake(yes=("50", "0.32")) for each in ids}, (), exclusive=True, markets=3
    )
    assert not is_reduce(full, order(YES, SELL, "0.40", "10", ids[0]), Decimal(10))
    excess = EventPosition(
        {**full.stakes, ids[0]: stake(yes=("70", "0.32"))}, (), exclusive=True, markets=3
    )
    assert is_reduce(excess, order(YES, SELL, "0.40", "20", ids[0]), Decimal(20))
    assert not is_reduce(excess, order(YES, SELL, "0.40", "21", ids[0]), Decimal(21))
    missing = EventPosition(
        {ids[0]: stake(yes=("50", "0.32")), ids[1]: stake(yes=("50", "0.32"))},
        (),
        exclusive=True,
        markets=3,
    )
    assert is_reduce(missing, order(YES, BUY, "0.36", "50", ids[2]), Decimal(50))


def test_an_exit_beside_another_of_an_exclusive_event_must_reduce_with_both_filled() -> None:
    owned = stake(yes=("100", "0.40"))
    first = resting(order(YES, SELL, "0.50", "60"), IntentKind.REDUCE)
    event = EventPosition({MARKET: owned}, (first,), exclusive=True, markets=3)
    second = order(YES, SELL, "0.50", "100", name="second")
    assert is_reduce(event, second, Decimal(40))
    assert not is_reduce(event, second, Decimal("40.01"))
    assert is_reduce(event._replace(orders=()), second, Decimal(100))
