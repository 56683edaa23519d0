"""One session's clock, kept in PETS_HOME so that a later session never runs back in time."""

from pathlib import Path

import msgspec

from configs.clock import PROCESS_WALL, SessionClock
from schemas.errors import ConfigurationError


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Anchors of the session clock, and when it was last known to run.

    Attributes:
        seen_wall_ms: Wall time at which the session was last known to run.
    """

    anchor_wall_ms: int
    anchor_event_ms: int
    speed: float
    seen_wall_ms: int

    def clock(self) -> SessionClock:
        """The clock that all processes of the session share."""
        return SessionClock(self.anchor_wall_ms, self.anchor_event_ms, self.speed)

    def environment(self) -> dict[str, str]:
        """The settings that give a child process the same clock."""
        return {
            "PETS_SPEED": repr(self.speed),
            "PETS_ANCHOR_WALL_MS": str(self.anchor_wall_ms),
            "PETS_ANCHOR_EVENT_MS": str(self.anchor_event_ms),
            "PETS_WALL_OFFSET_MS": str(PROCESS_WALL.offset_ms),
        }


def open_session(home: Path, speed: float, live: bool) -> Session:
    """Begin a session after the last one in this home.

    Args:
        home: PETS_HOME.
        speed: Session seconds per wall second.
        live: Whether the source is live data, which knows wall time only.

    Raises:
        ConfigurationError: Live data asked for in a home whose clock runs ahead of wall time.
    """
    wall = PROCESS_WALL()
    last = _read(home)
    last_event = 0 if last is None else last.clock().at(last.seen_wall_ms)
    if live and last_event > wall:
        raise ConfigurationError(
            f"Expected a home whose clock is wall time for live data; {home} was played ahead of "
            "it. Set PETS_HOME to another folder for live data."
        )
    session = Session(
        anchor_wall_ms=wall,
        anchor_event_ms=max(wall, last_event),
        speed=1.0 if live else speed,
        seen_wall_ms=wall,
    )
    write_session(home, session)
    return session


def write_session(home: Path, session: Session) -> None:
    """Keep the session; called now and then so that a killed run is known to have run."""
    path = _path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    seen = msgspec.structs.replace(session, seen_wall_ms=PROCESS_WALL())
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(seen))
    draft.replace(path)


def _path(home: Path) -> Path:
    return home / "session.json"


def _read(home: Path) -> Session | None:
    try:
        return msgspec.json.decode(_path(home).read_bytes(), type=Session)
    except FileNotFoundError:
        return None
