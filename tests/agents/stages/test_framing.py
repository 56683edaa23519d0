import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.stages.base import Emit
from agents.stages.framing import AppliedFrames, FrameFold
from agents.stages.outbox import OutgoingRecord
from schemas.envelope import Message
from schemas.errors import ConfigurationError
from schemas.ops import Checkpoint, DeadLetter
from tests.agents.shell.counting import POISON, CountingStage, CountingState, trade
from topics.catalog import BOOK_TOPS, COMMANDS, DEAD_LETTERS, TopicSpec
from topics.codec import TopicCodec, decode_frame, encode, encode_frame
from topics.dead_letters import PAYLOAD_LIMIT
from topics.frames import Frame, stage_position

DEAD: TopicCodec[DeadLetter] = TopicCodec(DEAD_LETTERS)


def fold() -> FrameFold:
    return FrameFold(CountingStage, partition=0, shards=1)


def frame(position: int, *trades: Message, origin: str = "connector#1") -> bytes:
    return encode_frame(origin, position, trades)


def sent_to(topic: TopicSpec, records: list[OutgoingRecord]) -> list[Frame]:
    return [decode_frame(record.value) for record in records if record.topic is topic]


def told(records: list[OutgoingRecord]) -> list[bytes]:
    return [bytes(m) for f in sent_to(COMMANDS, records) for m in f.messages]


def state(subject: FrameFold) -> CountingState:
    return msgspec.json.decode(subject.checkpoint().state, type=CountingState)


def test_a_frame_leads_to_one_frame_per_target_with_a_position_from_its_offset() -> None:
    outcome = fold().apply(7, frame(1, trade(1), trade(2)))

    targets = [(record.topic.name, record.partition) for record in outcome.records]
    frames = [decode_frame(record.value) for record in outcome.records]
    assert targets == [("pets.control.commands.v1", 0), ("pets.decide.inputs.v1", 0)]
    assert {f.origin for f in frames} == {"counting@pets.market.market-trades.v1/0"}
    assert {f.position for f in frames} == {stage_position(7, 0)}
    assert outcome.applied == 2


def test_a_forwarded_message_keeps_its_bytes() -> None:
    newer = encode(trade(1)).replace(b'{"type"', b'{"added_later":1,"type"')
    payload = encode(Frame(origin="o#1", position=1, messages=[msgspec.Raw(newer)]))

    records = fold().apply(0, payload).records

    forwarded = [decode_frame(r.value).messages[0] for r in records if r.topic is not COMMANDS]
    assert [bytes(message) for message in forwarded] == [newer]


def test_a_repeated_frame_changes_nothing_and_leads_to_nothing() -> None:
    subject = fold()
    subject.apply(0, frame(5, trade(1)))
    before = state(subject)

    for offset, position in ((1, 5), (2, 4)):
        outcome = subject.apply(offset, frame(position, trade(2)))
        assert (outcome.repeated, outcome.records) == (True, [])

    assert state(subject) == before
    assert subject.offset == 2


def test_a_record_at_an_applied_offset_is_skipped() -> None:
    subject = fold()
    subject.apply(3, frame(1, trade(1)))

    assert subject.apply(3, frame(2, trade(2))).repeated
    assert state(subject).count == 1


def test_a_new_incarnation_of_a_writer_is_heard_and_the_earlier_one_forgotten() -> None:
    subject = fold()
    subject.apply(0, frame(900, trade(1), origin="connector#1"))
    subject.apply(1, frame(1, trade(2), origin="gate@x/0"))

    outcome = subject.apply(2, frame(1, trade(3), origin="connector#2"))

    assert not outcome.repeated
    assert subject.checkpoint().applied == {"connector#2": 1, "gate@x/0": 1}


def test_forgetting_an_incarnation_leaves_writers_with_longer_names_alone() -> None:
    applied = AppliedFrames({"news#1": 4, "news-2#1": 5})

    assert applied.is_news(Frame(origin="news#2", position=1, messages=[]))
    assert applied.positions == {"news#2": 1, "news-2#1": 5}


def test_an_unreadable_record_becomes_one_dead_letter() -> None:
    outcome = fold().apply(4, b"not json")

    [letter_frame] = sent_to(DEAD_LETTERS, outcome.records)
    letter = DEAD.decode(letter_frame.messages[0])
    assert (letter.topic, letter.partition, letter.offset, letter.index) == (
        "pets.market.market-trades.v1",
        0,
        4,
        -1,
    )
    assert letter.payload == "bm90IGpzb24="
    assert outcome.dead == (letter,)
    assert outcome.failures == 0


def test_a_bad_message_in_a_frame_is_set_aside_and_the_others_are_applied() -> None:
    bad = msgspec.Raw(b'{"type":"market-trade","event_id":7}')
    messages = [msgspec.Raw(encode(trade(1))), bad, msgspec.Raw(encode(trade(2)))]
    subject = fold()

    outcome = subject.apply(9, encode(Frame(origin="o#1", position=1, messages=messages)))

    assert [(letter.offset, letter.index) for letter in outcome.dead] == [(9, 1)]
    assert (outcome.applied, outcome.failures) == (2, 0)
    assert state(subject).count == 2


