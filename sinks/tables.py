"""The tables: their rows, keys, column types, and what happens when a key comes again."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, NamedTuple, get_args, get_origin, get_type_hints

from schemas.values import OrderStatus
from sinks.row_types import (
    AlertRow,
    BreachRow,
    DecisionRow,
    EpisodeRow,
    EquityRow,
    IntentRow,
    MarketRow,
    OrderRow,
    PositionRow,
    Row,
    SignalRow,
    SnapshotRow,
    TradeRow,
    TransactionRow,
)

_TYPES: dict[type, str] = {
    str: "text",
    Decimal: "numeric",
    bool: "boolean",
    int: "bigint",
    float: "double precision",
}

STATUS_RANK: tuple[OrderStatus, ...] = (
    OrderStatus.PENDING,
    OrderStatus.PARTIALLY_FILLED,
    OrderStatus.REJECTED,
    OrderStatus.CANCELED,
    OrderStatus.EXPIRED,
    OrderStatus.FILLED,
)
"""An order's status only ever moves to the right; a proven late fill has the last word."""


class Immutable(NamedTuple):
    """The first row of a key stays."""


class Newest(NamedTuple):
    """The row with the greatest version stays; of equal versions the one that came last."""

    version: str


class NewestKnown(NamedTuple):
    """Per column the newest row that knows it; None is unknown."""

    version: str


class Joined(NamedTuple):
    """Rows are parts of one truth, in any order: what is known stays, some columns only rise.

    Attributes:
        rising: Columns of which the greatest counts.
        ranked: The column whose values are ordered by `STATUS_RANK`.
    """

    rising: tuple[str, ...]
    ranked: str


Again = Immutable | Newest | NewestKnown | Joined


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: In the database.
        columns: Names, in the order of the row type's fields.
        types: Column types without precision, in the same order.
        key: Primary key.
        key_places: Where the key's columns are in a row.
        again: What happens when a key comes again.
    """

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    key: tuple[str, ...]
    key_places: tuple[int, ...]
    again: Again


def _table(row: type[Row], name: str, key: tuple[str, ...], again: Again) -> Table:
    hints = get_type_hints(row, include_extras=True)
    columns = tuple(hints)
    types = tuple(map(_column_type, hints.values()))
    return Table(name, columns, types, key, tuple(map(columns.index, key)), again)


def _column_type(hint: object) -> str:
    if get_origin(hint) is Annotated:
        return str(get_args(hint)[1])
    if isinstance(hint, type):
        return _TYPES[hint]
    known = [part for part in get_args(hint) if part is not type(None)]
    return _column_type(known[0])


TABLES: dict[type[Row], Table] = {
    OrderRow: _table(
        OrderRow,
        "orders",
        ("order_id", "created_at"),
        Joined(("updated_at", "filled_size", "closed_at"), "status"),
    ),
    TradeRow: _table(
        TradeRow, "trades", ("trade_id", "order_id", "executed_at"), Newest("status_at")
    ),
    PositionRow: _table(
        PositionRow, "positions", ("position_id", "opened_at"), Newest("updated_at")
    ),
    SnapshotRow: _table(
        SnapshotRow, "market_snapshots", ("market_id", "ts"), Newest("observed_at")
    ),
    SignalRow: _table(SignalRow, "signals", ("signal_id", "at"), Immutable()),
    EquityRow: _table(EquityRow, "equity_points", ("account_id", "scope", "at"), Newest("at")),
    DecisionRow: _table(
        DecisionRow, "decisions", ("decision_id", "leg", "decided_at"), Immutable()
    ),
    BreachRow: _table(BreachRow, "breaches", ("breach_id", "at"), Immutable()),
    EpisodeRow: _table(EpisodeRow, "episodes", ("episode_id", "closed_at"), Immutable()),
    IntentRow: _table(IntentRow, "intents", ("intent_id", "leg", "at"), Immutable()),
    AlertRow: _table(AlertRow, "alerts", ("entry_id", "at"), Immutable()),
    TransactionRow: _table(
        TransactionRow, "wallet_transactions", ("wallet", "nonce"), Newest("ended_at")
    ),
    MarketRow: _table(MarketRow, "markets", ("market_id",), NewestKnown("updated_at")),
}
"""Which table keeps which rows."""
