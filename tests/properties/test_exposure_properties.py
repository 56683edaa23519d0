"""The REDUCE test of one binary market against its definition, state by state (G.8, D-22)."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.ids import TokenId
from schemas.trading import Order
from schemas.values import Action, IntentKind, Side
from streams.exposure import filled, held, opens_alone, reduces_market
from streams.holdings import Holding, Stake
from tests.streams.account_messages import an_order

ZERO = Decimal(0)
KINDS = (IntentKind.MM, IntentKind.REDUCE)
cents, sizes = st.integers(1, 99), st.integers(1, 30)
orders = st.builds(
    lambda side, action, price, size, kind: an_order(
        side, action, f"{Decimal(price) / 100}", f"{size}", kind=kind
    ),
    st.sampled_from(Side),
    st.sampled_from(Action),
    cents,
    sizes,
    st.sampled_from(KINDS),
)
holdings = st.one_of(
    st.none(),
    st.builds(
        lambda size, price: Holding(
            "", TokenId(""), 0, size=Decimal(size), cost=Decimal(size * price) / 100
        ),
        sizes,
        cents,
    ),
)


def by_definition(stake: Stake, resting: list[Order], order: Order) -> bool:
    """Worst states before and after; other REDUCEs all unfilled, all filled, then all at once."""
    change = filled(order, order.size, stake)
    for others_filled in (False, True):
        base = held(stake)
        for other in resting:
            theirs = filled(other, other.size, stake)
            if other.kind is not IntentKind.REDUCE:
                base = base.plus_worst(theirs)
            elif others_filled:
                base = base.plus(theirs)
        after = base.plus(change)
        worst = max(after)
        if not any(b == worst and b <= a for a, b in zip(base, after, strict=True)):
            return False
    everything = held(stake)
    for other in resting:
        everything = everything.plus_worst(filled(other, other.size, stake))
    return everything.plus_worst(change).worst <= everything.worst


@settings(max_examples=300, deadline=None)
@given(holdings, holdings, st.lists(orders, max_size=4), orders)
def test_the_short_way_is_the_definition(
    yes: Holding | None, no: Holding | None, resting: list[Order], order: Order
) -> None:
    stake = Stake(yes, no)
    if opens_alone(stake, order):
        return
    if order.action is Action.SELL and stake.size(order.side) < order.size:
        return
    known = [(other, other.size, other.kind) for other in resting]
    assert reduces_market(stake, known, order, order.size) is by_definition(stake, resting, order)
