import msgspec
import pytest

from agents.shell.restore import Resumption, resume
from schemas.errors import InfrastructureError
from schemas.ops import Checkpoint
from topics.catalog import MARKET_TRADES
from topics.reader import Bounds


def checkpoint(offset: int) -> Checkpoint:
    return Checkpoint(
        stage="counting", partition=0, offset=offset, applied={}, state=msgspec.Raw(b"null")
    )


def test_the_first_start_begins_at_the_start_of_the_log() -> None:
    found = resume("counting", MARKET_TRADES, 0, None, Bounds(5, 9))
    assert found == Resumption(None, 5, 9, lost=0)


def test_a_later_start_goes_on_behind_the_checkpoint() -> None:
    found = resume("counting", MARKET_TRADES, 0, checkpoint(6), Bounds(5, 9))
    assert (found.start, found.end, found.lost) == (7, 9, 0)


def test_a_checkpoint_of_the_whole_log_waits_for_news() -> None:
    assert resume("counting", MARKET_TRADES, 0, checkpoint(8), Bounds(5, 9)).start == 9


def test_records_deleted_before_they_were_read_are_counted() -> None:
    found = resume("counting", MARKET_TRADES, 0, checkpoint(2), Bounds(5, 9))
    assert (found.start, found.lost) == (5, 2)


def test_a_checkpoint_ahead_of_its_log_is_refused() -> None:
    with pytest.raises(InfrastructureError, match="up to offset 9, but that log ends at 9"):
        resume("counting", MARKET_TRADES, 0, checkpoint(9), Bounds(5, 9))
