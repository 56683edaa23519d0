"""Files of rows: Parquet, CSV and JSON lines, gzip or not, read into typed rows."""

import gzip
import json
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from schemas.errors import ApplicationError

R = TypeVar("R", bound=msgspec.Struct)
ROWS = 4_096
PARQUET, CSV, LINES = "parquet", "csv", "jsonl"


class Shape(NamedTuple):
    """What a file looks like before anybody reads it.

    Attributes:
        kind: parquet, csv or jsonl.
        fields: Names of its columns, or of its first line's keys.
    """

    kind: str
    fields: frozenset[str]


def shape_of(path: Path) -> Shape:
    """Look at a file's beginning.

    Raises:
        ApplicationError: It is missing, or is none of the three kinds.
    """
    kind = _kind(path)
    try:
        if kind == PARQUET:
            return Shape(kind, frozenset(pq.read_schema(path).names))
        if kind == CSV:
            with _text(path) as file:
                return Shape(kind, frozenset(file.readline().strip().split(",")))
        return Shape(kind, frozenset(_first_line(path)))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise ApplicationError(
            f"Expected a readable {kind} file, {path.name} is none: {error}."
        ) from error


def rows(path: Path, form: type[R], order_by: str = "") -> Iterator[R]:
    """The rows of a file.

    Times of Parquet's own types come as whole milliseconds UTC.

    Args:
        path: The file.
        form: What a row must have; other columns are left unread.
        order_by: Column to sort by, ascending; equal ones stay in the order of the file.

    Raises:
        ApplicationError: A row has another form.
    """
    source = _lines(path) if _kind(path) == LINES else _table_rows(path, form, order_by)
    number = 0
    try:
        for row in source:
            number += 1
            yield msgspec.convert(row, form, strict=False)
    except (msgspec.ValidationError, ValueError, pa.ArrowException, OSError) as error:
        raise ApplicationError(
            f"Expected a row of {', '.join(form.__struct_fields__)} in {path.name}, "
            f"row {max(number, 1)} is none: {error}."
        ) from error


def raw_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file of JSON lines, as they are; empty ones are left out."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if stripped := line.strip():
                yield stripped


def _kind(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    if not path.is_file():
        raise ApplicationError(f"Expected a file at {path}, there is none.")
    for ending, kind in (
        (".parquet", PARQUET),
        (".csv", CSV),
        (".jsonl", LINES),
        (".ndjson", LINES),
    ):
        if name.endswith(ending):
            return kind
    raise ApplicationError(
        f"Expected a file that ends in .parquet, .csv, .jsonl or .ndjson (or .gz behind it), "
        f"received {path.name}."
    )


def _text(path: Path) -> TextIOWrapper:
    if path.suffix == ".gz":
        return TextIOWrapper(gzip.GzipFile(path), encoding="utf-8")
    return path.open(encoding="utf-8")


def _first_line(path: Path) -> dict[str, object]:
    first = next(raw_lines(path), b"{}")
    document = json.loads(first)
    if isinstance(document, list) and document:
        document = document[0]
    if not isinstance(document, dict):
        raise ApplicationError(
            f"Expected an object a line in {path.name}, received {first[:60]!r}."
        )
    return document


def _lines(path: Path) -> Iterator[object]:
    decode = msgspec.json.Decoder().decode
    for line in raw_lines(path):
        yield decode(line)


def _table_rows(path: Path, form: type[msgspec.Struct], order_by: str) -> Iterator[object]:
    wanted = [name for name in form.__struct_fields__ if name in shape_of(path).fields]
    if _kind(path) == PARQUET:
        table = pq.read_table(path, columns=wanted, use_threads=False)
    else:
        table = pcsv.read_csv(path).select(wanted)
    for index, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            whole = pc.cast(table[field.name], pa.timestamp("ms"), safe=False)
            table = table.set_column(index, field.name, pc.cast(whole, pa.int64()))
    if order_by:
        table = table.sort_by([(order_by, "ascending")])
    for batch in table.to_batches(ROWS):
        yield from batch.to_pylist()
