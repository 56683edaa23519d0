from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import Message
from sinks.merging import one_per_key
from sinks.row_types import MarketRow, OrderRow, Row
from sinks.rows import rows_of
from sinks.tables import TABLES
from tests.sinks import messages
from tests.sinks.memory_sink import MemorySink


def order_after(sequence: Sequence[Message]) -> OrderRow:
    rows = [row for message in sequence for row in rows_of(message) if isinstance(row, OrderRow)]
    ((row,),) = one_per_key(rows).values()
    return OrderRow(*row)  # type: ignore[arg-type]  # a row without its type


@st.composite
def lives(draw: st.DrawFn) -> list[Message]:
    """All that can be said about one order, in the order in which it happens."""
    what = messages.order("o", ordered=5, size="10")
    fills = draw(st.lists(st.integers(1, 5), max_size=3))
    life: list[Message] = [messages.placed(what)]
    matched, ms = 0, 30
    for size in fills:
        if matched + size > 10:
            break
        matched, ms = matched + size, ms + 10
        life.append(messages.fill(what, ms, str(size), str(matched)))
    if matched < 10:
        last = draw(st.sampled_from([None, messages.canceled, messages.expired]))
        if last is not None:
            life.append(last(what, ms + 10, str(matched)))
    return life


@given(lives(), st.data())
def test_repeats_and_any_order_give_the_same_order_row(
    life: list[Message], data: st.DataObject
) -> None:
    heard = life + data.draw(st.lists(st.sampled_from(life), max_size=4))
    assert order_after(data.draw(st.permutations(heard))) == order_after(life)


@given(lives(), st.data())
async def test_any_split_into_batches_gives_the_same_rows(
    life: list[Message], data: st.DataObject
) -> None:
    rows = [row for message in life for row in rows_of(message)]
    whole, parts = MemorySink(), MemorySink()
    await whole.write(rows, {})
    at = 0
    while at < len(rows):
        size = data.draw(st.integers(1, 3))
        await parts.write(rows[at : at + size], {})
        at += size
    assert parts.tables == whole.tables


def test_a_fill_before_its_placement_is_not_lost() -> None:
    what = messages.order("o", ordered=5)
    early = order_after([messages.fill(what, 40, "4", "4"), messages.placed(what)])
    assert (early.status, early.filled_size) == ("PARTIALLY_FILLED", Decimal(4))
    assert (early.price, early.placed_at) == (Decimal("0.45"), messages.T0 + 20)
    assert early.updated_at == messages.T0 + 40


@pytest.mark.parametrize("heard", list(permutations(range(3))))
def test_a_late_fill_has_the_last_word_over_a_cancel(heard: tuple[int, ...]) -> None:
    what = messages.order("o", size="10")
    said = (
        messages.placed(what),
        messages.canceled(what, 50, "0"),
        messages.fill(what, 60, "10", "10"),
    )
    row = order_after([said[place] for place in heard])
    assert (row.status, row.filled_size) == ("FILLED", Decimal(10))


states = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 100)), min_size=1, unique_by=lambda pair: pair[0]
)


@given(states, st.data())
def test_the_newest_position_state_stays_in_any_order(
    said: list[tuple[int, int]], data: st.DataObject
) -> None:
    rows: list[Row] = [
        row for ms, size in said for row in rows_of(messages.position(ms + 100, str(size)))
    ]
    ((kept,),) = one_per_key(data.draw(st.permutations(rows))).values()
    assert kept == max(rows, key=lambda row: row[2])  # type: ignore[arg-type, return-value]


def test_of_two_states_of_one_millisecond_the_later_said_stays() -> None:
    rows = [row for size in ("5", "6") for row in rows_of(messages.position(60, size))]
    ((kept,),) = one_per_key(rows).values()
    assert kept == rows[1]


def test_a_market_keeps_what_only_older_messages_know() -> None:
    said = (messages.listed(0), messages.tick_changed(10), messages.resolved(20))
    rows = [row for message in said for row in rows_of(message)]
    ((kept,),) = one_per_key(rows).values()
    market = MarketRow(*kept)  # type: ignore[arg-type]  # a row without its type
    assert (market.question, market.tick, market.status) == ("Will it rain?", 10, "RESOLVED")
    assert one_per_key([*rows, rows[0]]) == one_per_key(rows)


def test_one_row_per_key_of_any_mix() -> None:
    rows = [row for message in messages.day() * 2 for row in rows_of(message)]
    for table, kept in one_per_key(rows).items():
        keys = [tuple(row[place] for place in table.key_places) for row in kept]
        assert len(set(keys)) == len(keys)
        assert table in TABLES.values()
