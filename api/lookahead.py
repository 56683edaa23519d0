"""`pets lookahead`: change the future, and see whether a decision before it changes.

The real run is made once. Then, for each of some moments, the archive is played again as if all
that it recorded from that moment on had been otherwise. All that was said before the moment must
be the same to the byte; whatever differs knew something too early.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from agents.registry import choose_bots
from agents.replay.perturb import perturbed
from api.archive_tape import ArchiveTape
from api.replay import replay_band
from api.tape import Input
from configs.paper import QueueKind
from configs.settings import Settings
from schemas.envelope import Message
from topics.catalog import DECISIONS, FILLS, INTENTS, ORDERS, SIGNALS, TopicSpec

DECIDED = {topic.name for topic in (SIGNALS, INTENTS, DECISIONS, ORDERS, FILLS)}
AFTERMATH_MS = 60_000
"""How long the changed future is played."""
_encode = msgspec.json.Encoder().encode


class Decided(NamedTuple):
    """Something said before anybody could know better; the digest is of all its bytes."""

    at: int
    topic: str
    event_id: str
    digest: bytes


class Cut(NamedTuple):
    """What one changed future showed.

    Attributes:
        at: From when on it was changed, session ms.
        compared: Decisions before it.
        difference: The first that differs, real and changed; None when none does.
    """

    at: int
    compared: int
    difference: tuple[Decided | None, Decided | None] | None


class Lookahead(NamedTuple):
    """What all of them showed.

    Attributes:
        cuts: One a moment.
        early: Inputs whose own time is later than their receipt: clocks that differ, or a
            recording that knew too early.
        most_early_ms: By how much at most.
    """

    cuts: tuple[Cut, ...]
    early: int
    most_early_ms: int


def lookahead(
    tape: ArchiveTape, settings: Settings, count: int, progress: Callable[[int], None]
) -> Lookahead:
    """Try an archive.

    Args:
        tape: What to play.
        settings: Bots, seed, configuration.
        count: Moments, evenly over the range.
        progress: Told how many runs are done.
    """
    step = tape.duration_ms // (count + 1)
    moments = [tape.start_ms + step * number for number in range(1, count + 1)]
    early = _Early()
    real = decisions(early.watching(tape), settings, tape.start_ms)
    progress(1)
    cuts = []
    for done, at in enumerate(moments, start=2):
        future = tape.changed(partial(_from, at), at + AFTERMATH_MS)
        other = decisions(future, settings, tape.start_ms)
        cuts.append(compare(at, real, other))
        progress(done)
    return Lookahead(tuple(cuts), early.count, early.most_ms)


def decisions(tape: Iterable[Input], settings: Settings, begin: int) -> list[Decided]:
    """All that bots, gate and paper exchange say on a tape, in order."""
    said: list[Decided] = []

    def watch(topic: TopicSpec, key: str, message: Message) -> None:
        if topic.name in DECIDED:
            digest = blake2b(_encode(message), digest_size=12).digest()
            said.append(Decided(message.ingest_time, topic.name, message.event_id, digest))

    bots = [bot.bot_id for bot in choose_bots(settings.bots)]
    queues = (QueueKind.RISK_AVERSE,)
    replay_band(settings, tape, bots, queues, None, lambda inputs, now: None, begin, [watch])
    return said


def compare(at: int, real: list[Decided], other: list[Decided]) -> Cut:
    """Hold what was said before a moment against each other."""
    before = [each for each in real if each.at < at]
    after = [each for each in other if each.at < at]
    for index in range(max(len(before), len(after))):
        pair = (
            before[index] if index < len(before) else None,
            after[index] if index < len(after) else None,
        )
        if pair[0] != pair[1]:
            return Cut(at, len(before), pair)
    return Cut(at, len(before), None)


def _from(at: int, message: Message) -> Message:
    """What was recorded from a moment on is other than it was."""
    return perturbed(message) if message.ingest_time >= at else message


class _Early:
    """Counts inputs that were received before they happened."""

    def __init__(self) -> None:
        self.count = 0
        self.most_ms = 0

    def watching(self, tape: Iterable[Input]) -> Iterator[Input]:
        """The same tape."""
        for each in tape:
            ahead = each.message.event_time - each.message.ingest_time
            if ahead > 0:
                self.count += 1
                self.most_ms = max(self.most_ms, ahead)
            yield each
