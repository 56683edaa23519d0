"""A segment: consecutive records of one partition as one Parquet file, written whole or not at all.

A row is a record of the log with its bytes unchanged, so that an audit can compare them, beside
what is needed to find it: offset, times, number of messages. Values are JSON, zstd takes them to
about a tenth.
"""

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import InfrastructureError
from topics.codec import DecodeError, decode_frame

SCHEMA = pa.schema(
    [
        ("offset", pa.int64()),
        ("written_at", pa.int64()),
        ("key", pa.binary()),
        ("value", pa.binary()),
        ("messages", pa.int32()),
        ("first_ms", pa.int64()),
        ("last_ms", pa.int64()),
    ]
)
ROWS_A_GROUP = 4_096
SUFFIX = ".parquet"
UNFINISHED = ".tmp"


class Stored(NamedTuple):
    """One record of a partition.

    Attributes:
        offset: On the log.
        written_at: The broker's time stamp, ms UTC.
        key: Its key, empty without one.
        value: Its bytes.
        messages: How many its frame carries; 0 for a fence and for bytes that are no frame.
        first_ms: Least ingest time of its messages, session ms; `written_at` without messages.
        last_ms: Greatest ingest time of its messages.
    """

    offset: int
    written_at: int
    key: bytes
    value: bytes
    messages: int
    first_ms: int
    last_ms: int


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """What the manifest says about a segment.

    Attributes:
        path: Inside the archive.
        topic: By its catalogue name.
        first_offset: Of its first record.
        end_offset: Behind its last one.
        records: Its rows.
        messages: In all its frames.
        first_ms: Least ingest time, session ms.
        last_ms: Greatest ingest time.
        size: Of the file, bytes.
        sha256: Of the file.
    """

    path: str
    topic: str
    partition: int
    first_offset: int
    end_offset: int
    records: int
    messages: int
    first_ms: int
    last_ms: int
    size: int
    sha256: str


class _Timed(msgspec.Struct, gc=False):
    ingest_time: int


_timed = msgspec.json.Decoder(_Timed)


def stored(offset: int, written_at: int, key: bytes, value: bytes) -> Stored:
    """Describe a record; bytes that are no frame are kept like all others."""
    try:
        times = [_timed.decode(message).ingest_time for message in decode_frame(value).messages]
    except (DecodeError, msgspec.DecodeError):
        times = []
    first, last = (min(times), max(times)) if times else (written_at, written_at)
    return Stored(offset, written_at, key, value, len(times), first, last)


def place_of(topic: str, partition: int, first: int, end: int, day: str) -> str:
    """The path of a segment inside an archive, in the form that Parquet readers know.

    Args:
        topic: By its catalogue name.
        partition: Which.
        first: Offset of its first record.
        end: Offset behind its last one.
        day: ISO date of its first record.
    """
    return f"topic={topic}/partition={partition}/date={day}/{first:020}-{end:020}{SUFFIX}"


def write_segment(
    folder: Path, topic: str, partition: int, day: str, rows: Sequence[Stored]
) -> Segment:
    """Write a segment so that a power cut leaves the whole of it or nothing under its name.

    Args:
        folder: The archive.
        topic: By its catalogue name.
        partition: Which.
        day: ISO date of the first record.
        rows: At least one, in the order of their offsets.

    Raises:
        InfrastructureError: The disk takes no more.
    """
    first, end = rows[0].offset, rows[-1].offset + 1
    place = place_of(topic, partition, first, end, day)
    path = folder / place
    unfinished = path.with_suffix(UNFINISHED)
    columns = [list(column) for column in zip(*rows, strict=True)]
    table = pa.table(columns, schema=SCHEMA)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(
            table, unfinished, compression="zstd", row_group_size=ROWS_A_GROUP, use_dictionary=False
        )
        _to_disk(unfinished)
        unfinished.replace(path)
        _to_disk(path.parent)
        content = path.read_bytes()
    except OSError as error:
        raise InfrastructureError(
            f"The archive at {folder} cannot be written ({error.strerror or error}): free space "
            "there, or name another folder. Nothing is lost, the log still has these records."
        ) from error
    return Segment(
        path=place,
        topic=topic,
        partition=partition,
        first_offset=first,
        end_offset=end,
        records=len(rows),
        messages=sum(row.messages for row in rows),
        first_ms=min(row.first_ms for row in rows),
        last_ms=max(row.last_ms for row in rows),
        size=len(content),
        sha256=sha256(content).hexdigest(),
    )


def read_segment(path: Path) -> Iterator[Stored]:
    """The records of a segment in order.

    Raises:
        InfrastructureError: The file is missing or is no segment.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS_A_GROUP, use_threads=False):
                columns = [column.to_pylist() for column in batch.columns]
                yield from map(Stored._make, zip(*columns, strict=True))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InfrastructureError(
            f"Expected a segment of an archive at {path}, received {error}. "
            "`pets verify` says what else is wrong with this archive."
        ) from error


def _to_disk(path: Path) -> None:
    """Have the disk keep a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
