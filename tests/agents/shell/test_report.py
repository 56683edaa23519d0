import os

import pytest
from prometheus_client import generate_latest

from agents.shell import report as module
from agents.shell.context import ShellContext
from agents.shell.report import StageReport
from agents.stages.framing import FrameFold
from configs.clock import SessionClock
from schemas.ops import Alert, Heartbeat, Severity
from tests.agents.shell.counting import POISON, CountingStage, trade
from tests.agents.shell.doubles import KeptReports, context
from topics.catalog import ALERTS, HEARTBEATS
from topics.codec import encode_frame


@pytest.fixture
def reports() -> KeptReports:
    return KeptReports()


@pytest.fixture
def shell(reports: KeptReports) -> ShellContext:
    return context(clock=SessionClock(0, 0, 1.0), reports=reports)


def alerts(reports: KeptReports) -> list[Alert]:
    return [m for topic, _, m in reports.published if topic is ALERTS and isinstance(m, Alert)]


async def test_a_heartbeat_says_how_far_the_stage_is(
    shell: ShellContext, reports: KeptReports
) -> None:
    report = StageReport("counting", shell)
    fold = FrameFold(CountingStage, 0, 1)
    await report.note(fold.apply(0, encode_frame("o#1", 1, [trade(1), trade(2)])), fold.now)
    await report.note(fold.apply(1, encode_frame("o#1", 1, [trade(1), trade(2)])), fold.now)

    await report.beat("running", position=2, lag=7, unsaved_s=0.5, checkpoint_bytes=99)

    [(topic, key, beat)] = reports.published
    assert (topic, key) == (HEARTBEATS, "counting")
    assert isinstance(beat, Heartbeat)
    assert (beat.component, beat.status, beat.processed) == ("counting", "running", 1)
    assert (beat.position, beat.lag, beat.pid) == (2, 7, os.getpid())
    text = generate_latest(shell.metrics.registry).decode()
    assert 'pets_stage_messages_total{stage="counting"} 2.0' in text
    assert 'pets_stage_repeats_total{stage="counting"} 1.0' in text
    assert 'pets_stage_lag{stage="counting"} 7.0' in text
    assert 'pets_stage_checkpoint_age_seconds{stage="counting"} 0.5' in text


async def test_two_heartbeats_of_one_moment_have_ids_of_their_own(
    shell: ShellContext, reports: KeptReports
) -> None:
    report = StageReport("counting", shell)
    for _ in range(2):
        await report.beat("running", position=0, lag=0, unsaved_s=0.0, checkpoint_bytes=0)

    assert len({message.event_id for _, _, message in reports.published}) == 2


async def test_bad_messages_are_counted_by_kind_and_alerted_once_in_a_while(
    shell: ShellContext, reports: KeptReports, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("agents.shell.report.time.monotonic", lambda: now)
    report = StageReport("counting", shell)
    fold = FrameFold(CountingStage, 0, 1)

    for offset in range(3):
        poisoned = encode_frame("o#1", offset + 1, [trade(offset, size=POISON)])
        await report.note(fold.apply(offset, poisoned), fold.now)
    assert len(alerts(reports)) == 1
    now += module.ALERT_GAP_S
    await report.note(fold.apply(3, b"garbage"), fold.now)

    first, second = alerts(reports)
    assert first.severity is Severity.CRITICAL
    assert "set 1 message(s)" in first.detail
    assert "ValueError: poison" in first.detail
    assert "set 3 message(s)" in second.detail
    await report.beat("running", position=4, lag=0, unsaved_s=0.0, checkpoint_bytes=0)
    text = generate_latest(shell.metrics.registry).decode()
    assert 'pets_stage_apply_errors_total{stage="counting"} 3.0' in text
    assert 'pets_stage_unreadable_total{stage="counting"} 1.0' in text
