from decimal import Decimal

import msgspec
import pytest

from agents.bots.base import Cancel, Merge, Note, OrderDraft, Place, PlaceBundle, Proposal, Replace
from agents.bots.bot_05_market import MakerMarket
from agents.bots.bot_05_market_maker import MarketMaker, MarketMakerState
from agents.bots.view import Holding, OwnOrder, View
from configs.bots import MarketMakerParameters, load_bot
from configs.rules import load_rules
from schemas.market import Market
from schemas.values import Action, BotState, IntentKind, Side
from streams.toxicity import ToxicityState
from streams.volatility import VolatilityState
from tests.agents.bots.orders import own_order
from tests.agents.bots.views import Levels, account, holding, view
from tests.agents.tape import START, Tape, market

MAKER = MarketMaker(load_bot(MarketMakerParameters, "bot_05_market_maker.yaml"), load_rules())
MINUTE = 60_000
BIDS: Levels = {"0.49": 100}
ASKS: Levels = {"0.51": 100}
SOON = market(clears_at=START + 300_000)


def calm(where: Market, sigma: float = 0.10) -> MarketMakerState:
    """A state that has seen enough of a market to quote it."""
    memory = MakerMarket(series=where.series, volatility=VolatilityState(0.0, START, sigma * sigma))
    return MarketMakerState(markets={where.market_id: memory})


def decide(
    seen: View, state: MarketMakerState | None = None
) -> tuple[list[Proposal], str, MarketMakerState]:
    """What bot 5 proposes, the reason in its note, and its state."""
    state = calm(seen.market) if state is None else state
    tape = Tape(seen.now)
    *proposals, note = MAKER.on_event(state, tape.tick(), seen)
    assert isinstance(note, Note)
    return proposals, note.reason, state


def drafts(proposals: list[Proposal]) -> list[OrderDraft]:
    found: list[OrderDraft] = []
    for proposal in proposals:
        match proposal:
            case Place(draft) | Replace(_, draft):
                found.append(draft)
            case PlaceBundle(_, several):
                found += several
            case _:
                pass
    return found


def yes_prices(proposals: list[Proposal]) -> list[str]:
    return [f"{d.price if d.side is Side.YES else 1 - d.price:.2f}" for d in drafts(proposals)]


def cancels(proposals: list[Proposal]) -> list[str]:
    return [each.order_id for each in proposals if isinstance(each, Cancel)]


def quotes(bid: str = "0.49", ask: str = "0.51", at: int = START) -> tuple[OwnOrder, OwnOrder]:
    return (
        own_order(Side.YES, Action.BUY, bid, name="bid", rested_at=at),
        own_order(Side.NO, Action.BUY, str(1 - Decimal(ask)), name="ask", rested_at=at),
    )


@pytest.mark.parametrize(
    ("lots", "prices"),
    [(0, ["0.49", "0.51"]), (4, ["0.48", "0.51"]), (-4, ["0.49", "0.52"])],
)
def test_e_inventory_shifts_both_quotes_and_mirrors(lots: int, prices: list[str]) -> None:
    shares = str(abs(lots) * 200)  # a lot is 100 dollars at a mid of 0.50
    held = holding(yes=shares) if lots > 0 else holding(no=shares)
    wide = view({"0.40": 100}, {"0.60": 100}, held=held)
    proposals, reason, _ = decide(wide)
    assert reason == "quoting"
    assert yes_prices(proposals) == prices


def test_the_first_quotes_go_out_as_one_batch() -> None:
    proposals, _, _ = decide(view(BIDS, ASKS))
    (bundle,) = proposals
    assert isinstance(bundle, PlaceBundle)
    assert [draft.kind for draft in bundle.drafts] == [IntentKind.MM, IntentKind.MM]
    assert [draft.bundle_id for draft in bundle.drafts] == ["", ""]


def test_quotes_on_target_are_left_alone() -> None:
    proposals, reason, _ = decide(view(BIDS, ASKS, now=START + 5_000, orders=quotes()))
    assert (proposals, reason) == ([], "quoting")


@pytest.mark.parametrize(("age_ms", "count"), [(400, 0), (1100, 2)])
def test_d_a_move_of_one_tick_waits_for_the_least_rest(age_ms: int, count: int) -> None:
    moved = view({"0.50": 100}, {"0.52": 100}, now=START + age_ms, orders=quotes())
    proposals, _, _ = decide(moved)
    assert [type(each) for each in proposals] == [Replace] * count
    if count:
        assert yes_prices(proposals) == ["0.50", "0.52"]


