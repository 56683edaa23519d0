from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Cancel, Place, Proposal
from agents.bots.bot_01_legs import Bundle, Step, advance, close, is_over
from agents.bots.bot_01_sizing import LegStatistics, pair_numbers
from agents.bots.leg import Leg
from agents.bots.view import Holding, OwnOrder, View
from configs.bots import RebalancingParameters, load_bot
from configs.rules import load_rules
from schemas.trading import Fill
from schemas.values import Action, BotState, IntentKind, OrderStatus, Side
from tests.agents.bots.orders import MARKET, own_order
from tests.agents.bots.views import Levels, account, view
from tests.agents.tape import ACCOUNT, BOT_1, START, Tape

RULES = load_rules()
NUMBERS = pair_numbers(load_bot(RebalancingParameters, "bot_01_rebalancing.yaml"), None)
ABORT_MS = NUMBERS.abort_ms
BIDS: Levels = {"0.47": 300}
ASKS: Levels = {"0.50": 300}


def bundle() -> Bundle:
    return Bundle(
        bundle_id="b",
        profile="",
        asked_at=START,
        yes=Leg(price=Decimal("0.48")),
        no=Leg(price=Decimal("0.505")),
    )


def leg(side: Side, price: str, filled: Decimal = Decimal(0)) -> OwnOrder:
    return own_order(
        side,
        Action.BUY,
        price,
        "100",
        IntentKind.ARB,
        name=f"leg-{side}",
        bundle_id="b",
        rested_at=START,
        filled=filled,
    )


def fill(side: Side, action: Action, price: str, size: str) -> Fill:
    return Fill(
        **Tape().head(),
        trade_id="t",
        order_id=leg(side, price).order_id,
        bot_id=BOT_1,
        account_id=ACCOUNT,
        venue_event_id=MARKET.venue_event_id,
        market_id=MARKET.market_id,
        token_id=MARKET.token(side),
        side=side,
        action=action,
        kind=IntentKind.ARB,
        price=Decimal(price),
        size=Decimal(size),
        cumulative=Decimal(size),
        fee=Decimal(0),
        status=OrderStatus.FILLED,
        bundle_id="b",
    )


def at(
    seconds: float, *orders: OwnOrder, bids: Levels | None = None, asks: Levels | None = None
) -> View:
    return view(
        BIDS if bids is None else bids,
        ASKS if asks is None else asks,
        of=MARKET,
        now=START + int(seconds * 1000),
        orders=orders,
    )


def step(pair: Bundle, seen: View, dust: str = "0") -> Step:
    seen = holds(pair, seen, dust)
    return advance(pair, seen.orders, seen, NUMBERS, RULES)


def holds(pair: Bundle, seen: View, dust: str = "0") -> View:
    """The view of a bot that holds what the bundle bought, and some NO from before."""
    held = Holding(yes=pair.yes.held, no=pair.no.held + Decimal(dust))
    return msgspec.structs.replace(seen, holding=held)


def canceled(proposals: list[Proposal]) -> list[str]:
    return [each.order_id for each in proposals if isinstance(each, Cancel)]


def placed(proposals: list[Proposal]) -> list[tuple[Side, Action, str, str]]:
    return [
        (p.draft.side, p.draft.action, f"{p.draft.price:.2f}", f"{p.draft.size:.2f}")
        for p in proposals
        if isinstance(p, Place)
    ]


def filled_yes() -> Bundle:
    pair = bundle()
    pair.book(fill(Side.YES, Action.BUY, "0.48", "100"), START, ABORT_MS)
    return pair


def test_d1_4_the_leg_clock() -> None:
    pair, no = filled_yes(), leg(Side.NO, "0.50")
    assert step(pair, at(29.9, no)) == ([], "leg-clock")
    assert canceled(step(pair, at(30, no)).proposals) == ["leg-NO"]
    # The cancel is acknowledged: complete at min(1 − y, best ask − tick) of NO.
    assert placed(step(pair, at(30.2)).proposals) == [(Side.NO, Action.BUY, "0.52", "100.00")]
    narrow = at(30.2, bids={"0.49": 300})
    assert placed(step(pair, narrow).proposals) == [(Side.NO, Action.BUY, "0.50", "100.00")]
    late = own_order(
        Side.NO, Action.BUY, "0.52", "100", IntentKind.REDUCE, "late", "b", rested_at=START + 31_000
    )
    assert step(pair, at(119.9, late)) == ([], "completing-leg")
    assert canceled(step(pair, at(120, late)).proposals) == ["late"]
    assert placed(step(pair, at(120.2)).proposals) == [(Side.YES, Action.SELL, "0.50", "100.00")]


