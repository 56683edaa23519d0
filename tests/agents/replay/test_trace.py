"""From a fill back to what the bot saw, on the log alone."""

from collections.abc import Iterator

import pytest

from agents.replay.log import HeldLog
from agents.replay.trace import Trace, trace
from api.cli.examine import trace_lines
from schemas.envelope import Message
from schemas.market import BookDelta, BookSnapshot
from schemas.trading import (
    BundleIntent,
    Fill,
    IntentApproved,
    OrderPlaced,
    PlaceIntent,
    Signal,
)
from streams.book import Book
from tests.api.recorded_run import run
from topics.catalog import DECIDE_INPUTS, DECISIONS, FILLS, ORDERS, SIGNALS, TopicSpec
from topics.codec import TopicCodec, decode_frame

Kind = type[Message]


def messages(topic: TopicSpec) -> Iterator[Message]:
    codec: TopicCodec[Message] = TopicCodec(topic)
    for row in run()[topic.name, 0]:
        yield from map(codec.decode, decode_frame(row.value).messages)


def by_role(found: Trace) -> dict[str, Message]:
    return {step.role: step.found.message for step in reversed(found.steps) if step.found}


@pytest.fixture(scope="module")
def log() -> HeldLog:
    return HeldLog(run())


@pytest.fixture(scope="module")
def fill() -> Fill:
    return next(each for each in messages(FILLS) if isinstance(each, Fill))


def test_a_fill_leads_back_to_the_book_it_was_decided_on(log: HeldLog, fill: Fill) -> None:
    found = trace(log, fill.trade_id)
    roles = by_role(found)
    assert roles["fill"] == fill
    order, verdict, intent = roles["order"], roles["verdict"], roles["intent"]
    assert isinstance(order, OrderPlaced)
    assert isinstance(verdict, IntentApproved)
    assert isinstance(intent, PlaceIntent | BundleIntent)
    assert order.order_id == fill.order_id
    assert verdict.intent_id == intent.event_id
    signal, seen = roles["signal"], roles["decided on"]
    assert isinstance(signal, Signal)
    assert signal.causation_id == intent.causation_id == seen.event_id
    assert roles["filled by"].event_id == fill.causation_id
    assert all(step.found is not None for step in found.steps)


def test_the_book_is_the_one_of_that_offset(log: HeldLog, fill: Fill) -> None:
    found = trace(log, fill.event_id)
    cause = next(step.found for step in found.steps if step.role == "decided on")
    assert cause is not None
    expected, codec = Book(), TopicCodec[Message](DECIDE_INPUTS)
    for row in run()[DECIDE_INPUTS.name, 0][: cause.offset + 1]:
        for each in map(codec.decode, decode_frame(row.value).messages):
            if isinstance(each, BookSnapshot) and each.market_id == fill.market_id:
                expected.apply_snapshot(each)
            elif isinstance(each, BookDelta) and each.market_id == fill.market_id:
                expected.apply_delta(each)
    assert found.book is not None
    assert [found.book.touch(leg) for leg in (0, 1)] == [expected.touch(leg) for leg in (0, 1)]
    later = Book()
    for message in messages(DECIDE_INPUTS):
        if isinstance(message, BookSnapshot) and message.market_id == fill.market_id:
            later.apply_snapshot(message)
        elif isinstance(message, BookDelta) and message.market_id == fill.market_id:
            later.apply_delta(message)
    sides = [(leg, side) for leg in (0, 1) for side in (0, 1)]
    assert [found.book.levels(*each, 50) for each in sides] != [
        later.levels(*each, 50) for each in sides
    ]


@pytest.mark.parametrize(
    ("topic", "kind"), [(ORDERS, OrderPlaced), (DECISIONS, IntentApproved), (SIGNALS, Signal)]
)
def test_every_step_can_be_the_first(log: HeldLog, topic: TopicSpec, kind: Kind) -> None:
    message = next(each for each in messages(topic) if isinstance(each, kind))
    found = trace(log, message.event_id)
    assert found.steps[0].found is not None
    assert found.steps[0].found.message == message
    assert len(found.steps) > 1


def test_what_a_log_lost_is_named_as_missing(fill: Fill) -> None:
    without = HeldLog({key: rows for key, rows in run().items() if key[0] != SIGNALS.name})
    found = trace(without, fill.trade_id)
    assert [step.role for step in found.steps if step.found is None] == ["signal"]
    assert "signal: not on this log" in trace_lines(found)


def test_an_unknown_id_has_no_trace(log: HeldLog) -> None:
    assert trace(log, "nobody") == ((), None)


def test_a_trace_can_be_read(log: HeldLog, fill: Fill) -> None:
    text = "\n".join(trace_lines(trace(log, fill.trade_id)))
    assert f"fill: Fill {fill.event_id}" in text
    assert "the book at that offset:" in text
    assert "YES bids: 0." in text
