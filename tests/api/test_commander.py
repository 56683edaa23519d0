"""Commands reach the log through one producer, and through the next one when that is broken."""

import asyncio
from typing import cast

import pytest

from api import commands
from api.command_log import LastingProducer
from api.commands import Commander, GateSilentError, LogAwayError, applied
from api.live import LiveState
from configs.clock import SessionClock
from schemas.control import Command, CommandApplied, Verb
from schemas.envelope import Message
from schemas.errors import InfrastructureError
from tests.sinks.messages import ACCOUNT, BOT, at
from topics.catalog import COMMANDS, GATE_INPUTS, TopicSpec
from topics.producer import FrameProducer
from topics.writer import Written

Sent = list[tuple[str, str, Message]]


class Producer:
    """One connection: fails to start, fails when asked, hangs, or takes what it is given."""

    def __init__(self, sent: Sent, *, starts: bool = True, fails: int = 0) -> None:
        self._sent = sent
        self._starts = starts
        self._fails = fails
        self.hangs = asyncio.Event()
        self.hangs.set()
        self.closed = False

    async def start(self) -> None:
        if not self._starts:
            raise InfrastructureError("No Kafka broker answers.")

    async def send_now(self, topic: TopicSpec, key: str, message: Message) -> Written:
        await self.hangs.wait()
        if self._fails:
            self._fails -= 1
            raise InfrastructureError("Nothing more is written.")
        self._sent.append((topic.name, key, message))
        return Written(0, len(self._sent))

    async def close(self, timeout_s: float = 10.0) -> None:
        self.closed = True


class Connections:
    """Hands out connections in turn."""

    def __init__(self, *producers: Producer) -> None:
        self.left = list(producers)

    def __call__(self) -> FrameProducer:
        return cast(FrameProducer, self.left.pop(0))


def wish(name: str) -> Command:
    return Command(
        **at(0, name), account_id=ACCOUNT, verb=Verb.HALT, bot_id=None, reason="", by="api"
    )


def commander(lasting: LastingProducer) -> Commander:
    return Commander(lasting, ACCOUNT, SessionClock())


async def test_a_connection_is_made_when_needed_and_kept() -> None:
    sent: Sent = []
    connections = Connections(Producer(sent))
    lasting = LastingProducer(connections)
    assert len(connections.left) == 1, "none yet: the API serves without a broker"
    for reason in ("one", "two"):
        await commander(lasting).send(Verb.HALT, None, reason, "api")
    assert [topic for topic, _, _ in sent] == [GATE_INPUTS.name, COMMANDS.name] * 2
    assert {key for _, key, _ in sent} == {ACCOUNT}
    await lasting.close()


async def test_a_broken_connection_is_replaced_and_the_command_sent_again() -> None:
    sent: Sent = []
    broken = Producer(sent, fails=9)
    lasting = LastingProducer(Connections(broken, Producer(sent)))
    command = await commander(lasting).send(Verb.STOP, BOT, "drill", "cli")
    assert [message for _, _, message in sent] == [command, command]
    assert [key for _, key, _ in sent] == [ACCOUNT, BOT], "kept under the bot"
    await lasting.close()
    assert broken.closed


async def test_a_broker_that_is_away_is_said_and_tried_again_next_time() -> None:
    sent: Sent = []
    connections = Connections(
        Producer(sent, starts=False), Producer(sent, starts=False), Producer(sent)
    )
    lasting = LastingProducer(connections)
    with pytest.raises(LogAwayError, match="No Kafka broker answers"):
        await commander(lasting).send(Verb.HALT, None, "x", "api")
    assert sent == []
    await commander(lasting).send(Verb.HALT, None, "x", "api")
    assert len(sent) == 2
    await lasting.close()


async def test_a_broker_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "WRITE_S", 0.05)
    sent: Sent = []
    stuck = Producer(sent)
    stuck.hangs.clear()
    lasting = LastingProducer(Connections(stuck))
    with pytest.raises(LogAwayError, match=r"did not answer within 0\.05 s.*may still arrive"):
        await commander(lasting).send(Verb.HALT, None, "x", "api")
    stuck.hangs.set()
    await commander(lasting).send(Verb.HALT, None, "x", "api")
    assert len(sent) == 2, "the connection is still good"
    await lasting.close()


async def test_closing_what_never_opened_or_cannot_close_is_no_error() -> None:
    await LastingProducer(Connections()).close()
    lasting = LastingProducer(Connections(Producer([], starts=False), Producer([], starts=False)))
    with pytest.raises(InfrastructureError):
        await lasting.send_now(COMMANDS, "main", wish("c"))
    await lasting.close()


def answer(command: Command, *, accepted: bool) -> CommandApplied:
    return CommandApplied(
        **at(1, "answer"), command_id=command.event_id, accepted=accepted, detail="done"
    )


async def test_the_answer_to_this_command_is_waited_for() -> None:
    state = LiveState(ACCOUNT)
    mine, other = wish("mine"), wish("other")
    waiting = asyncio.create_task(applied(state, mine, 5.0))
    state.apply(answer(other, accepted=False))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    state.apply(answer(mine, accepted=True))
    assert (await waiting).accepted


async def test_no_answer_in_time_is_an_error() -> None:
    with pytest.raises(GateSilentError, match="halt within 0 s"):
        await applied(LiveState(ACCOUNT), wish("c"), 0)
