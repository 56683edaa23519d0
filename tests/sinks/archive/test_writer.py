from pathlib import Path

import msgspec
import pytest

from schemas.errors import ApplicationError, InfrastructureError
from sinks.archive.archive import Archive
from sinks.archive.manifest import MANIFEST, Missing
from sinks.archive.segment import stored
from sinks.archive.verify import verify
from sinks.archive.writer import ArchiveWriter
from tests.sinks.archive.rows import START_MS, TOPIC, rows

NOW = 1_800_000_000_000


def filled(folder: Path, segments: int = 3, each: int = 4) -> Archive:
    with ArchiveWriter(folder, "log", NOW) as writer:
        for number in range(segments):
            segment = writer.write(TOPIC, 0, rows(number * each, each))
            writer.commit("recorded", NOW + number, segments=(segment,))
    return Archive.open(folder)


def test_what_is_read_is_what_was_written_to_the_byte(tmp_path: Path) -> None:
    archive = filled(tmp_path)
    assert list(archive.partition(TOPIC, 0)) == list(rows(0, 12))
    assert archive.next_offsets == {(TOPIC, 0): 12}
    assert [segment.messages for segment in archive.segments] == [8, 8, 8]
    first = archive.segments[0]
    assert (first.first_ms, first.last_ms) == (START_MS + 5, START_MS + 7_005)


def test_a_record_that_is_no_frame_is_kept_as_it_came(tmp_path: Path) -> None:
    odd = stored(0, 77, b"", b"\xff\x00 no frame")
    assert (odd.messages, odd.first_ms, odd.last_ms) == (0, 77, 77)
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        writer.commit("recorded", NOW, segments=(writer.write(TOPIC, 0, [odd]),))
        assert list(writer.archive.partition(TOPIC, 0)) == [odd]


def test_a_segment_without_a_commit_never_was(tmp_path: Path) -> None:
    filled(tmp_path)
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        writer.write(TOPIC, 0, rows(12, 4))
    assert Archive.open(tmp_path).next_offsets == {(TOPIC, 0): 12}
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        assert [Path(path).stem for path in writer.removed] == [f"{12:020}-{16:020}"]
        writer.commit("recorded", NOW, segments=(writer.write(TOPIC, 0, rows(12, 4)),))
    assert list(Archive.open(tmp_path).partition(TOPIC, 0)) == list(rows(0, 16))


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_torn_commit_never_was(tmp_path: Path, cut: int) -> None:
    filled(tmp_path)
    path = tmp_path / MANIFEST
    path.write_bytes(path.read_bytes()[:-cut])
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        assert writer.archive.next_offsets == {(TOPIC, 0): 8}
        assert len(writer.removed) == 1
        writer.commit("recorded", NOW, segments=(writer.write(TOPIC, 0, rows(8, 4)),))
    assert verify(tmp_path).faults == ()
    assert list(Archive.open(tmp_path).partition(TOPIC, 0)) == list(rows(0, 12))


def test_a_changed_commit_breaks_the_chain(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"messages":8', b'"messages":9', 1))
    with pytest.raises(ApplicationError, match="commit 1 was changed"):
        Archive.open(tmp_path)


def test_a_removed_commit_breaks_the_chain(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / MANIFEST
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))
    (broken,) = [each for each in verify(tmp_path).faults if "chain" in each]
    assert "commit 2 is missing" in broken


def test_a_resealed_commit_still_breaks_the_chain(tmp_path: Path) -> None:
    archive = filled(tmp_path)
    changed = msgspec.structs.replace(archive.commits[1], at=1).sealed()
    lines = (tmp_path / MANIFEST).read_bytes().splitlines(keepends=True)
    lines[1] = msgspec.json.encode(changed) + b"\n"
    (tmp_path / MANIFEST).write_bytes(b"".join(lines))
    assert "commit 2 does not follow" in verify(tmp_path).faults[0]


def test_a_changed_file_is_named(tmp_path: Path) -> None:
    archive = filled(tmp_path)
    path = tmp_path / archive.segments[1].path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    (tmp_path / archive.segments[2].path).unlink()
    assert verify(tmp_path).faults == (
        f"{archive.segments[1].path} is not the file that was committed.",
        f"{archive.segments[2].path} is missing.",
    )


def test_a_hole_nobody_accounts_for_is_named(tmp_path: Path) -> None:
    filled(tmp_path)
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        writer.commit("recorded", NOW, segments=(writer.write(TOPIC, 0, rows(20, 1)),))
    assert verify(tmp_path).faults == (f"{TOPIC}/0 goes on at offset 20, expected 12.",)


def test_a_hole_that_was_told_is_no_fault(tmp_path: Path) -> None:
    filled(tmp_path)
    hole = Missing(topic=TOPIC, partition=0, first_offset=12, end_offset=20)
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        writer.commit("missing", NOW, missing=(hole,))
        writer.commit("recorded", NOW, segments=(writer.write(TOPIC, 0, rows(20, 1)),))
    found = verify(tmp_path)
    assert (found.faults, found.missing, found.records) == ((), (hole,), 13)


def test_retired_segments_leave_the_chain_whole(tmp_path: Path) -> None:
    archive = filled(tmp_path)
    with ArchiveWriter(tmp_path, "log", NOW) as writer:
        assert writer.retire(NOW + 1, 1 << 40, NOW) == (archive.segments[0].path,)
        least = archive.segments[2].size
        assert writer.retire(0, least, NOW) == (archive.segments[1].path,)
        assert writer.retire(0, least, NOW) == ()
    left = Archive.open(tmp_path)
    assert list(left.partition(TOPIC, 0)) == list(rows(8, 4))
    assert left.next_offsets == {(TOPIC, 0): 12}
    assert not (tmp_path / archive.segments[0].path).exists()
    found = verify(tmp_path)
    assert (found.faults, found.retired, found.segments) == ((), 2, 1)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with (
        ArchiveWriter(tmp_path, "log", NOW),
        pytest.raises(ApplicationError, match="another process holds it"),
    ):
        ArchiveWriter(tmp_path, "log", NOW)


def test_a_log_and_imports_do_not_mix(tmp_path: Path) -> None:
    filled(tmp_path)
    with pytest.raises(ApplicationError, match="do not mix"):
        ArchiveWriter(tmp_path, "import", NOW)
    ArchiveWriter(tmp_path, "log", NOW).close()


def test_no_archive_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ApplicationError, match=r"Expected an archive .* found none"):
        Archive.open(tmp_path)


def test_a_damaged_line_is_said_in_a_sentence(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / MANIFEST
    path.write_bytes(b"not json\n" + path.read_bytes())
    with pytest.raises(InfrastructureError, match="commit in line 1"):
        Archive.open(tmp_path)