def test_a_message_of_another_topic_is_set_aside() -> None:
    dead = DeadLetter(
        event_id="x",
        event_time=1,
        ingest_time=1,
        source="s",
        topic="t",
        partition=0,
        offset=0,
        index=0,
        error="e",
        payload="",
    )
    outcome = fold().apply(0, frame(1, dead))

    assert len(outcome.dead) == 1
    assert "pets.market.market-trades.v1" in outcome.dead[0].error


def test_a_message_the_stage_raises_on_leaves_no_trace_in_its_state() -> None:
    subject, undisturbed = fold(), fold()

    outcome = subject.apply(0, frame(1, trade(1), trade(2, size=POISON), trade(3)))
    wanted = undisturbed.apply(0, frame(1, trade(1), trade(3)))

    assert state(subject) == state(undisturbed)
    assert told(outcome.records) == told(wanted.records)
    assert [(letter.index, outcome.failures) for letter in outcome.dead] == [(1, 1)]
    assert "ValueError: poison" in outcome.dead[0].error


def test_a_large_payload_is_cut_in_its_dead_letter() -> None:
    outcome = fold().apply(0, b"x" * (PAYLOAD_LIMIT + 1))

    assert len(outcome.dead[0].payload) < PAYLOAD_LIMIT * 1.4
    assert f"of {PAYLOAD_LIMIT + 1} bytes" in outcome.dead[0].error


def test_a_stage_that_reads_a_compacted_topic_is_refused() -> None:
    class Wrong(CountingStage):
        reads = BOOK_TOPS

    with pytest.raises(ConfigurationError, match="reads an ordered log"):
        FrameFold(Wrong, 0, 1)


def test_a_checkpoint_carries_time_so_that_dead_letters_repeat_exactly() -> None:
    first = fold()
    first.apply(0, frame(1, trade(50)))
    checkpoint = first.checkpoint()
    again = fold()
    again.restore(checkpoint)

    assert again.apply(1, b"bad").records == first.apply(1, b"bad").records


def test_a_restored_stage_knows_which_frames_it_has_applied() -> None:
    first = fold()
    first.apply(0, frame(5, trade(1)))
    again = fold()
    again.restore(first.checkpoint())

    assert again.apply(1, frame(5, trade(1))).repeated
    assert not again.apply(2, frame(6, trade(2))).repeated
    assert state(again).count == 2


records_in = st.lists(
    st.one_of(
        st.tuples(st.just("trades"), st.lists(st.sampled_from([1, 1, 1, POISON]), max_size=4)),
        st.tuples(st.just("repeat"), st.just([])),
        st.tuples(st.just("garbage"), st.just([])),
    ),
    max_size=25,
)


def build(shapes: list[tuple[str, list[int]]]) -> list[bytes]:
    log: list[bytes] = []
    number = position = 0
    for kind, sizes in shapes:
        if kind == "garbage":
            log.append(b"\x00")
        elif kind == "repeat" and log:
            log.append(log[-1])
        else:
            position += 1
            trades = [trade(number + index, size) for index, size in enumerate(sizes)]
            number += len(trades)
            log.append(frame(position, *trades))
    return log


@given(records_in, st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=5))
def test_crashes_at_any_point_change_neither_state_nor_what_readers_see(
    shapes: list[tuple[str, list[int]]], crashes: list[tuple[int, int]]
) -> None:
    log = build(shapes)
    undisturbed = fold()
    wanted = [
        record for n, value in enumerate(log) for record in undisturbed.apply(n, value).records
    ]

    subject = fold()
    checkpoint = subject.checkpoint()
    written: list[OutgoingRecord] = []
    for saved_at, crashed_at in [*crashes, (len(log), len(log))]:
        subject = fold()
        subject.restore(msgspec.json.decode(encode(checkpoint), type=Checkpoint))
        for offset in range(subject.offset + 1, min(crashed_at, len(log))):
            written += subject.apply(offset, log[offset]).records
            if offset == saved_at:
                checkpoint = subject.checkpoint()

    assert state(subject) == state(undisturbed)
    assert what_readers_take(written) == what_readers_take(wanted)
    assert sum(map(len, what_readers_take(wanted).values())) == len(wanted)


def what_readers_take(records: list[OutgoingRecord]) -> dict[str, list[bytes]]:
    """The frames of each topic that are news to its reader, in order."""
    readers: dict[str, AppliedFrames] = {}
    taken: dict[str, list[bytes]] = {}
    for record in records:
        reader = readers.setdefault(record.topic.name, AppliedFrames())
        if reader.is_news(decode_frame(record.value)):
            taken.setdefault(record.topic.name, []).append(record.value)
    return taken


def test_an_emission_keeps_its_key_on_a_compacted_topic() -> None:
    class Telling(CountingStage):
        def apply(self, message: Message) -> list[Emit]:
            return [Emit(BOOK_TOPS, "token-7", message)]

    [record] = FrameFold(Telling, 0, 1).apply(0, frame(1, trade(1))).records

    assert (record.key, record.value) == (b"token-7", encode(trade(1)))