def test_a_quote_is_refreshed_after_its_time_to_live() -> None:
    assert decide(view(BIDS, ASKS, now=START + 29_999, orders=quotes()))[0] == []
    proposals, _, _ = decide(view(BIDS, ASKS, now=START + 30_000, orders=quotes()))
    assert yes_prices(proposals) == ["0.49", "0.51"]


def test_a_quote_waits_until_the_old_one_on_the_other_side_is_gone() -> None:
    up = view({"0.53": 100}, {"0.55": 100}, now=START + 2_000, orders=quotes())
    proposals, _, _ = decide(up)
    assert [(type(p), getattr(p, "order_id", "")) for p in proposals] == [(Replace, "ask")]
    assert yes_prices(proposals) == ["0.55"]


def test_what_cannot_be_replaced_and_stands_too_bold_is_cancelled() -> None:
    state = calm(market())
    memory = state.markets[market().market_id]
    memory.bid.until = memory.ask.until = START + 60_000
    down = view({"0.46": 100}, {"0.48": 100}, now=START + 2_000, orders=quotes())
    proposals, _, _ = decide(down, state)
    assert cancels(proposals) == ["bid"]
    assert len(proposals) == 1


def test_b_toxic_flow_leaves_no_order_for_a_minute() -> None:
    where, full = market(), ToxicityState(full=((925, 75),))
    state = calm(where)
    memory = state.markets[where.market_id]
    memory.toxicity = full  # 0.85
    proposals, reason, _ = decide(view(BIDS, ASKS, orders=quotes(), now=START + 1), state)
    assert sorted(cancels(proposals)) == ["ask", "bid"]
    assert reason == "toxic-flow"
    memory.toxicity = ToxicityState(full=((50, 50),))
    assert decide(view(BIDS, ASKS, now=START + MINUTE), state)[:2] == ([], "toxic-flow")
    assert decide(view(BIDS, ASKS, now=START + MINUTE + 1), state)[1] == "quoting"


def test_unknown_toxicity_halves_the_size() -> None:
    state = calm(market())
    known = calm(market())
    known.markets[market().market_id].toxicity = ToxicityState(full=((50, 50),))
    half, whole = decide(view(BIDS, ASKS), state)[0], decide(view(BIDS, ASKS), known)[0]
    assert [draft.size for draft in drafts(half)] == [Decimal("102.04")] * 2
    assert [draft.size for draft in drafts(whole)] == [Decimal("204.08")] * 2


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (view(BIDS, ASKS, stale="feed-silent", orders=quotes()), "feed-silent"),
        (view(BIDS, {}, orders=quotes()), "one-sided-book"),
        (view({"0.51": 9}, {"0.51": 9}, orders=quotes()), "spread-below-tick"),
        (view({"0.17": 9}, {"0.20": 9}, orders=quotes("0.17", "0.20")), "mid-outside-focus"),
        (view({"0.80": 9}, {"0.83": 9}, orders=quotes("0.80", "0.83")), "mid-outside-focus"),
        (
            view(BIDS, ASKS, of=market(clears_at=START + 300_000), orders=quotes()),
            "scheduled-event",
        ),
        (view(BIDS, ASKS, of=market(clears_at=START - 1), orders=quotes()), "scheduled-event"),
        (view(BIDS, ASKS, of=market(resolves_in=3_600_000), orders=quotes()), "near-the-end"),
        (view(BIDS, ASKS, of=market(resolves_in=60_000), orders=quotes()), "held-to-resolution"),
        (view(BIDS, ASKS, me=account(state=BotState.PAUSED), orders=quotes()), "bot-may-not-open"),
        (view(BIDS, ASKS, me=account(at=START - 10_001), orders=quotes()), "no-account-view"),
        (view(BIDS, ASKS, of=market(window_s=300), orders=quotes()), "held-to-resolution"),
    ],
)
def test_when_in_doubt_both_quotes_are_pulled(seen: View, reason: str) -> None:
    if seen.market.window_start_at is not None:
        seen = msgspec.structs.replace(seen, now=START + 250_000)
    proposals, found, _ = decide(seen)
    assert found == reason
    assert sorted(cancels(proposals)) == ["ask", "bid"]
    assert drafts(proposals) == []


