import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.stages import outbox as module
from agents.stages.base import Emit
from agents.stages.outbox import Outbox
from schemas.errors import ApplicationError
from schemas.ops import Alert, Severity
from tests.agents.shell.counting import trade
from topics.catalog import ALERTS, BOOK_TOPS, DECIDE_INPUTS, SIGNALS
from topics.codec import decode_frame, encode
from topics.frames import MAX_BYTES, MAX_MESSAGES, PARTS


def alert(number: int, size: int = 0) -> Alert:
    return Alert(
        event_id=str(number),
        event_time=0,
        ingest_time=0,
        source="s",
        rule="r",
        severity=Severity.INFO,
        scope="s",
        detail="x" * size,
    )


@given(st.lists(st.integers(0, 30_000), min_size=1, max_size=60))
def test_frames_respect_their_caps_and_keep_the_order(sizes: list[int]) -> None:
    outbox = Outbox("o", 3, shards=1)
    for number, size in enumerate(sizes):
        outbox.add(Emit(ALERTS, "s", alert(number, size)))

    records = outbox.records()
    frames = [decode_frame(record.value) for record in records]

    sent = [bytes(message) for frame in frames for message in frame.messages]
    assert sent == [encode(alert(number, size)) for number, size in enumerate(sizes)]
    assert [frame.position for frame in frames] == [3 * PARTS + n for n in range(len(frames))]
    assert [record.messages for record in records] == [len(f.messages) for f in frames]
    for frame in frames:
        inside = sum(len(bytes(message)) for message in frame.messages)
        assert len(frame.messages) == 1 or inside <= MAX_BYTES


def test_a_frame_holds_two_hundred_messages_at_most() -> None:
    outbox = Outbox("o", 0, shards=1)
    for number in range(MAX_MESSAGES * 2 + 1):
        outbox.add(Emit(ALERTS, "s", alert(number)))

    assert [record.messages for record in outbox.records()] == [MAX_MESSAGES, MAX_MESSAGES, 1]


def test_a_message_larger_than_a_frame_goes_alone() -> None:
    outbox = Outbox("o", 0, shards=1)
    for size in (1, MAX_BYTES + 1, 1):
        outbox.add(Emit(ALERTS, "s", alert(0, size)))

    assert [record.messages for record in outbox.records()] == [1, 1, 1]


def test_each_shard_gets_a_frame_of_its_own() -> None:
    outbox = Outbox("o", 0, shards=2)
    for shard in ("1", "0", "1"):
        outbox.add(Emit(DECIDE_INPUTS, shard, trade(int(shard))))

    assert [(r.partition, r.messages) for r in outbox.records()] == [(1, 2), (0, 1)]


def test_compacted_topics_get_one_record_a_message_in_order() -> None:
    outbox = Outbox("o", 0, shards=1)
    outbox.add(Emit(BOOK_TOPS, "b", trade(1)))
    outbox.add(Emit(SIGNALS, "0", trade(2)))
    outbox.add(Emit(BOOK_TOPS, "a", trade(3)))

    keyed = [record for record in outbox.records() if record.topic is BOOK_TOPS]
    assert [(r.key, r.value) for r in keyed] == [(b"b", encode(trade(1))), (b"a", encode(trade(3)))]


def test_a_stage_that_emits_more_than_positions_can_tell_apart_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PARTS", 2)
    outbox = Outbox("gate@x/0", 0, shards=1)
    for number in range(3):
        outbox.add(Emit(ALERTS, "s", alert(number, MAX_BYTES)))

    with pytest.raises(ApplicationError, match="wanted to write 3 frames"):
        outbox.records()