def test_everything_that_completes_or_unwinds_is_a_reduce_of_the_same_bundle() -> None:
    for seconds in (30.0, 120.0):
        for proposal in step(filled_yes(), at(seconds)).proposals:
            assert isinstance(proposal, Place)
            assert proposal.draft.kind is IntentKind.REDUCE
            assert proposal.draft.bundle_id == "b"


def test_a_leg_that_already_stands_at_the_price_keeps_its_queue() -> None:
    assert step(filled_yes(), at(31, leg(Side.NO, "0.52"))).proposals == []


def test_a_partly_filled_heavy_leg_is_cut_to_what_filled() -> None:
    pair = bundle()
    pair.book(fill(Side.YES, Action.BUY, "0.48", "40"), START, ABORT_MS)
    yes, no = leg(Side.YES, "0.48", filled=Decimal(40)), leg(Side.NO, "0.50")
    assert step(pair, at(10, yes, no)).proposals == []
    assert sorted(canceled(step(pair, at(30, yes, no)).proposals)) == ["leg-NO", "leg-YES"]
    assert placed(step(pair, at(30.2)).proposals) == [(Side.NO, Action.BUY, "0.52", "40.00")]


def test_equal_partial_fills_end_at_the_clock() -> None:
    pair = bundle()
    pair.book(fill(Side.YES, Action.BUY, "0.48", "40"), START, ABORT_MS)
    pair.book(fill(Side.NO, Action.BUY, "0.505", "40"), START + 5_000, ABORT_MS)
    live = (leg(Side.YES, "0.48", filled=Decimal(40)), leg(Side.NO, "0.50", filled=Decimal(40)))
    assert len(canceled(step(pair, at(30, *live)).proposals)) == 2
    assert is_over(pair, (), holds(pair, at(31)))


def test_dust_is_left_alone() -> None:
    pair = bundle()
    pair.book(fill(Side.YES, Action.BUY, "0.48", "4.99"), START, ABORT_MS)
    live = (leg(Side.YES, "0.48", filled=Decimal("4.99")), leg(Side.NO, "0.50"))
    assert len(canceled(step(pair, at(30, *live)).proposals)) == 2
    assert step(pair, at(31)).proposals == []
    assert is_over(pair, (), holds(pair, at(31)))


def test_a_lost_light_leg_is_completed_at_once() -> None:
    assert placed(step(filled_yes(), at(3)).proposals) == [(Side.NO, Action.BUY, "0.52", "100.00")]


def test_the_completing_order_follows_the_market_by_two_ticks() -> None:
    pair = filled_yes()
    late = own_order(
        Side.NO, Action.BUY, "0.50", "100", IntentKind.REDUCE, "late", "b", rested_at=START + 31_000
    )
    assert step(pair, at(40, late, bids={"0.48": 300})).proposals == []
    assert canceled(step(pair, at(40, late, bids={"0.46": 300})).proposals) == ["late"]
    assert step(pair, at(31.9, late, bids={"0.46": 300})).proposals == []


@pytest.mark.parametrize(
    ("seconds", "orders", "reason"),
    [
        (29.9, 2, "resting"),
        (30.0, 2, "ttl"),
        (5.0, 1, "other-leg-lost"),
    ],
)
def test_an_untouched_bundle_rests_for_its_time_to_live(
    seconds: float, orders: int, reason: str
) -> None:
    live = (leg(Side.YES, "0.48"), leg(Side.NO, "0.50"))[:orders]
    found = step(bundle(), at(seconds, *live))
    assert found.reason == reason
    assert len(canceled(found.proposals)) == (0 if reason == "resting" else orders)


def test_an_untouched_bundle_goes_when_nothing_may_be_opened() -> None:
    live = (leg(Side.YES, "0.48"), leg(Side.NO, "0.50"))
    paused = view(BIDS, ASKS, orders=live, me=account(state=BotState.PAUSED))
    assert step(bundle(), paused).reason == "bot-may-not-open"
    stale = view(BIDS, ASKS, orders=live, stale="feed-silent")
    assert len(canceled(step(bundle(), stale).proposals)) == 2


def test_a_leg_is_completed_while_the_bot_is_paused_but_never_blind() -> None:
    paused = view(BIDS, ASKS, now=START + 31_000, me=account(state=BotState.PAUSED))
    assert len(placed(step(filled_yes(), paused).proposals)) == 1
    blind = view(BIDS, ASKS, now=START + 31_000, stale="book-not-trusted")
    assert step(filled_yes(), blind).proposals == []


