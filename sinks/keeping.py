"""Keeps a batch in a sink; messages the database will never take are found and set aside."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from sinks.intake import Entry, Refused
from sinks.port import Partition, RowsRefusedError, Sink
from sinks.row_types import Row

Bury = Callable[[Sequence[Refused]], Awaitable[None]]
"""Takes what was set aside; returns when it is safe."""


async def keep(
    sink: Sink, entries: Sequence[Entry], positions: Mapping[Partition, int], bury: Bury
) -> None:
    """Keep all messages, and the positions after them.

    A batch that is refused is halved until the messages at fault stand alone. They are buried
    before the positions are kept, so that none is lost.

    Args:
        sink: Where to.
        entries: Messages in the order of their partitions.
        positions: The next offset to read per partition, once all is kept.
        bury: Takes what the sink refused.

    Raises:
        SinkAwayError: Not all was kept; do all of it again.
    """
    try:
        await sink.write(_rows(entries), positions)
    except RowsRefusedError as error:
        await bury(await _keep_halves(sink, entries, error))
        await sink.write((), positions)


async def _keep_halves(
    sink: Sink, entries: Sequence[Entry], error: RowsRefusedError
) -> list[Refused]:
    if len(entries) == 1:
        return [Refused(entries[0].place, entries[0].payload, str(error))]
    middle = len(entries) // 2
    refused = []
    for half in (entries[:middle], entries[middle:]):
        try:
            await sink.write(_rows(half), {})
        except RowsRefusedError as cause:
            refused += await _keep_halves(sink, half, cause)
    return refused


def _rows(entries: Sequence[Entry]) -> list[Row]:
    return [row for entry in entries for row in entry.rows]
