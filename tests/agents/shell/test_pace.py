import pytest

from agents.shell.pace import SNAPSHOT_SHARE, CheckpointPace


@pytest.mark.parametrize(
    ("size", "snapshot_s", "interval_s"),
    [
        (1_000, 0.0001, 0.1),
        (500_000, 0.0001, 1.0),
        (1_000, 0.02, 0.02 / SNAPSHOT_SHARE),
    ],
)
def test_the_interval_grows_with_size_and_with_cost(
    size: int, snapshot_s: float, interval_s: float
) -> None:
    pace = CheckpointPace(0.1, 500_000)
    pace.note(size, snapshot_s)

    assert pace.interval_s == pytest.approx(interval_s)


def test_the_interval_shrinks_again_with_the_state() -> None:
    pace = CheckpointPace(0.1, 500_000)
    pace.note(5_000_000, 0.0)
    pace.note(10, 0.0)

    assert pace.interval_s == 0.1
