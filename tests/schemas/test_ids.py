"""Ids: version 5 UUIDs of what they are derived from, whoever writes them down."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import NAMESPACE, derive_id
from schemas.values import Side

PARTS = st.lists(st.text() | st.integers() | st.sampled_from(Side), max_size=6)


@given(PARTS)
def test_an_id_is_the_version_5_uuid_of_its_parts(parts: list[str | int]) -> None:
    assert derive_id(*parts) == str(uuid5(NAMESPACE, "|".join(str(part) for part in parts)))


@given(PARTS)
def test_an_id_is_well_formed(parts: list[str | int]) -> None:
    identifier = UUID(derive_id(*parts))
    assert (identifier.version, identifier.variant) == (5, "specified in RFC 4122")


def test_an_id_stays_what_it_was_in_earlier_logs() -> None:
    assert derive_id("book", "cause", "top", 7) == "e44bdfcf-4cda-55b8-a4a9-4ae8a4b745ef"


def test_order_and_number_of_the_parts_count() -> None:
    ids = {derive_id("a", "b"), derive_id("b", "a"), derive_id("ab"), derive_id("a", "b", "")}
    assert len(ids) == 4


def test_a_number_and_its_digits_are_one_part() -> None:
    assert derive_id("a", 12) == derive_id("a", "12")


def test_a_word_of_an_enumeration_counts_as_its_value() -> None:
    assert derive_id(Side.YES) == derive_id("YES")
