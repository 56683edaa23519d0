"""Two rows of one key become one; the database's `on conflict` says the same in SQL. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from sinks.row_types import Row
from sinks.tables import STATUS_RANK, TABLES, Immutable, Joined, Newest, Table

Values = tuple[object, ...]
"""A row without its type."""

_RANK: dict[object, int] = {str(status): rank for rank, status in enumerate(STATUS_RANK)}


def one_per_key(rows: Iterable[Row]) -> dict[Table, list[Values]]:
    """Rows by table, each key once, in the order in which tables and keys first came."""
    kept: dict[Table, dict[Values, Values]] = {}
    for row in rows:
        table = TABLES[type(row)]
        of_table = kept.setdefault(table, {})
        key = tuple([row[place] for place in table.key_places])
        old = of_table.get(key)
        of_table[key] = row if old is None else merged(table, old, row)
    return {table: list(of_table.values()) for table, of_table in kept.items()}


def merged(table: Table, old: Values, new: Values) -> Values:
    """The row that stays when `new` comes for the key of `old`."""
    again = table.again
    if isinstance(again, Immutable):
        return old
    if isinstance(again, Joined):
        return _joined(table, again, old, new)
    version = table.columns.index(again.version)
    is_newer = _reaches(new[version], old[version])
    if isinstance(again, Newest):
        return new if is_newer else old
    first, second = (new, old) if is_newer else (old, new)
    return tuple(b if a is None else a for a, b in zip(first, second, strict=True))


def _joined(table: Table, again: Joined, old: Values, new: Values) -> Values:
    values: list[object] = []
    for name, a, b in zip(table.columns, old, new, strict=True):
        if a is None or b is None:
            values.append(b if a is None else a)
        elif name == again.ranked:
            values.append(max(a, b, key=_RANK.__getitem__))
        elif name in again.rising:
            values.append(a if _reaches(a, b) else b)
        else:
            values.append(a)
    return tuple(values)


def _reaches(a: object, b: object) -> bool:
    """Whether a time or number is at least another."""
    if isinstance(a, int | Decimal) and isinstance(b, int | Decimal):
        return a >= b
    raise TypeError(f"Expected two numbers to compare, received {a!r} and {b!r}.")
