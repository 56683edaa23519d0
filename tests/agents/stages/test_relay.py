"""Relays: a source topic, unchanged and in order, into the logs of its readers."""

import pytest

from agents.stages.base import Emit, Stage
from agents.stages.relay import Relay, relays
from schemas.envelope import Message
from tests.agents.tape import ACCOUNT, Tape, market
from topics.catalog import (
    ATTENTION,
    BOOK_EVENTS,
    DECIDE_INPUTS,
    ESTIMATES,
    GAME_STATES,
    GATE_INPUTS,
    LIFECYCLE,
    NEWS_ITEMS,
    WALLET_TRADES,
)
from topics.codec import TopicCodec, encode

WHERE = market()


def feed(stage: Stage, *messages: Message) -> list[Emit]:
    return [emit for message in messages for emit in stage.apply(message)]


def test_books_and_trades_go_into_the_shards_log_only() -> None:
    tape = Tape()
    said = [*tape.book(WHERE, {"0.49": 9}, {"0.51": 9}), tape.feed()]
    emits = feed(Relay("relay-books", BOOK_EVENTS, 3), *said)
    assert emits == [Emit(DECIDE_INPUTS, "3", message) for message in said]


def test_lifecycle_goes_to_the_accounts_gate_too_and_stays_the_same_message() -> None:
    listed = Tape().listed(WHERE)
    emits = feed(Relay("relay-lifecycle", LIFECYCLE, 0, ACCOUNT), listed)
    assert emits == [Emit(DECIDE_INPUTS, "0", listed), Emit(GATE_INPUTS, ACCOUNT, listed)]
    assert all(emit.message is listed for emit in emits)


def test_a_shard_has_one_relay_for_each_of_its_source_topics() -> None:
    books, lifecycle, *outside = relays(2, ACCOUNT)
    assert (books.name, books.reads) == ("relay-books", BOOK_EVENTS)
    assert (lifecycle.name, lifecycle.reads) == ("relay-lifecycle", LIFECYCLE)
    tape = Tape()
    assert [emit.topic for emit in books.apply(tape.tick())] == [DECIDE_INPUTS]
    assert [emit.key for emit in lifecycle.apply(tape.listed(WHERE))] == ["2", ACCOUNT]
    assert {stage.reads for stage in outside} == {
        NEWS_ITEMS,
        GAME_STATES,
        WALLET_TRADES,
        ATTENTION,
        ESTIMATES,
    }
    for stage in outside:
        assert set(stage.reads.messages) <= set(DECIDE_INPUTS.messages)
        assert [emit.topic for emit in stage.apply(tape.tick())] == [DECIDE_INPUTS]


def test_what_it_forwards_may_stand_on_the_topics() -> None:
    tape = Tape()
    said = [tape.listed(WHERE), tape.resolved(WHERE, "1")]
    for emit in feed(Relay("relay-lifecycle", LIFECYCLE, 0, ACCOUNT), *said):
        codec: TopicCodec[Message] = TopicCodec(emit.topic)
        assert codec.decode(encode(emit.message)) == emit.message


@pytest.mark.parametrize("stage", relays(0, ACCOUNT), ids=lambda stage: stage.name)
def test_a_restored_relay_goes_on(stage: Relay) -> None:
    tape = Tape()
    stage.apply(tape.tick())
    stage.restore(stage.snapshot())
    tick = tape.tick()
    assert stage.apply(tick)[0].message is tick
