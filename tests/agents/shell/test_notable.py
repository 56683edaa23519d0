import structlog

from agents.shell.notable import log_outcome, subject_of
from agents.stages.base import Stage
from agents.stages.framing import FrameFold
from api.stages import Stages
from configs.settings import Settings
from schemas.control import Command, Verb
from schemas.envelope import Message
from schemas.ids import AccountId
from tests.agents.shell.counting import CountingStage, trade
from tests.sinks.messages import at
from topics.codec import encode_frame


def gate(_: int = 0) -> Stage:
    return Stages(Settings(_env_file=None)).gate()


def logged(fold: FrameFold, *messages: Message) -> list[structlog.typing.EventDict]:
    outcome = fold.apply(fold.offset + 1, encode_frame("api#1", fold.offset + 2, list(messages)))
    with structlog.testing.capture_logs() as lines:
        log_outcome(fold.name, outcome)
    return list(lines)


def test_an_answered_command_is_logged_with_the_id_that_the_api_gave() -> None:
    fold = FrameFold(gate, 0, 1)
    halt = Command(
        **at(10, "halt"),
        account_id=AccountId("main"),
        verb=Verb.HALT,
        bot_id=None,
        reason="test",
        by="api",
    )

    [line] = [each for each in logged(fold, halt) if each["event"] == "command-applied"]

    assert (line["stage"], line["log_level"], line["accepted"]) == ("gate", "info", "True")
    assert line["command_id"] == line["correlation_id"] == halt.event_id
    assert line["message_id"] not in ("", halt.event_id)


def test_ordinary_work_logs_nothing() -> None:
    assert logged(FrameFold(CountingStage, 0, 1), trade(1), trade(2)) == []


def test_the_subject_is_the_message_that_was_taken_up_last() -> None:
    fold = FrameFold(CountingStage, 0, 1)
    assert subject_of("counting", fold) == {"stage": "counting"}
    fold.apply(0, encode_frame("o#1", 1, [trade(1), trade(2)]))
    assert subject_of("counting", fold) == {
        "stage": "counting",
        "correlation_id": "trade-2",
        "causation_id": "",
    }