def test_close_counts_completed_and_broken_pairs() -> None:
    statistics = LegStatistics()
    nothing = Decimal(0)
    close(bundle(), statistics, nothing, nothing)
    assert statistics.touched == 0
    pair = filled_yes()
    pair.book(fill(Side.NO, Action.BUY, "0.505", "100"), START, ABORT_MS)
    close(pair, statistics, nothing, nothing)
    assert (statistics.touched, statistics.completed) == (1, 1)
    broken = filled_yes()
    broken.book(fill(Side.YES, Action.SELL, "0.43", "100"), START, ABORT_MS)
    close(broken, statistics, nothing, nothing)
    assert (statistics.touched, statistics.completed) == (2, 1)
    assert statistics.broken_size == 100
    assert statistics.broken_loss == Decimal("5.00")
    close(filled_yes(), statistics, Decimal(100), Decimal(1))
    assert statistics.broken_loss == Decimal("5.00") - 52


def test_dust_from_before_is_counted_in() -> None:
    """Only what is unmatched in the whole holding can be reduced."""
    (place,) = step(filled_yes(), at(31), dust="3.64").proposals
    assert isinstance(place, Place)
    assert place.draft.size == Decimal("96.36")
    small = bundle()
    small.book(fill(Side.YES, Action.BUY, "0.48", "8"), START, ABORT_MS)
    assert step(small, at(31), dust="3.64").proposals == []
    assert is_over(small, (), holds(small, at(31), "3.64"))


# ------------------------------------------------------------------ the mirror case: a pair of asks


def asks() -> Bundle:
    return Bundle(
        bundle_id="b",
        profile="",
        asked_at=START,
        yes=Leg(price=Decimal("0.49")),
        no=Leg(price=Decimal("0.53")),
        sells=True,
    )


def sale(side: Side, price: str, filled: Decimal = Decimal(0)) -> OwnOrder:
    return own_order(
        side,
        Action.SELL,
        price,
        "100",
        IntentKind.ARB,
        name=f"sale-{side}",
        bundle_id="b",
        rested_at=START,
        filled=filled,
    )


def step_sale(pair: Bundle, seen: View) -> Step:
    held = Holding(yes=100 + pair.yes.held, no=100 + pair.no.held)
    seen = msgspec.structs.replace(seen, holding=held)
    return advance(pair, seen.orders, seen, NUMBERS, RULES)


def sold_yes() -> Bundle:
    pair = asks()
    pair.book(fill(Side.YES, Action.SELL, "0.49", "100"), START, ABORT_MS)
    return pair


def test_a_sold_leg_leaves_the_other_at_what_the_pair_still_cost() -> None:
    pair = sold_yes()
    assert (pair.excess, pair.basis, pair.unhedged_cost) == tuple(
        map(Decimal, ("-100", "0.51", "51"))
    )


def test_the_other_ask_rests_until_the_leg_clock_rings() -> None:
    other = sale(Side.NO, "0.53")
    assert step_sale(sold_yes(), at(29, other)) == Step([], "leg-clock")
    proposals, reason = step_sale(sold_yes(), at(30, other))
    # Break-even is 1 - 0.49 = 0.51; the best NO ask is 0.53 and is joined, so the order stays.
    assert (proposals, reason) == ([], "completing-leg")


def test_a_pair_of_asks_is_completed_at_break_even_or_better_and_then_at_any_price() -> None:
    bids: Levels = {"0.50": 300}
    offers: Levels = {"0.52": 300}  # NO: 0.48 / 0.50
    proposals, reason = step_sale(sold_yes(), at(31, bids=bids, asks=offers))
    assert (placed(proposals), reason) == (
        [(Side.NO, Action.SELL, "0.51", "100.00")],
        "completing-leg",
    )
    proposals, reason = step_sale(sold_yes(), at(120, bids=bids, asks=offers))
    assert (placed(proposals), reason) == (
        [(Side.NO, Action.SELL, "0.50", "100.00")],
        "selling-excess",
    )


def test_an_ask_larger_than_the_excess_goes_first() -> None:
    pair = asks()
    pair.book(fill(Side.YES, Action.SELL, "0.49", "40"), START, ABORT_MS)
    orders = (sale(Side.YES, "0.49", Decimal(40)), sale(Side.NO, "0.53"))
    proposals, _ = step_sale(pair, at(30, *orders))
    assert sorted(canceled(proposals)) == ["sale-NO", "sale-YES"]


def test_what_had_to_be_dumped_counts_as_broken() -> None:
    statistics = LegStatistics()
    done = sold_yes()
    done.book(fill(Side.NO, Action.SELL, "0.53", "100"), START + 1_000, ABORT_MS)
    close(done, statistics, Decimal(0), Decimal(0))
    assert (statistics.touched, statistics.completed, statistics.broken_size) == (1, 1, Decimal(0))
    broken = sold_yes()
    broken.book(fill(Side.NO, Action.SELL, "0.47", "100"), START + ABORT_MS, ABORT_MS)
    assert broken.excess == 0
    close(broken, statistics, Decimal(0), Decimal(0))
    assert (statistics.touched, statistics.completed) == (2, 1)
    assert (statistics.broken_size, statistics.broken_loss) == (Decimal(100), Decimal("4.00"))
