"""What the gate tells bots and screens, where, and how often."""

from decimal import Decimal

import pytest

from agents.stages.base import Emit
from schemas.control import Verb
from schemas.ids import MarketId
from schemas.pairs import ConvertDenied, SplitDenied
from schemas.reasons import DenialCode
from schemas.risk import BreakerKind, BreakerState, RiskState
from schemas.trading import (
    AccountView,
    CancelOrder,
    IntentApproved,
    MergeApproved,
    MergeDenied,
)
from schemas.values import BotState, Money
from tests.agents.stages.gate_driver import RULES, Gate, approved, denied, of_type, shipped_rules
from tests.streams.account_messages import (
    ACCOUNT,
    BOT_1,
    BOT_5,
    BUY,
    MARKET,
    NO,
    REDUCE,
    SELL,
    YES,
    an_order,
    event_of,
)
from topics.catalog import DECIDE_INPUTS, DECISIONS, RISK_STATES
from topics.partition import shard_of


def views(emits: list[Emit]) -> list[AccountView]:
    return of_type(emits, AccountView, DECIDE_INPUTS)


def quotes(gate: Gate, size: str = "50") -> list[Emit]:
    return gate.bundle(an_order(YES, BUY, "0.45", size), an_order(NO, BUY, "0.53", size))


def test_verdicts_go_on_record_and_to_the_shard_of_the_venue_event() -> None:
    gate = Gate(shards=7)
    emits = quotes(gate)
    found = [(e.topic, e.key) for e in emits if isinstance(e.message, IntentApproved)]
    shard = str(shard_of(event_of(MARKET), 7))
    assert found == [(DECISIONS, ACCOUNT), (DECIDE_INPUTS, shard)]


def test_views_reach_every_shard_on_change_but_not_more_than_once_a_second() -> None:
    gate = Gate(shards=3)
    gate.feed(gate.stream.tick(1000))
    assert [view.bot_id for view in views(quotes(gate))] == [BOT_5] * 3
    gate.feed(gate.stream.canceled(1500, next(gate.stage._account.orders.all()).order))
    assert views(gate.feed(gate.stream.tick(1999))) == []
    emits = gate.feed(gate.stream.tick(2000))
    keys = [e.key for e in emits if isinstance(e.message, AccountView)]
    assert keys == ["0", "1", "2"]
    view = views(emits)[0]
    assert (view.bot_id, view.state, view.may_open) == (BOT_5, BotState.ACTIVE, True)
    assert view.equity == 10000
    assert view.free_cash == 10000 - Decimal("26.5")
    assert view.sizing_lambda == Decimal("0.25")  # half of λ_max without advice (D.9)


def test_views_are_repeated_every_five_seconds_so_that_they_never_go_stale() -> None:
    gate = Gate()
    sent = []
    for second in range(1, 21):
        sent += [second for _ in views(gate.feed(gate.stream.tick(second * 1000)))]
    assert sent == [5, 5, 10, 10, 15, 15, 20, 20]


def test_a_change_of_state_is_told_at_once() -> None:
    gate = Gate()
    gate.feed(gate.stream.tick(1000))
    emits = gate.feed(gate.stream.command(1001, Verb.HALT))
    assert [(view.bot_id, view.may_open) for view in views(emits)] == [
        (BOT_1, False),
        (BOT_5, False),
    ]


def test_marks_reach_the_views_of_the_holders_only() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.40", "100"))
    gate.feed(gate.stream.tick(10_000))
    emits = gate.feed(gate.stream.mark(11_000, "0.45", "0.53"))
    assert [(view.bot_id, view.equity) for view in views(emits)] == [(BOT_5, Decimal(10005))]


def test_breakers_and_risk_state_are_told_on_change_once_a_second_under_their_own_keys() -> None:
    gate = Gate()
    emits = gate.feed(gate.stream.tick(1000))
    keys = [e.key for e in emits if isinstance(e.message, BreakerState)]
    assert keys == []
    gate.hold(an_order(YES, BUY, "0.40", "1000"))
    gate.feed(gate.stream.mark(1100, "0.30", "0.69"))
    emits = gate.feed(gate.stream.tick(2000))
    told = [e for e in emits if e.topic is RISK_STATES]
    breakers = [e.message for e in told if isinstance(e.message, BreakerState)]
    assert [(b.scope, b.kind, b.value) for b in breakers] == [
        ("portfolio", BreakerKind.PORTFOLIO_DRAWDOWN, Decimal("0.005000")),
        ("portfolio", BreakerKind.DAILY_LOSS, Decimal("0.005000")),
        ("bot_05", BreakerKind.BOT_DRAWDOWN, Decimal("0.010000")),
    ]
    states = [e for e in told if isinstance(e.message, RiskState)]
    assert [e.key for e in states] == [ACCOUNT]
    keys = [e.key for e in told]
    assert len(keys) == len(set(keys))
    assert gate.feed(gate.stream.tick(3000)) == []


