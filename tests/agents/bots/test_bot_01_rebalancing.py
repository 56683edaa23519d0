from decimal import Decimal

import pytest

from agents.bots.base import Cancel, Merge, Note, OrderDraft, Place, PlaceBundle, Proposal, Split
from agents.bots.bot_01_legs import Bundle
from agents.bots.bot_01_rebalancing import PairMarket, Rebalancing, RebalancingState
from agents.bots.bot_01_sizing import LegStatistics
from agents.bots.leg import Leg
from agents.bots.view import View
from configs.bots import RebalancingParameters, load_bot
from configs.rules import load_rules
from schemas.ids import MarketId
from schemas.reasons import DenialCode
from schemas.trading import IntentDenied
from schemas.values import Action, BotState, IntentKind, Side
from tests.agents.bots.orders import order, own_order
from tests.agents.bots.views import Levels, account, holding, view
from tests.agents.tape import ACCOUNT, BOT_1, START, Tape, market

BOT = Rebalancing(load_bot(RebalancingParameters, "bot_01_rebalancing.yaml"), load_rules())
DEEP = 90_000.0
WIDE: tuple[Levels, Levels] = ({"0.47": DEEP}, {"0.50": DEEP})


def decide(seen: View, state: RebalancingState | None = None) -> tuple[list[Proposal], str]:
    """What bot 1 proposes, and the reason in its note."""
    state = RebalancingState() if state is None else state
    *proposals, note = BOT.on_event(state, Tape(seen.now).tick(), seen)
    assert isinstance(note, Note)
    return proposals, note.reason


def legs(proposals: list[Proposal]) -> list[tuple[Side, str, str]]:
    drafts: list[OrderDraft] = []
    for proposal in proposals:
        assert isinstance(proposal, PlaceBundle)
        drafts += proposal.drafts
    assert {draft.action for draft in drafts} <= {Action.BUY}
    assert {draft.kind for draft in drafts} <= {IntentKind.ARB}
    return [(draft.side, f"{draft.price:.3f}", f"{draft.size:.2f}") for draft in drafts]


def test_d1_1_both_legs_in_one_batch_at_half_kelly_up_to_five_percent() -> None:
    # Improved by half a cent on both sides of 0.475/0.50: y 0.48, n 0.505, d 0.015.
    seen = view({"0.475": DEEP}, {"0.50": DEEP}, of=market(tick=50))
    proposals, reason = decide(seen)
    assert reason == "drift-locked"
    assert legs(proposals) == [(Side.YES, "0.480", "507.61"), (Side.NO, "0.505", "507.61")]
    (bundle,) = proposals
    assert isinstance(bundle, PlaceBundle)
    assert {draft.bundle_id for draft in bundle.drafts} == {bundle.bundle_id}


def test_it_joins_where_improving_leaves_nothing() -> None:
    assert [price for _, price, _ in legs(decide(view({"0.48": DEEP}, {"0.50": DEEP}))[0])] == [
        "0.480",
        "0.500",
    ]


@pytest.mark.parametrize(
    ("bids", "asks", "tick", "reason"),
    [
        ({"0.49": DEEP}, {"0.494": DEEP}, 10, "drift-below-threshold"),
        ({"0.49": DEEP}, {"0.495": DEEP}, 10, "no-edge-after-leg-risk"),
        ({"0.85": DEEP}, {"0.865": DEEP}, 50, "outside-focus"),
        ({"0.13": DEEP}, {"0.15": DEEP}, 100, "outside-focus"),
        ({"0.48": DEEP}, {"0.50": 9}, 100, "size-below-minimum"),
        ({"0.48": DEEP}, {}, 100, "one-sided-book"),
    ],
)
def test_when_there_is_no_pair(bids: Levels, asks: Levels, tick: int, reason: str) -> None:
    assert decide(view(bids, asks, of=market(tick=tick))) == ([], reason)


def test_a_third_of_the_displayed_size_is_the_most() -> None:
    proposals, _ = decide(view({"0.48": 300}, {"0.50": 240}))
    assert {size for _, _, size in legs(proposals)} == {"80.00"}


