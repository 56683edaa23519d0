"""Random tapes through the book stage: restartable anywhere, never louder than allowed."""

from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from agents.stages.book import BookStage
from schemas.envelope import Message
from schemas.market import BookTop, TickSizeChanged
from schemas.portfolio import Mark
from schemas.values import Action, Trust
from tests.agents.tape import ACCOUNT, START, Tape, market
from topics.codec import TopicCodec, encode

A, B = market("a"), market("b", tick=10)
BIDS = {"0.48": 100.0, "0.47": 50.0}
ASKS = {"0.52": 200.0}


class Step(NamedTuple):
    """One thing that happens: after how long, what, and to which market."""

    wait_ms: int
    what: str
    where: int
    amount: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from((0, 40, 100, 1_000, 13_000)),
        st.sampled_from(
            (
                "bid",
                "ask",
                "bid",
                "ask",
                "book",
                "trade",
                "tick",
                "feed",
                "lost",
                "trust",
                "tick-size",
            )
        ),
        st.integers(0, 1),
        st.integers(0, 9),
    ),
    max_size=30,
)


def happen(tape: Tape, step: Step) -> list[Message]:
    tape.now += step.wait_ms
    where, low, high = (A, B)[step.where], f"0.4{step.amount}", f"0.5{step.amount}"
    match step.what:
        case "bid":
            return [tape.delta(where, [("bid", low, float(step.amount))])]
        case "ask":
            return [tape.delta(where, [("ask", high, float(step.amount))])]
        case "book":
            return tape.book(where, {low: 10.0}, {high: 20.0})
        case "trade":
            return [tape.trade(where, Action.BUY, high, step.amount + 1.0)]
        case "trust":
            return [tape.trust(where, list(Trust)[step.amount % 4])]
        case "tick-size":
            tick, head = where.tick, tape.head()
            return [
                TickSizeChanged(**head, market_id=where.market_id, old_tick=tick, new_tick=tick)
            ]
        case "tick":
            return [tape.tick()]
        case _:
            return [tape.feed(connected=step.what == "feed")]


@given(STEPS)
def test_a_stage_restored_after_every_message_says_the_same(steps: list[Step]) -> None:
    tape, undisturbed, restored = Tape(), BookStage(ACCOUNT), BookStage(ACCOUNT)
    start = [message for where in (A, B) for message in tape.book(where, BIDS, ASKS)]
    for message in [*start, *(each for step in steps for each in happen(tape, step))]:
        expected = list(undisturbed.apply(message))
        assert list(restored.apply(message)) == expected
        assert restored.snapshot() == undisturbed.snapshot()
        again = BookStage(ACCOUNT)
        again.restore(restored.snapshot())
        restored = again
        for emit in expected:
            codec: TopicCodec[Message] = TopicCodec(emit.topic)
            assert codec.decode(encode(emit.message)) == emit.message


@given(STEPS)
def test_marks_change_and_nothing_is_told_twice_within_100_ms(steps: list[Step]) -> None:
    tape, stage = Tape(), BookStage(ACCOUNT)
    told: dict[tuple[str, type], tuple[int, object]] = {}
    start = [message for where in (A, B) for message in tape.book(where, BIDS, ASKS)]
    for message in [*start, *(each for step in steps for each in happen(tape, step))]:
        for emit in stage.apply(message):
            said = emit.message
            assert isinstance(said, Mark | BookTop)
            values = (said.yes_bid, said.no_bid, said.good) if isinstance(said, Mark) else ()
            key = (said.market_id, type(said))
            at, before = told.get(key, (START - 100, None))
            assert said.ingest_time - at >= 100
            assert not isinstance(said, Mark) or values != before
            told[key] = (said.ingest_time, values)