def test_every_message_has_an_id_of_its_own() -> None:
    gate = Gate(shards=2)
    quotes(gate)
    gate.feed(gate.stream.mark(10, "0.30", "0.69"), gate.stream.tick(6000))
    gate.feed(gate.stream.command(6001, Verb.EMERGENCY_HALT))
    ids: dict[str, object] = {}
    for emit in gate.said:
        known = ids.setdefault(emit.message.event_id, emit.message)
        assert known == emit.message


def test_cancels_go_to_execution_and_on_record() -> None:
    gate = Gate()
    quotes(gate)
    emits = gate.feed(gate.stream.command(gate.at, Verb.STOP, BOT_5))
    assert len(of_type(emits, CancelOrder, DECIDE_INPUTS)) == 2
    assert len(of_type(emits, CancelOrder, DECISIONS)) == 2


def test_a_merge_takes_free_pairs_once() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.45", "100"))
    gate.hold(an_order(NO, BUY, "0.50", "60"))
    approved(gate.place(an_order(YES, SELL, "0.50", "40", kind=REDUCE)))
    intent = gate.stream.merge(gate.at, "60", BOT_5)
    emits = gate.feed(intent)
    assert len(of_type(emits, MergeApproved)) == 1
    assert len(of_type(emits, MergeApproved, DECIDE_INPUTS)) == 1
    assert gate.feed(intent) == []
    refused = of_type(gate.feed(gate.stream.merge(gate.at, "0.01", BOT_5)), MergeDenied)
    assert [(each.limit, each.value) for each in refused] == [("0", "0.01")]
    assert {each.code for each in refused} == {DenialCode.INSUFFICIENT_BALANCE}
    gate.feed(gate.stream.merged(gate.at, "60", bot=BOT_5))
    assert gate.stage._state.merges == {}


def test_a_resolution_ends_the_wait_for_a_merge() -> None:
    gate = Gate()
    gate.hold(an_order(YES, BUY, "0.45", "100"))
    gate.hold(an_order(NO, BUY, "0.50", "60"))
    gate.feed(gate.stream.merge(gate.at, "60", BOT_5))
    gate.feed(gate.stream.resolved(10, "1"))
    assert gate.stage._state.merges == {}


def test_a_merge_without_pairs_is_denied() -> None:
    gate = Gate()
    (refused,) = of_type(gate.feed(gate.stream.merge(0, "10", BOT_5)), MergeDenied)
    assert (refused.code, refused.limit) == (DenialCode.BAD_SIZE, "above 0")
    gate.hold(an_order(YES, BUY, "0.45", "100"))
    assert of_type(gate.feed(gate.stream.merge(0, "10", BOT_5)), MergeDenied)
    assert of_type(gate.feed(gate.stream.merge(0, "0", BOT_5)), MergeDenied)


def test_a_bot_with_nothing_left_may_not_open() -> None:
    gate = Gate(capital="100")
    gate.hold(an_order(YES, BUY, "0.40", "250"))
    gate.feed(gate.stream.resolved(10, "0"))
    emits = gate.feed(gate.stream.tick(6000))
    assert [view.may_open for view in views(emits) if view.bot_id == BOT_5] == [False]
    assert denied(quotes(gate)).value


def test_rules_come_from_the_shipped_files() -> None:
    assert RULES.rates.reserve == 12
    assert RULES.rates.maker_per_s == 20
    assert RULES.gtd_ahead_ms == 180_000
    assert RULES.rights[BOT_5].mm_side == Decimal("0.02")


@pytest.mark.parametrize("money", [Money.SANDBOX, Money.LIVE])
def test_orders_settle_pairs_with_paper_money_only(money: Money) -> None:
    gate = Gate(rules=shipped_rules(money))
    gate.feed(gate.stream.merge(0, "10", BOT_5))
    gate.feed(gate.stream.split_intent(0, "10", BOT_5))
    gate.feed(gate.stream.convert(0, [MarketId("0xaa")], [], "5"))
    verdicts = of_type(gate.said, MergeDenied, DECISIONS)
    assert [each.code for each in verdicts] == [DenialCode.CHAIN_ONLY]
    splits = of_type(gate.said, SplitDenied, DECISIONS)
    assert [each.code for each in splits] == [DenialCode.CHAIN_ONLY]
    conversions = of_type(gate.said, ConvertDenied, DECISIONS)
    assert [each.code for each in conversions] == [DenialCode.CHAIN_ONLY]
