"""A run of all stages frame by frame over a log in memory, as workers would make it."""

from collections import defaultdict
from functools import cache, partial

from agents.registry import choose_bots
from agents.replay.log import Recorded
from agents.stages.framing import FrameFold
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId
from topics.catalog import GATE_INPUTS, TopicSpec
from topics.codec import encode_frame

SETTINGS = Settings(_env_file=None, source="world", bots="1,5")
STAGES = ("relay", "book", "bots", "gate", "paper", "ledger")
HOURS = 0.02
Rows = dict[tuple[str, int], list[Recorded]]


class MemoryLog:
    """Topics with one partition, and the stages that follow them."""

    def __init__(self, settings: Settings) -> None:
        self.rows: Rows = defaultdict(list)
        stages = Stages(settings)
        makers = [make for name in STAGES for make in stages.named(name)]
        self._folds = [(make(0).reads.name, FrameFold(partial(make, 0), 0, 1)) for make in makers]
        self._read = [0] * len(makers)
        self._written = 0

    def say(self, topic: TopicSpec, messages: list[Message]) -> None:
        """One frame of a writer that is no stage, and all that follows from it."""
        self._written += 1
        self._append(topic.name, encode_frame("test#1", self._written, messages))
        while self._step():
            pass

    def _step(self) -> bool:
        moved = False
        for number, (name, fold) in enumerate(self._folds):
            rows = self.rows[name, 0]
            while self._read[number] < len(rows):
                record = rows[self._read[number]]
                self._read[number] += 1
                moved = True
                for outgoing in fold.apply(record.offset, record.value).records:
                    if outgoing.topic.framed:
                        self._append(outgoing.topic.name, outgoing.value)
        return moved

    def _append(self, name: str, value: bytes) -> None:
        rows = self.rows[name, 0]
        rows.append(Recorded(name, 0, len(rows), value))


@cache
def run() -> Rows:
    """The log of a small world with bots 1 and 5."""
    log = MemoryLog(SETTINGS)
    tape = Tape("world", seed=7, hours=HOURS, account=AccountId(SETTINGS.account))
    for number, (topic, _, message) in enumerate(tape):
        if not number:
            bots = [bot.bot_id for bot in choose_bots(SETTINGS.bots)]
            log.say(GATE_INPUTS, list(first_messages(SETTINGS, bots, message.ingest_time)))
        log.say(topic, [message])
    return dict(log.rows)
