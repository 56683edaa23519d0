from sinks.archive.rotation import Buffers, RotationRules
from tests.sinks.archive.rows import TOPIC, rows

PLACE = (TOPIC, 0)


def test_size_makes_a_segment_due() -> None:
    some = rows(0, 3)
    buffers = Buffers({}, RotationRules(len(some[0].value) + len(some[1].value), 100.0))
    buffers.add(PLACE, some[0], 0.0)
    assert buffers.due(0.0) == []
    buffers.add(PLACE, some[1], 0.0)
    assert buffers.due(0.0) == [PLACE]
    assert buffers.take(PLACE) == list(some[:2])
    assert (buffers.due(1e9), buffers.next_offsets) == ([], {PLACE: 2})


def test_age_makes_a_segment_due() -> None:
    buffers = Buffers({}, RotationRules(1 << 30, 60.0))
    for row in rows(0, 3):
        buffers.add(PLACE, row, 10.0 + row.offset)
    assert (buffers.due(69.9), buffers.due(70.0)) == ([], [PLACE])


def test_a_record_that_is_archived_is_not_taken_again() -> None:
    buffers = Buffers({PLACE: 2}, RotationRules())
    for row in rows(0, 4):
        buffers.add(PLACE, row, 0.0)
    assert [row.offset for row in buffers.take(PLACE)] == [2, 3]


def test_a_hole_is_told_and_skipped() -> None:
    buffers = Buffers({PLACE: 2}, RotationRules())
    hole = buffers.hole_before(PLACE, 5)
    assert hole is not None
    assert (hole.first_offset, hole.end_offset) == (2, 5)
    buffers.skip(hole)
    assert buffers.hole_before(PLACE, 5) is None


def test_a_new_day_makes_a_segment_due() -> None:
    a_day = 86_400 // 2
    buffers = Buffers({}, RotationRules())
    for row in (rows(0, 1)[0], rows(a_day, 1)[0]):
        buffers.add(PLACE, row, 0.0)
    assert buffers.due(0.0) == [PLACE]
