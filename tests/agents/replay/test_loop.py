"""The closed loop: who sees what, in which order."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from agents.replay.loop import ClosedLoop
from agents.stages.base import Emit
from schemas.envelope import Message, header
from schemas.ops import ClockTick
from tests.agents.tape import Tape
from topics.catalog import BOOK_EVENTS, DECIDE_INPUTS, GATE_INPUTS, SIGNALS, TopicSpec


class Teller:
    """A stage that answers every message with one message per target; notes what it saw.

    Attributes:
        seen: Stage name and event id of every message, shared by all stages of a loop.
    """

    def __init__(
        self,
        name: str,
        reads: TopicSpec,
        seen: list[tuple[str, str]],
        *targets: TopicSpec,
        depth: int = 2,
    ) -> None:
        self.name = name
        self.reads = reads
        self.seen = seen
        self._targets = targets
        self._depth = depth

    def apply(self, message: Message) -> Sequence[Emit]:
        self.seen.append((self.name, message.event_id))
        if message.event_id.count("/") >= self._depth:
            return ()
        return [
            Emit(topic, "0", self._answer(message, number))
            for number, topic in enumerate(self._targets)
        ]

    def snapshot(self) -> bytes:
        return b"null"

    def restore(self, snapshot: bytes) -> None:
        """It keeps nothing."""

    def _answer(self, message: Message, number: int) -> ClockTick:
        head = header(self.name, message, number, now=message.ingest_time)
        head["event_id"] = f"{message.event_id}/{self.name}{number}"
        return ClockTick(**head)


def test_stages_of_one_topic_see_a_message_in_the_order_in_which_they_were_given() -> None:
    seen: list[tuple[str, str]] = []
    loop = ClosedLoop([Teller(name, DECIDE_INPUTS, seen) for name in ("book", "bots", "paper")])
    loop.feed(DECIDE_INPUTS, "0", Tape().tick())
    assert seen == [("book", "event-1"), ("bots", "event-1"), ("paper", "event-1")]
    assert loop.delivered == 3


def test_what_follows_is_queued_behind_what_is_already_there() -> None:
    seen: list[tuple[str, str]] = []
    relay = Teller("relay", BOOK_EVENTS, seen, DECIDE_INPUTS, GATE_INPUTS)
    bots = Teller("bots", DECIDE_INPUTS, seen, GATE_INPUTS)
    gate = Teller("gate", GATE_INPUTS, seen)
    ClosedLoop([relay, bots, gate]).feed(BOOK_EVENTS, "0", Tape().tick())
    assert seen == [
        ("relay", "event-1"),
        ("bots", "event-1/relay0"),
        ("gate", "event-1/relay1"),
        ("gate", "event-1/relay0/bots0"),
    ]


def test_observers_see_every_message_once_before_the_stages_do() -> None:
    log: list[tuple[str, str]] = []

    def observe(topic: TopicSpec, key: str, message: Message) -> None:
        log.append((topic.name, message.event_id))

    loop = ClosedLoop([Teller("bots", DECIDE_INPUTS, log, SIGNALS)], [observe])
    loop.feed(DECIDE_INPUTS, "0", Tape().tick())
    assert log == [
        (DECIDE_INPUTS.name, "event-1"),
        ("bots", "event-1"),
        (SIGNALS.name, "event-1/bots0"),
    ]


def test_a_message_that_no_stage_reads_is_only_observed() -> None:
    seen: list[str] = []
    loop = ClosedLoop([], [lambda topic, key, message: seen.append(key)])
    loop.feed(SIGNALS, "main", Tape().tick())
    assert (seen, loop.delivered) == (["main"], 0)


@given(st.lists(st.sampled_from([BOOK_EVENTS, DECIDE_INPUTS, GATE_INPUTS]), max_size=8))
def test_the_same_inputs_lead_to_the_same_log(topics: list[TopicSpec]) -> None:
    def run() -> list[tuple[str, str]]:
        seen: list[tuple[str, str]] = []
        loop = ClosedLoop(
            [
                Teller("relay", BOOK_EVENTS, seen, DECIDE_INPUTS, GATE_INPUTS),
                Teller("bots", DECIDE_INPUTS, seen, GATE_INPUTS, DECIDE_INPUTS),
                Teller("gate", GATE_INPUTS, seen, DECIDE_INPUTS),
            ]
        )
        tape = Tape()
        for topic in topics:
            loop.feed(topic, "0", tape.tick())
        return seen

    assert run() == run()
