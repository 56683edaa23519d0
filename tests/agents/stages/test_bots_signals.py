from agents.bots.base import Note
from agents.stages.bots_signals import SignalMarks, is_worth_writing
from tests.agents.bots.orders import MARKET
from tests.agents.tape import BOT_1, BOT_5, START


def write(marks: SignalMarks, reason: str, at_ms: int, decision: str = "none") -> bool:
    note = Note(decision=decision, reason=reason)
    return is_worth_writing(marks, BOT_5, MARKET.market_id, note, START + at_ms)


def test_an_unchanged_none_is_written_once_a_minute() -> None:
    marks: SignalMarks = {}
    assert write(marks, "a", 0)
    assert not write(marks, "a", 59_999)
    assert write(marks, "a", 60_000)


def test_a_changed_reason_is_written_at_most_once_a_second() -> None:
    marks: SignalMarks = {}
    assert write(marks, "a", 0)
    assert not write(marks, "b", 999)
    assert write(marks, "b", 1_000)
    assert not write(marks, "a", 1_500)


def test_every_decision_is_written() -> None:
    marks: SignalMarks = {}
    assert all(write(marks, "a", 0, "place") for _ in range(3))
    assert not write(marks, "a", 1_000), "the reason is the same"
    assert write(marks, "b", 1_000)


def test_markets_and_bots_do_not_silence_each_other() -> None:
    marks: SignalMarks = {}
    note = Note(decision="none", reason="a")
    assert is_worth_writing(marks, BOT_5, MARKET.market_id, note, START)
    assert is_worth_writing(marks, BOT_1, MARKET.market_id, note, START)
    assert not is_worth_writing(marks, BOT_1, MARKET.market_id, note, START)
