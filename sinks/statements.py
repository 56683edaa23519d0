"""SQL that writes a batch of rows into a table, made from the table's description. Pure."""

from sinks.tables import STATUS_RANK, Immutable, Joined, Newest, Table

_ARRAYS = {"numeric": "text", "jsonb": "text"}
"""Numbers travel as text, which the client encodes twice as fast, and are cast by the server."""

POSITIONS = (
    "insert into sink_offsets as t (topic, partition, next_offset)"
    " select * from unnest($1::text[], $2::int[], $3::bigint[])"
    " on conflict (topic, partition) do update set next_offset = excluded.next_offset"
)
"""Remembers the next offset to read per partition."""


def insert_rows(table: Table) -> str:
    """One statement with one array parameter per column; a row's key comes at most once in it."""
    columns = ", ".join(table.columns)
    values = ", ".join(
        f"{name}::{kind}" if kind in _ARRAYS else name
        for name, kind in zip(table.columns, table.types, strict=True)
    )
    arrays = ", ".join(
        f"${number}::{_ARRAYS.get(kind, kind)}[]" for number, kind in enumerate(table.types, 1)
    )
    return (  # names come from sinks.tables, values are parameters
        f"insert into {table.name} as t ({columns})"  # noqa: S608
        f" select {values} from unnest({arrays}) as u ({columns})"
        f" on conflict ({', '.join(table.key)}) {_on_conflict(table)}"
    )


def text_places(table: Table) -> tuple[int, ...]:
    """Which columns of a row travel as the text of a number."""
    return tuple(place for place, kind in enumerate(table.types) if kind == "numeric")


def _on_conflict(table: Table) -> str:
    again = table.again
    if isinstance(again, Immutable):
        return "do nothing"
    others = [name for name in table.columns if name not in table.key]
    if isinstance(again, Joined):
        return f"do update set {', '.join(_join(name, again) for name in others)}"
    is_newer = f"excluded.{again.version} >= t.{again.version}"
    if isinstance(again, Newest):
        latest = ", ".join(f"{name} = excluded.{name}" for name in others)
        return f"do update set {latest} where {is_newer}"
    known = ", ".join(
        f"{name} = case when {is_newer} then coalesce(excluded.{name}, t.{name})"
        f" else coalesce(t.{name}, excluded.{name}) end"
        for name in others
    )
    return f"do update set {known}"


def _join(name: str, again: Joined) -> str:
    if name in again.rising:
        return f"{name} = greatest(t.{name}, excluded.{name})"
    if name == again.ranked:
        ranks = "array['" + "', '".join(STATUS_RANK) + "']"
        return (
            f"{name} = case when array_position({ranks}, excluded.{name})"
            f" > array_position({ranks}, t.{name}) then excluded.{name} else t.{name} end"
        )
    return f"{name} = coalesce(t.{name}, excluded.{name})"