def test_free_cash_is_the_most() -> None:
    proposals, _ = decide(view(*WIDE, me=account(free_cash="50")))
    assert sum(Decimal(price) * Decimal(size) for _, price, size in legs(proposals)) <= 50


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (view(*WIDE, stale="feed-silent"), "feed-silent"),
        (view(*WIDE, me=account(state=BotState.PAUSED)), "bot-may-not-open"),
        (view(*WIDE, me=account(at=START - 10_001)), "no-account-view"),
        (view(*WIDE, of=market(resolves_in=300_000)), "near-the-end"),
        (view(*WIDE, of=market(window_s=300)), "window-too-short"),
        (view(*WIDE, of=market(window_s=900), now=START + 29_999), "window-not-open"),
        (view(*WIDE, of=market(window_s=900), now=START + 750_000), "near-the-end"),
    ],
)
def test_when_nothing_may_be_opened(seen: View, reason: str) -> None:
    assert decide(seen) == ([], reason)


def test_d5_in_a_window_both_bids_stand_three_ticks_lower() -> None:
    bids, asks = {"0.49": DEEP, "0.48": DEEP}, {"0.50": DEEP, "0.51": DEEP}
    seen = view(bids, asks, of=market(window_s=900), now=START + 30_000)
    assert legs(decide(seen)[0]) == [(Side.YES, "0.460", "107.52"), (Side.NO, "0.470", "107.52")]


def test_one_percent_of_unmatched_legs_stops_new_bundles_everywhere() -> None:
    for shares, opens in (("200", True), ("200.01", False)):
        half_matched = Bundle(
            bundle_id="b",
            profile="",
            asked_at=START,
            yes=Leg(price=Decimal("0.5"), bought=Decimal(shares), cost=Decimal(shares) / 2),
            no=Leg(price=Decimal("0.48")),
            touched_at=START,
        )
        state = RebalancingState(markets={MarketId("0xother"): PairMarket(bundle=half_matched)})
        proposals, reason = decide(view(*WIDE), state)
        assert bool(proposals) is opens
        assert opens or reason == "unhedged-legs"


def test_measured_leg_risk_decides_after_a_hundred_pairs() -> None:
    bad = LegStatistics(touched=100, completed=40, broken_size=Decimal(100), broken_loss=Decimal(5))
    assert decide(view(*WIDE), RebalancingState(measured={"": bad})) == (
        [],
        "no-edge-after-leg-risk",
    )
    assert decide(view(*WIDE), RebalancingState(measured={"short_horizon": bad}))[0]


def test_pairs_are_merged_when_worth_ten_times_the_gas() -> None:
    assert decide(view(*WIDE, held=holding("0.1", "7")))[0] == [Merge(Decimal("0.1"))]
    assert decide(view(*WIDE, held=holding("0.09", "4")))[1] == "drift-locked"
    assert decide(view(*WIDE, held=holding("5", "7"), merging="5"))[1] == "drift-locked"


def denied(code: DenialCode) -> IntentDenied:
    return IntentDenied(
        **Tape().head(),
        intent_id="i",
        bot_id=BOT_1,
        account_id=ACCOUNT,
        code=code,
        rule="",
        limit="",
        value="",
        order=order(),
    )


def test_a_denied_bundle_rests_and_a_crossing_one_is_priced_anew() -> None:
    for code, again in ((DenialCode.EXPOSURE_MARKET, False), (DenialCode.WOULD_CROSS, True)):
        state = RebalancingState()
        decide(view(*WIDE), state)
        *proposals, note = BOT.on_event(state, denied(code), view(*WIDE))
        assert bool(proposals) is again
        assert isinstance(note, Note)
        assert again or note.reason == "waiting-after-exposure_market"
        assert decide(view(*WIDE, now=START + 5_000), state)[0]


def test_an_emergency_is_the_hosts_business() -> None:
    halted = account(state=BotState.EMERGENCY_HALT)
    seen = view(*WIDE, me=halted, held=holding("50", "30"))
    assert BOT.on_event(RebalancingState(), Tape().tick(), seen) == []


