"""The machine's clock is set while the system runs: session time neither jumps nor runs back."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from agents.shell.clock import tick_frame
from agents.stages.framing import AppliedFrames, FrameFold
from api.session import Session, open_session
from configs.clock import SessionClock, SteadyWall
from configs.settings import Settings
from tests.agents.shell.counting import CountingStage, trade
from topics.codec import decode_frame, encode_frame

HOUR_MS = 3_600_000


class Machine:
    """A machine whose wall clock can be set; the time since boot cannot."""

    def __init__(self) -> None:
        self.boot = 5_000
        self.set_by = 1_795_000_000_000

    def wall(self) -> int:
        return self.boot + self.set_by


@given(st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from([-HOUR_MS, 0, HOUR_MS]))))
def test_session_time_passes_as_time_does_however_the_clock_is_set(
    steps: list[tuple[int, int]],
) -> None:
    machine = Machine()
    wall = SteadyWall(0, machine.wall, lambda: machine.boot)
    clock = SessionClock(wall(), wall(), 10.0, wall)
    for passed, step in steps:
        before = clock.now_ms()
        machine.boot += passed
        machine.set_by += step
        assert clock.now_ms() - before == passed * 10
    assert wall.jumped_ms() == sum(step for _, step in steps)


def test_a_process_that_starts_after_the_step_shows_the_sessions_time() -> None:
    machine = Machine()
    first = SteadyWall(0, machine.wall, lambda: machine.boot)
    machine.set_by -= HOUR_MS
    later = SteadyWall(first.offset_ms, machine.wall, lambda: machine.boot)
    assert later() == first()
    assert later.jumped_ms() == -HOUR_MS


def test_a_sessions_processes_are_given_its_wall_time(
    tmp_path: Path,
) -> None:
    session: Session = open_session(tmp_path, 10.0, live=False)
    given_to_children = {
        name.removeprefix("PETS_").lower(): value for name, value in session.environment().items()
    }
    child = Settings(_env_file=None, **given_to_children)  # type: ignore[arg-type]
    assert abs(child.clock().now_ms() - session.clock().now_ms()) < 5_000
    assert child.wall_offset_ms > HOUR_MS


def test_a_writer_an_hour_off_moves_no_stage_back() -> None:
    """Another machine's clock may still be wrong: its ticks behind the last one are left out."""
    readers = AppliedFrames()
    seconds = [1_000_000, 1_001_000, 1_001_000 - HOUR_MS, 1_002_000]
    taken = [readers.is_news(decode_frame(tick_frame(second))) for second in seconds]
    assert taken == [True, True, False, True]

    fold = FrameFold(CountingStage, 0, 1)
    times = []
    for offset, number in enumerate((7_200_000, 0, 7_200_500)):
        fold.apply(offset, encode_frame("c#1", offset + 1, [trade(number)]))
        times.append(fold.now)
    assert times == sorted(times)
