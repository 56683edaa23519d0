from decimal import Decimal

from agents.stages.base import Emit, Stage
from agents.stages.paper import PaperStage
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.trading import Fill, OrderPlaced, PairsMerged
from schemas.values import Action
from streams.queue_models import RiskAverse
from tests.streams.paper_tape import (
    ASKS,
    BIDS,
    WIDE,
    approve,
    bid,
    cancel,
    listed,
    market,
    merge,
    snapshot,
    tick,
    trade,
)
from topics.catalog import DECIDE_INPUTS, FILLS, GATE_INPUTS, ORDERS
from topics.codec import TopicCodec, encode


def stage() -> PaperStage:
    return PaperStage(3, AccountId("main"), WIDE, RiskAverse())


def feed(it: Stage, *messages: Message) -> list[Emit]:
    return [emit for message in messages for emit in it.apply(message)]


TAPE: list[Message] = [
    listed(0, market()),
    *snapshot(0, BIDS, ASKS),
    approve(0, bid("a", "0.48", 20)),
    merge(10),
    trade(1000, Action.SELL, "0.47", 15),
    cancel(1100, "a"),
    cancel(1101, "nobody"),
    tick(5000),
]


def test_it_is_a_stage_on_the_inputs_of_its_shard() -> None:
    it: Stage = stage()
    assert (it.name, it.reads) == ("paper", DECIDE_INPUTS)


def test_every_report_goes_to_its_topic_and_back_to_bots_gate_and_ledger() -> None:
    emits = feed(stage(), *TAPE)
    assert len(emits) % 3 == 0
    for own, inputs, gate in zip(emits[::3], emits[1::3], emits[2::3], strict=True):
        assert own.message is inputs.message is gate.message
        assert own.topic is (FILLS if isinstance(own.message, Fill | PairsMerged) else ORDERS)
        assert (own.key, inputs.key, gate.key) == ("main", "3", "main")
        assert (inputs.topic, gate.topic) == (DECIDE_INPUTS, GATE_INPUTS)
    assert [type(emit.message).__name__ for emit in emits[::3]] == [
        "OrderPlaced",
        "PairsMerged",
        "Fill",
        "OrderCanceled",
        "CancelRefused",
    ]


def test_what_it_emits_may_stand_on_the_topics_and_survives_them() -> None:
    for emit in feed(stage(), *TAPE):
        codec: TopicCodec[Message] = TopicCodec(emit.topic)
        assert codec.decode(encode(emit.message)) == emit.message


def test_its_own_reports_on_the_log_change_nothing() -> None:
    it = stage()
    emits = feed(it, *TAPE)
    before = it.snapshot()
    assert feed(it, *(emit.message for emit in emits)) == []
    assert it.snapshot() == before


def test_it_goes_on_from_a_snapshot_in_the_middle() -> None:
    undisturbed, expected = stage(), []
    for number, message in enumerate(TAPE):
        expected += feed(undisturbed, message)
        resumed = stage()
        feed(resumed, *TAPE[: number + 1])
        snapshot_there = resumed.snapshot()
        later = stage()
        later.restore(snapshot_there)
        assert later.snapshot() == snapshot_there == undisturbed.snapshot()
        assert feed(later, *TAPE[number + 1 :]) == feed(resumed, *TAPE[number + 1 :])
    assert len(expected) == 15


def test_it_counts_what_a_report_must_say() -> None:
    it = stage()
    emits = feed(it, *TAPE)
    assert (it.counts.placed, it.counts.fills, it.counts.inferred_fills) == (1, 1, 0)
    placed = next(emit.message for emit in emits if isinstance(emit.message, OrderPlaced))
    assert placed.queue_ahead == Decimal(100)
