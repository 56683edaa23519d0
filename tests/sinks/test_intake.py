import msgspec
import pytest

from sinks.intake import SINK_TOPICS, Entry, Intake, Refused
from sinks.row_types import SnapshotRow
from tests.sinks import messages
from topics.catalog import BOOK_TOPS, DECISIONS, FILLS, ORDERS
from topics.codec import encode, encode_frame
from topics.dead_letters import WHOLE_RECORD
from topics.frames import Frame

WHAT = messages.order()


def test_a_frame_gives_an_entry_per_message_with_its_place() -> None:
    frame = encode_frame("paper@x/0", 1, [messages.placed(WHAT), messages.canceled(WHAT, 90)])
    entries = list(Intake(ORDERS).take(0, 17, frame))
    assert [taken.place for taken in entries] == [(ORDERS.name, 0, 17, n) for n in (0, 1)]
    assert all(isinstance(taken, Entry) and taken.rows for taken in entries)


def test_a_message_that_no_table_keeps_gives_nothing() -> None:
    lifecycle = {topic.name for topic in SINK_TOPICS}
    assert ORDERS.name in lifecycle
    refused_cancel = b'{"type":"cancel-refused","event_id":"e","event_time":1,"ingest_time":1,' + (
        b'"source":"s","order_id":"o","bot_id":"b","account_id":"a","market_id":"m",'
        b'"token_id":"t","reason":"unknown"}'
    )
    frame = encode(Frame(origin="o", position=1, messages=[msgspec.Raw(refused_cancel)]))
    assert list(Intake(ORDERS).take(0, 0, frame)) == []


def test_a_bad_message_is_refused_alone() -> None:
    good = msgspec.Raw(encode(messages.fill(WHAT, 40, "4", "4")))
    frame = encode(Frame(origin="o", position=1, messages=[good, msgspec.Raw(b'{"a":1}'), good]))
    first, bad, last = Intake(FILLS).take(0, 3, frame)
    assert isinstance(first, Entry)
    assert isinstance(last, Entry)
    assert isinstance(bad, Refused)
    assert (bad.place.number, bad.payload) == (1, b'{"a":1}')
    assert FILLS.name in bad.error


def test_a_message_whose_values_make_no_row_is_refused_alone() -> None:
    verdict = messages.approved(WHAT, messages.order("o2"))
    short = msgspec.structs.replace(verdict, zones=verdict.zones[:1])
    (refused,) = Intake(DECISIONS).take(0, 3, encode_frame("o", 1, [short]))
    assert isinstance(refused, Refused)
    assert refused.error.startswith("ValueError")


@pytest.mark.parametrize("value", [b"", b"no frame", b"[]", b"\xff\xfe"])
def test_a_record_that_is_no_frame_is_refused_whole(value: bytes) -> None:
    (refused,) = Intake(FILLS).take(0, 3, value)
    assert isinstance(refused, Refused)
    assert (refused.place.number, refused.payload) == (WHOLE_RECORD, value)


def test_a_compacted_topic_carries_single_messages() -> None:
    (entry,) = Intake(BOOK_TOPS, snapshot_ms=500).take(0, 3, encode(messages.top(700)))
    assert isinstance(entry, Entry)
    (row,) = entry.rows
    assert isinstance(row, SnapshotRow)
    assert row.ts == messages.T0 + 500


def test_a_removed_key_tells_nothing() -> None:
    assert list(Intake(BOOK_TOPS).take(0, 3, None)) == []
