"""A replay: the closed loop over a tape, once per queue model, and what came of it."""

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from agents.replay.event_log import EventLog
from agents.replay.loop import ClosedLoop, Observer
from agents.replay.tally import Tally
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
    """

    queue: QueueKind
    inputs: int
    tally: Tally


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
    tally = Tally()
    observers: list[Observer] = [tally]
    if log is None:
        return _run(settings, tape, bots, queue, observers, tally, progress)
    with EventLog(log) as event_log:
        return _run(settings, tape, bots, queue, [*observers, event_log], tally, progress)


def _run(
    settings: Settings,
    tape: Iterable[Input],
    bots: Iterable[BotId],
    queue: QueueKind,
    observers: Iterable[Observer],
    tally: Tally,
    progress: Progress,
) -> Run:
    loop = ClosedLoop(Stages(settings).closed_loop(queue), observers)
    count = 0
    for count, (topic, key, message) in enumerate(tape, start=1):
        if count == 1:
            for start in first_messages(settings, bots, message.ingest_time):
                loop.feed(GATE_INPUTS, settings.account, start)
        loop.feed(topic, key, message)
        if count % PROGRESS_EVERY == 0:
            progress(count, message.ingest_time)
    return Run(queue, count, tally)
