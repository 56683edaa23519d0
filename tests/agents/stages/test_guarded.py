from collections.abc import Sequence

import pytest

from agents.stages import guarded
from agents.stages.base import Emit
from agents.stages.guarded import FoldError, GuardedStage
from schemas.envelope import Message
from tests.agents.shell.counting import POISON, CountingStage, trade


def test_what_the_stage_emits_comes_through() -> None:
    emits = GuardedStage(CountingStage).apply(trade(1))

    assert [emit.key for emit in emits] == ["main", "0"]


def test_a_failed_message_is_undone_from_the_last_snapshot_on() -> None:
    subject, undisturbed = GuardedStage(CountingStage), GuardedStage(CountingStage)
    for number in range(3):
        subject.apply(trade(number))
        undisturbed.apply(trade(number))
    subject.snapshot()
    subject.apply(trade(3))
    undisturbed.apply(trade(3))

    with pytest.raises(FoldError, match="counting could not apply MarketTrade trade-4: ValueError"):
        subject.apply(trade(4, size=POISON))

    assert subject.snapshot() == undisturbed.snapshot()


def test_a_failed_message_right_after_a_restore_is_undone() -> None:
    subject = GuardedStage(CountingStage)
    subject.apply(trade(0))
    kept = subject.snapshot()
    other = GuardedStage(CountingStage)
    other.restore(kept)

    with pytest.raises(FoldError):
        other.apply(trade(1, size=POISON))

    assert other.snapshot() == kept


def test_many_messages_without_a_checkpoint_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "JOURNAL_LEAST", 10)
    applied: list[str] = []

    class Recording(CountingStage):
        def apply(self, message: Message) -> Sequence[Emit]:
            applied.append(message.event_id)
            return super().apply(message)

    subject = GuardedStage(Recording)
    for number in range(25):
        subject.apply(trade(number))
    applied.clear()
    with pytest.raises(FoldError):
        subject.apply(trade(25, size=POISON))

    assert len(applied) == 1 + 5


def test_an_interrupt_is_not_taken_for_a_bad_message() -> None:
    class Interrupted(CountingStage):
        def apply(self, message: Message) -> Sequence[Emit]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        GuardedStage(Interrupted).apply(trade(0))


def test_a_large_state_waits_for_more_messages_but_not_for_ever() -> None:
    limits = [guarded.journal_limit(size) for size in (0, 100_000, 1_000_000, 100_000_000)]
    assert limits == [5_000, 5_000, 15_625, 50_000]
