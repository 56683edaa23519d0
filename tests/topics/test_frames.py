from hypothesis import given
from hypothesis import strategies as st

from topics.frames import PARTS, incarnation, stage_origin, stage_position

places = st.tuples(st.integers(0, 10**12), st.integers(0, PARTS - 1))


@given(places, places)
def test_positions_rise_with_offset_and_part(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (stage_position(*one) < stage_position(*other)) == (one < other)


def test_positions_fit_into_64_bits_for_any_log() -> None:
    assert stage_position(10**15, PARTS - 1) < 2**63


def test_origins_name_their_writer() -> None:
    assert stage_origin("gate", "topic.v1", 2) == "gate@topic.v1/2"
    assert incarnation("api", 17) == "api#17"
