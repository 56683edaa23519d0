"""D.5: no quote within a tick of the model that does not tighten it scores more rewards."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.values import Action, Side
from streams.rewards import quotes_score

TICK = Decimal("0.01")
SHARES = st.integers(1, 500)


def mid(bid: int, ask: int, rival_bid: int | None, rival_ask: int | None) -> Decimal:
    """Of a book that contains our quotes; other people's below the least size do not count."""
    best_bid = bid if rival_bid is None else max(bid, rival_bid)
    best_ask = ask if rival_ask is None else min(ask, rival_ask)
    return (best_bid + best_ask) * TICK / 2


@given(
    bid=st.integers(21, 78),
    width=st.integers(1, 10),
    rival_bid=st.none() | st.integers(20, 79),
    rival_ask=st.none() | st.integers(21, 80),
    sizes=st.tuples(SHARES, SHARES),
    least=st.integers(0, 200),
    cents=st.integers(1, 40),
    wider=st.sampled_from(((1, 0), (0, 1), (1, 1))),
)
def test_a_wider_quote_never_scores_more(
    bid: int,
    width: int,
    rival_bid: int | None,
    rival_ask: int | None,
    sizes: tuple[int, int],
    least: int,
    cents: int,
    wider: tuple[int, int],
) -> None:
    ask = min(bid + width, 80)
    if rival_bid is not None:
        rival_bid = min(rival_bid, ask - 1)
    if rival_ask is not None:
        rival_ask = max(rival_ask, bid + 1, 0 if rival_bid is None else rival_bid + 1)

    def score(our_bid: int, our_ask: int) -> Decimal:
        bought, sold = map(Decimal, sizes)
        quotes = [
            (Side.YES, Action.BUY, our_bid * TICK, bought),
            (Side.NO, Action.BUY, 1 - our_ask * TICK, sold),
        ]
        seen = mid(our_bid, our_ask, rival_bid, rival_ask)
        return quotes_score(quotes, seen, Decimal(cents), Decimal(least))

    assert score(bid - wider[0], ask + wider[1]) <= score(bid, ask)
