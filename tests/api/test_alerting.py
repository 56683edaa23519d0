"""Alerts follow what holds, with a grace both ways, whoever raised them."""

import pytest

from api.alerting import GRACE_LOOKS
from schemas.ops import ClockTick
from tests.api.running import NOW, Running, beats
from tests.sinks.messages import alert, at, listed, top


@pytest.fixture(autouse=True)
def told(running: Running) -> None:
    running.log.tell(ClockTick(**at(0, "tick")))


def standing(running: Running) -> set[str]:
    return {entry.rule for entry in running.state.alerts if entry.resolved_at is None}


async def test_what_holds_is_raised_after_the_grace(running: Running) -> None:
    for _ in range(GRACE_LOOKS - 1):
        await running.context.alerting.look()
    assert standing(running) == set()
    await running.context.alerting.look()
    assert standing(running) == {"database-away"}


async def test_what_an_earlier_process_raised_has_its_grace_before_it_is_resolved(
    running: Running,
) -> None:
    running.tell(listed(0), top(NOW), alert(NOW), *beats(NOW))
    for _ in range(GRACE_LOOKS - 1):
        await running.context.alerting.look()
        assert "stage-silent" in standing(running)
    await running.context.alerting.look()
    assert "stage-silent" not in standing(running)
