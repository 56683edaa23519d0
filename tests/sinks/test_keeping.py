from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import BotId
from sinks.intake import Entry, Place, Refused
from sinks.keeping import keep
from sinks.port import Partition, RowsRefusedError, SinkAwayError
from sinks.row_types import Row, SignalRow
from sinks.rows import rows_of
from tests.sinks import messages
from tests.sinks.memory_sink import MemorySink

POSITIONS = {Partition("topic", 0): 99}


class PickySink(MemorySink):
    """Refuses every batch that contains a signal of a bot called bad."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    async def write(self, rows: Sequence[Row], positions: Mapping[Partition, int]) -> None:
        self.writes += 1
        if any(isinstance(row, SignalRow) and row.bot_id == "bad" for row in rows):
            raise RowsRefusedError("no bad bots")
        await super().write(rows, positions)


class Undertaker:
    def __init__(self, sink: MemorySink) -> None:
        self.sink = sink
        self.buried: list[Refused] = []

    async def bury(self, refused: Sequence[Refused]) -> None:
        assert await self.sink.positions() == {}, "buried before the positions are kept"
        self.buried += refused


def entry(number: int, *, bad: bool) -> Entry:
    bot = BotId("bad" if bad else "bot_05")
    place = Place("topic", 0, number, 0)
    return Entry(place, b"payload", rows_of(messages.signal(number, bot=bot)))


@given(st.lists(st.booleans(), min_size=1, max_size=40))
async def test_all_but_the_bad_messages_are_kept_and_all_bad_ones_buried(bad: list[bool]) -> None:
    sink = PickySink()
    undertaker = Undertaker(sink)
    entries = [entry(number, bad=is_bad) for number, is_bad in enumerate(bad)]
    await keep(sink, entries, POSITIONS, undertaker.bury)
    assert len(sink.rows("signals")) == bad.count(False)
    assert [one.place.offset for one in undertaker.buried] == [
        number for number, is_bad in enumerate(bad) if is_bad
    ]
    assert await sink.positions() == POSITIONS


async def test_one_bad_message_costs_few_writes() -> None:
    sink = PickySink()
    entries = [entry(number, bad=number == 700) for number in range(1024)]
    await keep(sink, entries, POSITIONS, Undertaker(sink).bury)
    assert sink.writes == 1 + 2 * 10 + 1


async def test_a_good_batch_is_one_write() -> None:
    sink = PickySink()
    await keep(sink, [entry(1, bad=False)], POSITIONS, Undertaker(sink).bury)
    assert sink.writes == 1


async def test_a_database_that_goes_away_while_bad_ones_are_sought_is_told() -> None:
    class Leaving(PickySink):
        async def write(self, rows: Sequence[Row], positions: Mapping[Partition, int]) -> None:
            if self.writes == 3:
                raise SinkAwayError("gone")
            await super().write(rows, positions)

    sink = Leaving()
    entries = [entry(number, bad=number == 3) for number in range(8)]
    with pytest.raises(SinkAwayError):
        await keep(sink, entries, POSITIONS, Undertaker(sink).bury)
    assert await sink.positions() == {}
