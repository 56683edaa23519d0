"""A changed configuration after a crash: what was decided stays decided, by whatever it was."""

from collections.abc import Iterator

import msgspec
import pytest

from agents.stages.base import Stage
from agents.stages.framing import FrameFold
from agents.stages.outbox import OutgoingRecord
from api.configuration import Content, content_at_hand, message_of, with_file
from api.stages import Stages
from configs.settings import Settings
from schemas.control import CommandApplied, Configuration, ConfigurationInForce
from schemas.envelope import Message
from schemas.errors import ApplicationError, ConfigurationError
from schemas.trading import IntentApproved, IntentDenied
from tests.agents.stages.closed_log import ACCOUNT, closed_log
from topics.catalog import CONFIGS, DECIDE_INPUTS, DECISIONS, TopicSpec
from topics.codec import TopicCodec, decode_frame, encode_frame

SETTINGS = Settings(_env_file=None, shards=2)
SHIPPED = content_at_hand(SETTINGS)
WIDE = "portfolio_gross: 0.60"
NARROW = "portfolio_gross: 0.001"
INPUTS = 3_000


def content(text: str = "", name: str = "risk.yaml") -> Content:
    return with_file(SHIPPED, name, text or SHIPPED.files[name].replace(WIDE, NARROW))


def asked(wanted: Content, *, base: str = "", now: int = 5) -> Configuration:
    return message_of(wanted, ACCOUNT, "test", "why", now=now, base=base)


def stage(name: str, born: Content = SHIPPED) -> Stage:
    [make] = Stages(SETTINGS, message_of(born, ACCOUNT, "worker", "born")).named(name)
    return make(0)


def run(fold: FrameFold, records: list[bytes], start: int = 0) -> list[list[OutgoingRecord]]:
    return [fold.apply(start + at, record).records for at, record in enumerate(records)]


def folds(name: str, born: Content) -> FrameFold:
    made = Stages(SETTINGS, message_of(born, ACCOUNT, "worker", "born"))
    made.library.add(asked(SHIPPED))
    return FrameFold(lambda: made.named(name)[0](0), 0, SETTINGS.shards)


def said(records: list[OutgoingRecord], topic: TopicSpec) -> Iterator[Message]:
    codec: TopicCodec[Message] = TopicCodec(topic)
    for record in records:
        if record.topic is topic:
            payloads = decode_frame(record.value).messages if topic.framed else [record.value]
            for payload in payloads:
                yield codec.decode(payload)


@pytest.mark.parametrize("name", ["gate", "ledger", "bots", "paper"])
def test_records_behind_a_checkpoint_are_repeated_under_what_they_were_applied_under(
    name: str,
) -> None:
    records = closed_log(INPUTS).gate if name in ("gate", "ledger") else closed_log(INPUTS).bots
    third = len(records) // 3
    before = folds(name, SHIPPED)
    run(before, records[:third])
    checkpoint = before.checkpoint()
    wanted = run(before, records[third:], third)

    after = folds(name, content())
    after.restore(checkpoint)

    assert run(after, records[third:], third) == wanted
    assert after.checkpoint() == before.checkpoint()


def test_the_changed_limit_would_have_decided_otherwise() -> None:
    """So that the test above proves something."""
    records = closed_log(INPUTS).gate
    wide, narrow = (
        [type(m) for each in run(folds("gate", born), records) for m in said(each, DECISIONS)]
        for born in (SHIPPED, content())
    )
    assert wide.count(IntentApproved) > 10
    assert narrow.count(IntentApproved) < wide.count(IntentApproved)
    assert narrow.count(IntentDenied) > wide.count(IntentDenied)


def test_a_configuration_is_in_force_from_its_record_on_in_every_run() -> None:
    """The gate's log with a change in the middle: one run, and one that crashes around it."""
    records = closed_log(INPUTS).gate
    middle = len(records) // 2
    change = asked(content())
    changed = [
        *records[:middle],
        encode_frame("api#1", 1, [change]),
        *records[middle:],
    ]
    undisturbed = folds("gate", SHIPPED)
    wanted = run(undisturbed, changed)
    narrow = [m for each in wanted[middle:] for m in said(each, DECISIONS)]
    assert any(isinstance(m, IntentDenied) for m in narrow)

    for stop in (middle - 1, middle, middle + 1, middle + 200):
        crashed = folds("gate", SHIPPED)
        first = run(crashed, changed[:stop])
        again = folds("gate", content())
        again.restore(crashed.checkpoint())
        again_said = run(again, changed[stop:], stop)
        assert first + again_said == wanted


def test_the_gate_answers_and_passes_it_on_to_every_shard() -> None:
    wanted = asked(content(), base=SHIPPED.fingerprint)
    emits = stage("gate").apply(wanted)

    assert [(emit.topic, emit.key) for emit in emits] == [
        (DECISIONS, ACCOUNT),
        (CONFIGS, ACCOUNT),
        (DECIDE_INPUTS, "0"),
        (DECIDE_INPUTS, "1"),
    ]
    answer, in_force, *passed_on = (emit.message for emit in emits)
    assert isinstance(answer, CommandApplied)
    assert (answer.command_id, answer.accepted) == (wanted.event_id, True)
    assert isinstance(in_force, ConfigurationInForce)
    assert in_force.fingerprint == content().fingerprint
    assert passed_on == [msgspec.structs.replace(wanted, base="")] * 2


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (asked(content("daily_lose: 1\n")), "daily_lose: this key is unknown"),
        (asked(SHIPPED._replace(bots="99")), "received '99'"),
        (asked(content(), base="another"), "made from the configuration another"),
    ],
    ids=["misspelt", "no-such-bot", "changed-meanwhile"],
)
def test_one_that_is_wrong_is_refused_by_all_alike(wanted: Configuration, sentence: str) -> None:
    for name in ("gate", "ledger"):
        made = stage(name)
        before = made.snapshot()
        emits = made.apply(wanted)
        assert made.snapshot() == before
        if name == "gate":
            [(topic, _, answer)] = emits
            assert topic is DECISIONS
            assert isinstance(answer, CommandApplied)
            assert not answer.accepted
            assert sentence in answer.detail


def test_a_checkpoint_of_an_unknown_configuration_is_refused() -> None:
    changed = folds("gate", content())
    fresh = folds("gate", SHIPPED)
    with pytest.raises((ApplicationError, ConfigurationError), match="which is not on pets"):
        fresh.restore(changed.checkpoint())


def test_equal_content_has_an_equal_fingerprint() -> None:
    assert content_at_hand(SETTINGS).fingerprint == SHIPPED.fingerprint
    changed = (content(), SHIPPED._replace(bots="1"), SHIPPED._replace(seed=8))
    assert len({each.fingerprint for each in (SHIPPED, *changed)}) == 4
