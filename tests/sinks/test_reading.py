import msgspec
import pytest

from sinks.queries.reading import InvalidCursorError, parse_cursor, select


class Thing(msgspec.Struct, frozen=True):
    thing_id: str
    at: int


def test_the_first_page_has_no_cursor() -> None:
    assert parse_cursor(None) == (None, None)
    assert parse_cursor(None, 3) == (None, None, None)


def test_a_cursor_is_a_time_and_what_tells_records_apart() -> None:
    assert parse_cursor("1795413600000~abc") == (1795413600000, "abc")
    assert parse_cursor("12~a~b", 3) == (12, "a", "b")


@pytest.mark.parametrize("text", ["", "~", "x~a", "1", "1~a~b", "-1~a", "²~a", "9" * 30 + "~a"])
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InvalidCursorError, match="begin with the first page"):
        parse_cursor(text)


def test_a_selection_names_the_records_fields() -> None:
    assert select(Thing, "from things") == "select thing_id, at from things"
