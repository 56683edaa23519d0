"""Files into an archive: what is kept, what is refused, and the recorded data at hand."""

from pathlib import Path
from types import NoneType
from typing import get_args, get_type_hints

import msgspec
import pyarrow.parquet as pq
import pytest

from api.importing import import_files
from connectors.recordings.reader import RowReader
from connectors.recordings.registry import NOTHING_SAID, reader_of
from schemas.envelope import Message
from schemas.errors import ApplicationError
from sinks.archive.archive import Archive
from sinks.archive.verify import verify
from tests.connectors.recordings import small_files as small
from topics.catalog import BOOK_EVENTS, LIFECYCLE
from topics.codec import TopicCodec, decode_frame

DATA = Path(__file__).parents[3] / "shared" / "data" / "polymarket"
LARGE = 4 * 1024 * 1024
"""Files above it are left to `pets import`; they take a minute."""


def books(folder: Path, name: str, first: int, count: int) -> Path:
    rows = [
        small.books20(
            1_000 * second, side, 0.5 if side == "UP" else 0.49, 0.51 if side == "UP" else 0.5
        )
        for second in range(first, first + count)
        for side in ("UP", "DOWN")
    ]
    return small.parquet(folder / name, rows)


def test_an_archive_of_an_import_is_whole_and_in_order(tmp_path: Path) -> None:
    markets = small.parquet(tmp_path / "m.parquet", [small.WINDOW])
    found = import_files([books(tmp_path, "b.parquet", 0, 500), markets], tmp_path / "archive")
    archive = Archive.open(tmp_path / "archive")
    assert verify(tmp_path / "archive").faults == ()
    counted = {
        topic.name: sum(row.messages for row in archive.partition(topic.name, partition))
        for topic, partition in archive.partitions
    }
    assert counted == dict(found.messages)
    codec: TopicCodec[Message] = TopicCodec(BOOK_EVENTS)
    times = [
        message.ingest_time
        for row in archive.partition(BOOK_EVENTS.name, 0)
        for message in map(codec.decode, decode_frame(row.value).messages)
    ]
    assert times == sorted(times)
    assert counted[LIFECYCLE.name] == 2


def test_a_second_import_goes_on_behind_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    import_files([books(tmp_path, "a.parquet", 0, 10)], folder)
    import_files([books(tmp_path, "b.parquet", 10, 10)], folder)
    assert verify(folder).faults == ()
    assert len(Archive.open(folder).segments_of(BOOK_EVENTS.name, 0)) == 2


def test_the_same_file_is_not_imported_twice(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    path = books(tmp_path, "a.parquet", 0, 10)
    import_files([path], folder)
    same = path.rename(tmp_path / "other-name.parquet")
    with pytest.raises(ApplicationError, match=r"imported before \(as a\.parquet\)"):
        import_files([same], folder)
    assert len(Archive.open(folder).segments) == 2


def test_an_import_that_fails_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    rows = [small.books20(n, "UP", 0.5, 0.51) for n in range(3_000)]
    bad = small.parquet(
        tmp_path / "b.parquet", [*rows, {**rows[0], "ts": small.START + 9_999_999, "side": None}]
    )
    with pytest.raises(ApplicationError, match="is none"):
        import_files([bad], folder)
    assert Archive.open(folder).segments == ()
    import_files([books(tmp_path, "a.parquet", 0, 10)], folder)
    assert verify(folder).faults == ()


def test_every_recorded_file_is_imported_or_says_why_not(tmp_path: Path) -> None:
    if not DATA.is_dir():
        pytest.skip(f"The recorded data is not at {DATA}.")
    known = []
    for path in sorted(DATA.iterdir()):
        try:
            known.append((path, reader_of(path)))
        except ApplicationError as error:
            assert any(why in str(error) for _, why in NOTHING_SAID), path.name  # noqa: PT017
    assert len(known) > 20
    small_ones = [
        path for path, _ in known if path.stat().st_size < LARGE and "quotes" not in path.name
    ]
    played = [path for path in small_ones if "history" not in path.name]
    found = import_files(played, tmp_path / "archive")
    assert verify(tmp_path / "archive").faults == ()
    assert found.hashes == 4
    assert found.mismatches == 0
    assert found.unreadable == 0
    assert found.markets > 2_000


def test_no_reader_needs_a_value_that_a_recorded_file_lacks() -> None:
    if not DATA.is_dir():
        pytest.skip(f"The recorded data is not at {DATA}.")
    lacking = []
    for path in sorted(DATA.glob("*.parquet")):
        try:
            reader = reader_of(path)
        except ApplicationError:
            continue
        assert isinstance(reader, RowReader)
        file = pq.ParquetFile(path)
        nulls = {name: file.read([name])[name].null_count for name in needed(reader.row, file)}
        lacking += [f"{path.name}: {name}" for name, count in nulls.items() if count]
    assert lacking == []


def needed(row: type[msgspec.Struct], file: pq.ParquetFile) -> list[str]:
    """Columns that a row takes and that may not be null."""
    hints = get_type_hints(row)
    names = set(file.schema_arrow.names)
    return [
        name for name, kind in hints.items() if name in names and NoneType not in get_args(kind)
    ]
