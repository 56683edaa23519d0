"""What the gate and the bots of a closed loop read: logs to run a stage over again."""

from functools import cache
from itertools import islice
from typing import NamedTuple

from agents.registry import choose_bots
from agents.replay.loop import ClosedLoop
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Tape
from configs.settings import Settings
from schemas.envelope import Message
from schemas.ids import AccountId
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, TopicSpec
from topics.codec import encode_frame

ACCOUNT = AccountId("main")


class Log(NamedTuple):
    """What the gate and the bots of a closed loop read, a message a record."""

    gate: list[bytes]
    bots: list[bytes]


@cache
def closed_log(inputs: int) -> Log:
    """The logs of the simulated world's first inputs, under the shipped configuration."""
    read: dict[str, list[bytes]] = {GATE_INPUTS.name: [], DECIDE_INPUTS.name: []}

    def observe(topic: TopicSpec, _: str, message: Message) -> None:
        if topic.name in read:
            records = read[topic.name]
            records.append(encode_frame("tape#1", len(records) + 1, [message]))

    settings = Settings(_env_file=None)
    loop = ClosedLoop(Stages(settings).closed_loop(), [observe])
    tape = iter(Tape("world", 7, 3.0, ACCOUNT))
    first = next(tape)
    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    for begun in first_messages(settings, bots, first.message.ingest_time):
        loop.feed(GATE_INPUTS, ACCOUNT, begun)
    for topic, key, message in islice(tape, inputs):
        loop.feed(topic, key, message)
    return Log(read[GATE_INPUTS.name], read[DECIDE_INPUTS.name])
