"""The envelope: times, source and cause of a message that follows from another."""

import msgspec
import pytest

from schemas.envelope import Header, Message, header
from schemas.ids import derive_id
from schemas.ops import ClockTick
from tests.agents.tape import START, Tape


def cause() -> ClockTick:
    return Tape().tick()


def test_it_names_source_and_cause_and_carries_the_folds_time() -> None:
    assert header("gate", cause(), "view", "bot_01", now=START + 5) == {
        "event_id": derive_id("gate", "event-1", "view", "bot_01"),
        "event_time": START + 5,
        "ingest_time": START + 5,
        "source": "gate",
        "causation_id": "event-1",
    }


def test_it_is_what_every_message_carries() -> None:
    head = header("gate", cause(), now=START)
    assert set(head) == set(Message.__struct_fields__) == set(Header.__annotations__)
    assert ClockTick(**head).causation_id == "event-1"


def test_the_time_is_no_part_of_the_id_but_source_cause_and_parts_are() -> None:
    tape = Tape()
    one, other = tape.tick(), tape.tick()
    heads = [
        header("gate", one, "view", now=1),
        header("gate", one, "view", now=2),
        header("book", one, "view", now=1),
        header("gate", other, "view", now=1),
        header("gate", one, "risk", now=1),
    ]
    ids = [head["event_id"] for head in heads]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


def test_messages_are_told_apart_by_their_tag() -> None:
    encoded = msgspec.json.decode(msgspec.json.encode(cause()))
    assert encoded["type"] == "clock-tick"


def test_a_message_is_not_changed_after_it_was_made() -> None:
    message = cause()
    with pytest.raises(AttributeError):
        message.event_time = 0  # type: ignore[misc]
