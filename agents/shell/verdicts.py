"""Counts the risk gate's verdicts by reason, off the records that carry them."""

from collections.abc import Iterator

from agents.stages.framing import Outcome
from schemas.envelope import Message
from schemas.pairs import ConvertApproved, ConvertDenied, SplitApproved, SplitDenied
from schemas.trading import IntentApproved, IntentDenied, MergeApproved, MergeDenied
from topics.catalog import DECISIONS
from topics.codec import TopicCodec, decode_frame

APPROVED = "approved"

_codec: TopicCodec[Message] = TopicCodec(DECISIONS)


def reasons_of(outcome: Outcome) -> Iterator[str]:
    """The reason of each verdict: `approved`, or the code of a denial."""
    for record in outcome.records:
        if record.topic is not DECISIONS:
            continue
        for payload in decode_frame(record.value).messages:
            match _codec.decode(payload):
                case IntentApproved() | MergeApproved() | SplitApproved() | ConvertApproved():
                    yield APPROVED
                case IntentDenied() | MergeDenied() | SplitDenied() | ConvertDenied() as denied:
                    yield str(denied.code)
