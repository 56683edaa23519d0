"""A fill's row follows the fill's way to the chain, whatever order the messages come in."""

from itertools import permutations

import pytest

from schemas.values import TradeStatus
from sinks.merging import one_per_key
from sinks.row_types import TradeRow
from sinks.rows import rows_of
from sinks.tables import TABLES
from tests.sinks import messages

FILL = messages.fill(messages.order("o"), 40, "4", "4")
WAY = (
    FILL,
    messages.traded(FILL, 50, TradeStatus.MINED),
    messages.traded(FILL, 60, TradeStatus.RETRYING),
    messages.traded(FILL, 70, TradeStatus.FAILED),
)


@pytest.mark.parametrize("order", list(permutations(range(len(WAY)))))
def test_the_last_status_stays_and_the_row_is_still_the_fills(order: tuple[int, ...]) -> None:
    rows = [row for place in order for row in rows_of(WAY[place])]
    ((*values,),) = one_per_key(row for row in rows if isinstance(row, TradeRow))[TABLES[TradeRow]]
    row = TradeRow(*values)  # type: ignore[arg-type]
    assert (row.trade_status, row.status_at) == ("FAILED", messages.T0 + 70)
    assert (row.trade_id, row.size, row.executed_at) == (FILL.trade_id, FILL.size, FILL.event_time)
