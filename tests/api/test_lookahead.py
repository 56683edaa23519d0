"""Changing the future must not change the past; who knew it is caught."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from agents.replay.perturb import perturbed
from api.archive_tape import ArchiveTape, _Timed
from api.cli.examine import lookahead_lines
from api.lookahead import compare, decisions, lookahead
from api.tape import Input
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.market import BookSnapshot
from sinks.archive.segment import Segment
from tests.api.recorded_world import said, world
from topics.catalog import TopicSpec

SETTINGS = Settings(_env_file=None, bots="1,5")
PEEK_MS = 15_000


@pytest.fixture(scope="module")
def tape(tmp_path_factory: pytest.TempPathFactory) -> ArchiveTape:
    return ArchiveTape(world(tmp_path_factory.mktemp("world")), AccountId("main"))


def test_no_decision_knows_the_future(tape: ArchiveTape) -> None:
    runs: list[int] = []
    found = lookahead(tape, SETTINGS, 1, runs.append)
    assert runs == [1, 2]
    assert [cut.difference for cut in found.cuts] == [None]
    assert found.cuts[0].compared > 100
    assert "all the same to the byte" in lookahead_lines(found)[0]


class Leaking(ArchiveTape):
    """A tape that tells some seconds early what was recorded."""

    def __init__(self, tape: ArchiveTape) -> None:
        self.__dict__ = dict(tape.__dict__)

    def _stream(self, topic: TopicSpec, segments: list[Segment]) -> Iterator[_Timed]:
        for at, rank, of, message in super()._stream(topic, segments):
            sooner = max(message.ingest_time - PEEK_MS, self.start_ms)
            yield _Timed(
                max(at - PEEK_MS, self.start_ms), rank, of, replace(message, ingest_time=sooner)
            )


def test_a_tape_that_tells_the_future_is_caught(tape: ArchiveTape) -> None:
    found = lookahead(Leaking(tape), SETTINGS, 1, lambda done: None)
    (cut,) = found.cuts
    assert cut.difference is not None
    assert "DIFFERENT first" in lookahead_lines(found)[0]


def test_inputs_that_came_before_they_happened_are_counted(tape: ArchiveTape) -> None:
    class Early(ArchiveTape):
        def __init__(self) -> None:
            self.__dict__ = dict(tape.__dict__)

        def __iter__(self) -> Iterator[Input]:
            for number, each in enumerate(super().__iter__()):
                message: Message = each.message
                if number == 5:
                    message = replace(message, event_time=message.ingest_time + 70)
                yield each._replace(message=message)

    found = lookahead(Early(), SETTINGS, 1, lambda done: None)
    assert (found.early, found.most_early_ms) == (1, 70)


def test_decisions_that_are_missing_are_a_difference(tape: ArchiveTape) -> None:
    real = decisions(tape, SETTINGS, tape.start_ms)
    at = tape.start_ms + tape.duration_ms // 2
    first = next(each for each in real if each.at < at)
    cut = compare(at, real, [each for each in real if each != first])
    assert cut.difference is not None
    assert cut.difference[0] == first
    assert compare(at, real, real).difference is None


def test_the_other_future_is_another_and_mirrored_back_by_itself() -> None:
    books = [message for _, message in said() if isinstance(message, BookSnapshot)]
    changed = [perturbed(message) for message in books]
    assert all(was != now for was, now in zip(books, changed, strict=True) if was.bids or was.asks)
    twice = perturbed(changed[0])
    assert isinstance(twice, BookSnapshot)
    assert [ticks for ticks, _ in twice.bids] == [ticks for ticks, _ in books[0].bids]