def test_inventory_that_no_bundle_counts_is_completed_or_sold() -> None:
    state = RebalancingState()
    seen = view(*WIDE, held=holding("40", "0", "0.45"))
    proposals, reason = decide(seen, state)
    assert reason == "completing-leg"
    (place,) = proposals
    assert isinstance(place, Place)
    assert (place.draft.side, place.draft.action) == (Side.NO, Action.BUY)
    assert place.draft.kind is IntentKind.REDUCE
    later = view(*WIDE, held=holding("40", "0", "0.45"), now=START + 120_000)
    (place,) = decide(later, state)[0]
    assert isinstance(place, Place)
    assert (place.draft.side, place.draft.action) == (Side.YES, Action.SELL)


def test_an_order_that_no_bundle_counts_is_cancelled() -> None:
    late = own_order(bundle_id="forgotten", name="late", rested_at=START - 1_000)
    assert decide(view(*WIDE, orders=(late,))) == (
        [Cancel(late.order_id, "stray-order")],
        "stray-order",
    )


# ------------------------------------------------------------------ the mirror case: a pair of asks


def mirrored(mirror: str) -> Rebalancing:
    parameters = load_bot(RebalancingParameters, "bot_01_rebalancing.yaml")
    return Rebalancing(parameters.model_copy(update={"mirror": mirror}), load_rules())


def sales(proposals: list[Proposal]) -> list[tuple[Side, Action, str, str]]:
    return [
        (draft.side, draft.action, f"{draft.price:.3f}", f"{draft.size:.2f}")
        for proposal in proposals
        if isinstance(proposal, PlaceBundle)
        for draft in proposal.drafts
    ]


def act(bot: Rebalancing, seen: View) -> tuple[list[Proposal], str]:
    *proposals, note = bot.on_event(RebalancingState(), Tape(seen.now).tick(), seen)
    assert isinstance(note, Note)
    return proposals, note.decision


def test_pairs_that_are_held_are_offered_for_more_than_a_dollar() -> None:
    # The asks that mirror y 0.48 and n 0.505: YES at 0.495, NO at 0.52, 1.015 a pair.
    seen = view({"0.475": DEEP}, {"0.50": DEEP}, of=market(tick=50), held=holding("100", "100"))
    proposals, decision = act(mirrored("inventory"), seen)
    assert decision == "sell-pairs"
    assert sales(proposals) == [
        (Side.YES, Action.SELL, "0.495", "100.00"),
        (Side.NO, Action.SELL, "0.520", "100.00"),
    ]


def test_pairs_are_merged_where_selling_does_not_pay_or_is_off() -> None:
    tight = view({"0.49": DEEP}, {"0.494": DEEP}, of=market(tick=10), held=holding("100", "100"))
    wide = view({"0.475": DEEP}, {"0.50": DEEP}, of=market(tick=50), held=holding("100", "100"))
    assert act(mirrored("inventory"), tight) == ([Merge(Decimal(100))], "merge")
    assert act(mirrored("off"), wide) == ([Merge(Decimal(100))], "merge")


def test_dollars_are_split_for_a_pair_of_asks_where_that_is_wanted() -> None:
    seen = view({"0.475": DEEP}, {"0.50": DEEP}, of=market(tick=50))
    bot, state = mirrored("split"), RebalancingState()
    *proposals, note = bot.on_event(state, Tape(seen.now).tick(), seen)
    assert isinstance(note, Note)
    assert (proposals, note.decision) == ([Split(Decimal("507.61"))], "split")
    *proposals, note = bot.on_event(state, Tape(seen.now).tick(), seen)
    assert isinstance(note, Note)
    assert (proposals, note.reason) == ([], "pairs-on-their-way")


def test_only_what_the_cash_and_the_gas_allow_is_split() -> None:
    seen = view({"0.475": DEEP}, {"0.50": DEEP}, of=market(tick=50), me=account(free_cash="40"))
    assert act(mirrored("split"), seen)[0] == [Split(Decimal("39.99"))]
    poor = view({"0.475": DEEP}, {"0.50": DEEP}, of=market(tick=50), me=account(free_cash="9.9"))
    assert act(mirrored("split"), poor) == ([], "none")
