from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from agents.stages.bots_holdings import (
    PendingPairs,
    Stakes,
    Underway,
    book_conversion,
    book_fill,
    book_merge,
    forget_pairs,
    holding_of,
    underway,
)
from schemas.ids import MarketId, TokenId
from schemas.pairs import Outcome, PositionsConverted
from schemas.trading import PairsMerged
from schemas.values import Action, Side
from tests.agents.bots.orders import MARKET, order
from tests.agents.stages.order_story import Story
from tests.agents.tape import ACCOUNT, BOT_5, START, Tape


def trade(stakes: Stakes, side: Side, action: Action, price: str, size: str) -> None:
    of = order(side, action, price, size, bundle_id="b")
    book_fill(stakes, Story(of).fill(size, size))


def merged(pairs: str) -> PairsMerged:
    return PairsMerged(
        **Tape().head(),
        bot_id=BOT_5,
        account_id=ACCOUNT,
        market_id=MARKET.market_id,
        venue_event_id=MARKET.venue_event_id,
        pairs=Decimal(pairs),
        gas=Decimal("0.01"),
    )


def test_costs_are_averages() -> None:
    stakes: Stakes = {}
    trade(stakes, Side.YES, Action.BUY, "0.40", "100")
    trade(stakes, Side.YES, Action.BUY, "0.50", "100")
    trade(stakes, Side.YES, Action.SELL, "0.60", "50")
    holding = holding_of(stakes, BOT_5, MARKET.market_id)
    assert holding.yes == 150
    assert holding.yes_cost == Decimal("67.5")
    assert holding.net == 150
    assert holding.exposure == Decimal("67.5")
    assert holding.bundle_id == "b"


def test_a_merge_takes_both_tokens_at_cost_and_ends_what_was_under_way() -> None:
    stakes: Stakes = {}
    trade(stakes, Side.YES, Action.BUY, "0.40", "100")
    trade(stakes, Side.NO, Action.BUY, "0.55", "60")
    merges: Underway = {
        "m": PendingPairs(
            bot_id=BOT_5, market_id=MARKET.market_id, pairs=Decimal(60), asked_at=START
        )
    }
    assert underway(merges, BOT_5, MARKET.market_id) == 60
    book_merge(stakes, merges, merged("60"))
    holding = holding_of(stakes, BOT_5, MARKET.market_id)
    assert (holding.yes, holding.yes_cost) == (Decimal(40), Decimal(16))
    assert holding.no == holding.no_cost == 0
    assert merges == {}


def test_a_conversion_moves_what_the_no_tokens_cost_to_the_yes_tokens() -> None:
    stakes: Stakes = {}
    trade(stakes, Side.NO, Action.BUY, "0.55", "60")
    others = [MarketId("other"), MarketId("third"), MarketId("gone")]
    conversions: Underway = {
        "c": PendingPairs(
            bot_id=BOT_5,
            market_id=MARKET.market_id,
            pairs=Decimal(40),
            asked_at=START,
            gives=(MARKET.market_id,),
        )
    }
    assert underway(conversions, BOT_5, MARKET.market_id) == 40
    done = PositionsConverted(
        **Tape().head(),
        bot_id=BOT_5,
        account_id=ACCOUNT,
        market_id=MARKET.market_id,
        venue_event_id=MARKET.venue_event_id,
        gives=(MARKET.market_id,),
        gets=tuple(Outcome(each, TokenId(f"{each}-yes")) for each in others),
        size=Decimal(40),
        intent_id="c",
        gas=Decimal("0.01"),
    )
    book_conversion(stakes, conversions, done, {MarketId("gone")})
    left = holding_of(stakes, BOT_5, MARKET.market_id)
    assert (left.no, left.no_cost) == (Decimal(20), Decimal(11))
    for market_id in others[:2]:
        holding = holding_of(stakes, BOT_5, market_id)
        assert (holding.yes, holding.yes_cost) == (Decimal(40), Decimal(11))
    assert MarketId("gone") not in stakes[BOT_5]
    assert conversions == {}


def test_a_merge_without_an_answer_is_forgotten() -> None:
    def pending(approved: bool) -> PendingPairs:
        return PendingPairs(
            bot_id=BOT_5,
            market_id=MARKET.market_id,
            pairs=Decimal(1),
            asked_at=START,
            approved=approved,
        )

    merges: Underway = {"asked": pending(False), "approved": pending(True)}
    forget_pairs(merges, START + 5_000)
    assert set(merges) == {"asked", "approved"}
    forget_pairs(merges, START + 5_001)
    assert set(merges) == {"approved"}
    forget_pairs(merges, START + 120_001)
    assert merges == {}


TRADES = st.tuples(
    st.sampled_from(list(Side)),
    st.sampled_from(list(Action)),
    st.integers(1, 99).map(lambda cents: str(Decimal(cents) / 100)),
    st.integers(1, 500).map(lambda lots: str(Decimal(lots) / 100)),
)


@given(st.lists(TRADES, max_size=30))
def test_nothing_is_ever_negative_and_nothing_held_costs_nothing(
    trades: list[tuple[Side, Action, str, str]],
) -> None:
    stakes: Stakes = {}
    for side, action, price, size in trades:
        trade(stakes, side, action, price, size)
        holding = holding_of(stakes, BOT_5, MARKET.market_id)
        for held, cost in ((holding.yes, holding.yes_cost), (holding.no, holding.no_cost)):
            assert held >= 0
            assert cost >= 0
            assert held or not cost
            assert cost <= held
