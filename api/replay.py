"""A replay: the closed loop over a tape, for each queue model, and what came of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from agents.replay.event_log import EventLog
from agents.replay.loop import ClosedLoop, Observer
from agents.replay.tally import Tally
from agents.stages.base import Stage
from agents.stages.bots import BotsStage
from api.first_start import first_messages
from api.stages import Stages
from api.tape import Input
from configs.paper import QueueKind
from configs.settings import Settings
from schemas.ids import BotId
from topics.catalog import GATE_INPUTS

Progress = Callable[[int, int], None]
"""Told inputs so far and the session time reached, ms."""
PROGRESS_EVERY = 2_000


class Run(msgspec.Struct, frozen=True):
    """One run of the loop under one queue model.

    Attributes:
        inputs: Messages that came from the tape.
        tally: What followed.
        passed: What came from outside and led to no market, by bot and reason.
    """

    queue: QueueKind
    inputs: int
    tally: Tally
    passed: Mapping[BotId, Mapping[str, int]] = {}


def replay(
    settings: Settings,
    tape: Iterable[Input],
    bots: Iterable[BotId],
    queue: QueueKind,
    log: Path | None,
    progress: Progress,
) -> Run:
    """Run every stage over a tape, in this process, as fast as it goes.

    Args:
        settings: Account, capital, seed, configuration folder.
        tape: Inputs in the order of the log.
        bots: Which bots get capital and start.
        queue: Queue model of the paper exchange.
        log: Where to write the event log, or None.
        progress: Told now and then how far it is.
    """
    (run,) = replay_band(settings, tape, bots, (queue,), log, progress)
    return run


def replay_band(
    settings: Settings,
    tape: Iterable[Input],
    bots: Iterable[BotId],
    queues: Sequence[QueueKind],
    log: Path | None,
    progress: Progress,
    begin_ms: int = 0,
    watching: Sequence[Observer] = (),
) -> list[Run]:
    """Run a tape under several queue models; it is played once, for making it costs as much.

    Args:
        settings: Account, capital, seed, configuration folder.
        tape: Inputs in the order of the log.
        bots: Which bots get capital and start.
        queues: Queue models; each has stages of its own.
        log: Where to write the event log of the first, or None.
        progress: Told now and then how far they are.
        begin_ms: Session time at which bots get capital and start; what is before is history.
        watching: An observer more for each queue model.

    Returns:
        One run a queue model, in their order.
    """
    stages = Stages(settings)
    tallies = [Tally() for _ in queues]
    observers: list[list[Observer]] = [[tally] for tally in tallies]
    for own, more in zip(observers, watching, strict=False):
        own.append(more)
    with ExitStack() as files:
        if log is not None:
            observers[0].append(files.enter_context(EventLog(log)))
        joined = [stages.closed_loop(queue) for queue in queues]
        loops = [ClosedLoop(each, own) for each, own in zip(joined, observers, strict=True)]
        count = _play(loops, settings, tape, bots, progress, begin_ms)
    return [
        Run(queue, count, tally, _passed(each))
        for queue, tally, each in zip(queues, tallies, joined, strict=True)
    ]


def _passed(stages: Iterable[Stage]) -> Mapping[BotId, Mapping[str, int]]:
    found: dict[BotId, Mapping[str, int]] = {}
    for stage in stages:
        if isinstance(stage, BotsStage):
            found.update(stage.passed())
    return found


def _play(
    loops: Sequence[ClosedLoop],
    settings: Settings,
    tape: Iterable[Input],
    bots: Iterable[BotId],
    progress: Progress,
    begin_ms: int,
) -> int:
    """Feed every input to every loop; how many there were."""
    count, waiting = 0, True
    for count, (topic, key, message) in enumerate(tape, start=1):
        if waiting and message.ingest_time >= begin_ms:
            waiting = False
            for start in first_messages(settings, bots, message.ingest_time):
                for loop in loops:
                    loop.feed(GATE_INPUTS, settings.account, start)
        for loop in loops:
            loop.feed(topic, key, message)
        if count % PROGRESS_EVERY == 0:
            progress(count, message.ingest_time)
    return count
