"""The audit: what a stage wrote is re-derived from what it read, and compared to the byte."""

from collections.abc import Iterable

from agents.replay.audit import audit_stage
from agents.replay.log import Recorded
from agents.stages.framing import FrameFold
from tests.agents.shell.counting import CountingStage, trade
from topics.catalog import COMMANDS, DECIDE_INPUTS, MARKET_TRADES
from topics.codec import decode_frame, encode, encode_frame
from topics.frames import Frame

INPUTS = [
    Recorded(MARKET_TRADES.name, 0, 0, encode_frame("connector#1", 1, [trade(1), trade(2)])),
    Recorded(MARKET_TRADES.name, 0, 1, encode_frame("connector#1", 2, [trade(3)])),
    Recorded(MARKET_TRADES.name, 0, 2, encode_frame("connector#1", 2, [trade(3)])),
    Recorded(MARKET_TRADES.name, 0, 5, encode_frame("connector#1", 3, [trade(4)])),
]


def outputs(inputs: Iterable[Recorded] = INPUTS) -> list[Recorded]:
    """What a worker would have written, each topic with offsets of its own."""
    fold = FrameFold(CountingStage, partition=0, shards=1)
    offsets: dict[str, int] = {}
    written = []
    for record in inputs:
        for outgoing in fold.apply(record.offset, record.value).records:
            name = outgoing.topic.name
            written.append(Recorded(name, 0, offsets.setdefault(name, 0), outgoing.value))
            offsets[name] += 1
    return written


def test_what_was_written_is_derived_again() -> None:
    finding = audit_stage(CountingStage, 1, INPUTS, outputs())
    assert finding.difference is None
    assert (finding.stage, finding.inputs) == ("counting", 4)
    assert finding.compared == {COMMANDS.name: 3, DECIDE_INPUTS.name: 3}


def test_a_record_that_was_repeated_after_a_crash_is_compared_once() -> None:
    written = outputs()
    finding = audit_stage(CountingStage, 1, INPUTS, [*written, *written[-2:]])
    assert finding.difference is None
    assert finding.compared.total() == len(written)


def test_records_of_other_writers_are_passed_over() -> None:
    foreign = Recorded(COMMANDS.name, 0, 99, encode_frame("api#7", 1, [trade(9)]))
    assert audit_stage(CountingStage, 1, INPUTS, [foreign, *outputs()]).difference is None


def test_the_first_record_with_other_bytes_is_named_with_both() -> None:
    written = outputs()
    frame = decode_frame(written[2].value)
    changed = Frame(origin=frame.origin, position=frame.position, messages=frame.messages * 2)
    forged = written[2]._replace(value=encode(changed))
    difference = audit_stage(
        CountingStage, 1, INPUTS, [*written[:2], forged, *written[3:]]
    ).difference
    assert difference is not None
    assert (difference.topic, difference.position) == (forged.topic, frame.position)
    assert (difference.recorded, difference.derived) == (forged.value, written[2].value)


def test_a_record_that_is_missing_in_the_middle_is_a_difference() -> None:
    written = [each for each in outputs() if each.topic == COMMANDS.name]
    difference = audit_stage(CountingStage, 1, INPUTS, [written[0], written[2]]).difference
    assert difference is not None
    assert (difference.recorded, difference.derived) == (None, written[1].value)


def test_a_record_that_nothing_led_to_is_a_difference() -> None:
    written = outputs()
    invented = encode_frame("counting@pets.market.market-trades.v1/0", 3_000, [trade(7)])
    more = Recorded(COMMANDS.name, 0, 9, invented)
    difference = audit_stage(CountingStage, 1, INPUTS, [*written, more]).difference
    assert difference is not None
    assert (difference.recorded, difference.derived) == (invented, None)


def test_what_was_not_yet_written_is_no_difference() -> None:
    assert audit_stage(CountingStage, 1, INPUTS, outputs()[:-2]).difference is None


def test_what_was_written_after_the_inputs_end_is_left_out() -> None:
    finding = audit_stage(CountingStage, 1, INPUTS[:2], outputs())
    assert finding.difference is None
    assert finding.compared.total() == 4


def test_nothing_read_is_nothing_found() -> None:
    finding = audit_stage(CountingStage, 1, [], outputs())
    assert (finding.inputs, finding.compared.total(), finding.difference) == (0, 0, None)
