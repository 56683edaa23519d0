"""A finite input for the whole system: the simulated world with trading, a halt and its end."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from agents.registry import choose_bots
from agents.shell.clock import tick_frame
from api.first_start import first_messages
from api.tape import Tape
from configs.settings import Settings
from schemas.control import Command, Verb
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.ops import ClockTick
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, TopicSpec
from topics.codec import encode_frame

FRAME = 8
"""Messages of a frame at most."""


class ScriptedRecord(NamedTuple):
    """One record of the input."""

    topic: TopicSpec
    value: bytes


HALT_AND_RESUME = ((0.45, Verb.HALT), (0.6, Verb.RESUME_TRADING))
"""When an operator halts trading and lets it go on, as shares of the whole."""


def script(
    settings: Settings,
    messages: int,
    batch: int,
    commands: Sequence[tuple[float, Verb]] = HALT_AND_RESUME,
) -> Iterator[list[ScriptedRecord]]:
    """The input in batches; between two of them the system comes to rest.

    Args:
        settings: Account, bots and seed.
        messages: How long it is.
        batch: Messages of a batch.
        commands: What an operator does when.
    """
    account = AccountId(settings.account)
    tape = iter(Tape("world", settings.seed, 3.0, account))
    writer = _Writer()
    first = next(tape)
    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    start = first.message.ingest_time
    writer.add(GATE_INPUTS, *first_messages(settings, bots, start))
    both = [ScriptedRecord(topic, tick_frame(start)) for topic in (DECIDE_INPUTS, GATE_INPUTS)]
    yield [*both, *writer.take()]
    count = 0
    while taken := list(islice(tape, batch)):
        records: list[ScriptedRecord] = []
        for topic, _, message in taken:
            if isinstance(message, ClockTick):
                records += writer.take()
                records.append(ScriptedRecord(topic, tick_frame(message.ingest_time)))
            else:
                records += writer.add(topic, message)
        before, count = count, count + len(taken)
        now = taken[-1].message.ingest_time
        for share, verb in commands:
            if before < share * messages <= count:
                records += writer.take()
                records += writer.add(GATE_INPUTS, _command(account, verb, now))
        yield records + writer.take()
        if count >= messages:
            return


def _command(account: AccountId, verb: Verb, now: int) -> Command:
    return Command(
        event_id=f"script-{verb}",
        event_time=now,
        ingest_time=now,
        source="script",
        account_id=account,
        verb=verb,
        bot_id=None,
        reason="script",
        by="script",
    )


class _Writer:
    """Frames of one topic at a time, so that the order of the tape stays."""

    def __init__(self) -> None:
        self._position = 0
        self._topic = GATE_INPUTS
        self._waiting: list[Message] = []

    def add(self, topic: TopicSpec, *messages: Message) -> list[ScriptedRecord]:
        done = self.take() if topic is not self._topic or len(self._waiting) >= FRAME else []
        self._topic = topic
        self._waiting += messages
        return done

    def take(self) -> list[ScriptedRecord]:
        if not self._waiting:
            return []
        self._position += 1
        value = encode_frame("script#1", self._position, self._waiting)
        self._waiting = []
        return [ScriptedRecord(self._topic, value)]
