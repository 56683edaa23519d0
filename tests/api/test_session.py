"""The session clock never runs back, whatever happened to the session before."""

from pathlib import Path

import msgspec
import pytest

from api.runtime.process_record import living_records
from api.session import Session, open_session, write_session
from schemas.errors import ConfigurationError


def test_the_first_session_starts_now(tmp_path: Path) -> None:
    session = open_session(tmp_path, 10.0, live=False)
    assert session.anchor_event_ms == session.anchor_wall_ms
    assert session.clock().at(session.anchor_wall_ms + 1000) == session.anchor_event_ms + 10_000


def test_a_later_session_starts_where_the_last_one_was(tmp_path: Path) -> None:
    first = open_session(tmp_path, 10.0, live=False)
    ahead = msgspec.structs.replace(first, anchor_event_ms=first.anchor_event_ms + 3_600_000)
    write_session(tmp_path, ahead)
    second = open_session(tmp_path, 10.0, live=False)
    assert second.anchor_event_ms >= ahead.anchor_event_ms


def test_a_session_killed_long_ago_starts_now(tmp_path: Path) -> None:
    first = open_session(tmp_path, 1.0, live=False)
    old = Session(
        anchor_wall_ms=first.anchor_wall_ms - 86_400_000,
        anchor_event_ms=first.anchor_event_ms - 86_400_000,
        speed=1.0,
        seen_wall_ms=0,
    )
    write_session(tmp_path, old)
    second = open_session(tmp_path, 1.0, live=False)
    assert second.anchor_event_ms >= first.anchor_wall_ms


def test_live_data_refuses_a_clock_that_ran_ahead(tmp_path: Path) -> None:
    first = open_session(tmp_path, 10.0, live=False)
    ahead = msgspec.structs.replace(first, anchor_event_ms=first.anchor_event_ms + 3_600_000)
    write_session(tmp_path, ahead)
    with pytest.raises(ConfigurationError, match="Set PETS_HOME"):
        open_session(tmp_path, 1.0, live=True)


def test_children_get_the_same_clock(tmp_path: Path) -> None:
    session = open_session(tmp_path, 10.0, live=False)
    environment = session.environment()
    assert float(environment["PETS_SPEED"]) == 10.0
    assert int(environment["PETS_ANCHOR_EVENT_MS"]) == session.anchor_event_ms


def test_the_cleanup_of_process_records_leaves_the_clock(tmp_path: Path) -> None:
    first = open_session(tmp_path, 10.0, live=False)
    ahead = msgspec.structs.replace(first, anchor_event_ms=first.anchor_event_ms + 3_600_000)
    write_session(tmp_path, ahead)
    assert living_records(tmp_path / "run") == []
    second = open_session(tmp_path, 10.0, live=False)
    assert second.anchor_event_ms >= ahead.anchor_event_ms
