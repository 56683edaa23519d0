"""What a stage says in the log about its own outputs: the rare ones that an operator looks for."""

from collections.abc import Iterator, Mapping

import msgspec
import structlog

from agents.stages.framing import FrameFold, Outcome
from agents.stages.outbox import OutgoingRecord
from schemas.control import CommandApplied
from schemas.envelope import Message
from topics.catalog import BREACHES, CONTROL_STATES, DECISIONS, TopicSpec
from topics.codec import TopicCodec, decode_frame
from topics.message_schemas import tag_of

log = structlog.get_logger(__name__)

COMMANDED = b'"type":"command-applied"'
"""In a record of verdicts that has the answer to a command."""
_ENVELOPE = frozenset(Message.__struct_fields__)
_codecs: dict[TopicSpec, TopicCodec[Message]] = {
    topic: TopicCodec(topic) for topic in (BREACHES, CONTROL_STATES, DECISIONS)
}


def log_outcome(stage: str, outcome: Outcome) -> None:
    """Log commands that were answered, bots that changed state, breakers and halts.

    Args:
        stage: The stage's name.
        outcome: What followed from one input record.
    """
    for record in outcome.records:
        for message in _notable(record):
            log.info(tag_of(type(message)), stage=stage, **_fields(message))


def subject_of(stage: str, fold: FrameFold) -> Mapping[str, str]:
    """The fields of log lines about the message that a stage is applying.

    `correlation_id` is the message's own id; with its `causation_id` the way back is walked.
    """
    message = fold.applying
    if message is None:
        return {"stage": stage}
    return {
        "stage": stage,
        "correlation_id": message.event_id,
        "causation_id": message.causation_id,
    }


def _notable(record: OutgoingRecord) -> Iterator[Message]:
    codec = _codecs.get(record.topic)
    if codec is None or (record.topic is DECISIONS and COMMANDED not in record.value):
        return
    payloads = decode_frame(record.value).messages if record.topic.framed else [record.value]
    for payload in payloads:
        message = codec.decode(payload)
        if record.topic is not DECISIONS or isinstance(message, CommandApplied):
            yield message


def _fields(message: Message) -> dict[str, str]:
    """What a message says beside its envelope, and the ids of itself and of its cause."""
    said = msgspec.structs.asdict(message).items()
    own = {name: str(value) for name, value in said if name not in _ENVELOPE}
    cause = message.causation_id
    return own | {
        "message_id": message.event_id,
        "correlation_id": cause,
        "causation_id": cause,
    }