@pytest.mark.parametrize(("left", "reason"), [(3_600_001, "quoting"), (None, "quoting")])
def test_a_long_way_from_the_end_it_quotes(left: int | None, reason: str) -> None:
    assert decide(view(BIDS, ASKS, of=market(resolves_in=left)))[1] == reason


def test_a_model_that_wants_more_than_it_may_pulls() -> None:
    where = market()
    seen = view(BIDS, ASKS, of=where, orders=quotes())
    proposals, reason, _ = decide(seen, calm(where, sigma=0.50))
    assert reason == "model-wants-wider"
    assert sorted(cancels(proposals)) == ["ask", "bid"]


def test_without_a_volatility_it_waits() -> None:
    seen = view(BIDS, ASKS)
    assert decide(seen, MarketMakerState())[:2] == ([], "no-volatility-yet")


@pytest.mark.parametrize(
    ("held", "merges"),
    [(holding("20", "20"), True), (holding("19.99", "90"), False), (holding("50", "30"), True)],
)
def test_pairs_are_merged_from_twenty_on(held: Holding, merges: bool) -> None:
    proposals, _, _ = decide(view(BIDS, ASKS, held=held))
    assert any(isinstance(each, Merge) for each in proposals) is merges


def test_pairs_on_their_way_are_not_merged_again() -> None:
    seen = view(BIDS, ASKS, held=holding("50", "30"), merging="30")
    assert not any(isinstance(each, Merge) for each in decide(seen)[0])


def test_near_the_end_the_position_is_offered_at_the_best_ask() -> None:
    where = market(resolves_in=3_000_000)
    seen = view(BIDS, ASKS, of=where, held=holding(yes="40"))
    proposals, reason, _ = decide(seen)
    (draft,) = drafts(proposals)
    assert reason == "near-the-end"
    assert (draft.side, draft.action, draft.kind) == (Side.YES, Action.SELL, IntentKind.REDUCE)
    assert (f"{draft.price:.2f}", f"{draft.size:.2f}") == ("0.51", "40.00")


def test_first_the_quotes_go_then_the_exit_comes() -> None:
    where = market(resolves_in=3_000_000)
    seen = view(BIDS, ASKS, of=where, held=holding(no="40"), orders=quotes())
    proposals, _, _ = decide(seen)
    assert sorted(cancels(proposals)) == ["ask", "bid"]
    assert drafts(proposals) == []


def test_dust_is_held() -> None:
    where = market(resolves_in=3_000_000)
    assert decide(view(BIDS, ASKS, of=where, held=holding(yes="4.99")))[0] == []


def test_a_stopped_market_is_left_passively() -> None:
    where = market()
    state = calm(where)
    state.markets[where.market_id].stopped_until = START + 1
    proposals, reason, _ = decide(view(BIDS, ASKS, held=holding(yes="40")), state)
    assert reason == "markouts-not-positive"
    assert len(drafts(proposals)) == 1


def test_the_order_budget_is_twenty_a_second_and_thirty_at_once() -> None:
    state, sent = MarketMakerState(), 0
    for number in range(40):
        where = market(f"m{number}")
        state.markets |= calm(where).markets
        sent += len(drafts(decide(view(BIDS, ASKS, of=where), state)[0]))
    assert sent == 30
    later = market("later")
    state.markets |= calm(later).markets
    assert decide(view(BIDS, ASKS, of=later, now=START + 99), state)[0] == []
    assert len(drafts(decide(view(BIDS, ASKS, of=later, now=START + 100), state)[0])) == 2


def test_an_emergency_is_the_hosts_business() -> None:
    halted = account(state=BotState.EMERGENCY_HALT)
    seen = view(BIDS, ASKS, held=holding("50", "30"), me=halted, orders=quotes())
    assert MAKER.on_event(calm(seen.market), Tape().tick(), seen) == []


def test_d28_a_stale_reference_price_pulls_the_quotes() -> None:
    seen = view({"0.49": 300}, {"0.51": 300}, of=market(window_s=900), now=START + 60_000)
    stale = msgspec.structs.replace(seen, reference_stale=True)
    assert decide(stale)[:2] == ([], "reference-stale")
    assert decide(seen)[1] != "reference-stale"
