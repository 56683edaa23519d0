"""A process of stages, and what it costs."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Protocol

import uvloop

from agents.shell.runner import StageFactory
from agents.shell.worker import freeze_heap, run_stages
from api.stages import Stages
from configs.settings import Settings


class Shell(Protocol):
    """What runs stages."""

    def __call__(
        self,
        settings: Settings,
        makes: Sequence[StageFactory],
        /,
        *,
        on_ready: Callable[[], None] | None,
    ) -> Coroutine[object, object, None]:
        """Run them until cancelled."""


def work(settings: Settings, ready: Event, names: Sequence[str], shell: Shell | None) -> None:
    """The process.

    Args:
        settings: With an instance's name, where there are several.
        ready: Set once every stage reads.
        names: Of the stages, as for `pets run`.
        shell: Runs them; Faust's by default.
    """
    makers = [make for name in names for make in Stages(settings).named(name)]

    def begin() -> None:
        freeze_heap()
        ready.set()

    uvloop.run((shell or run_stages)(settings, makers, on_ready=begin))


def usage(pids: Iterable[int | None]) -> tuple[float, float]:
    """Seconds that the threads of processes ran, and were ready to run but did not; Linux."""
    ran = waited = 0
    for pid in pids:
        for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            running, waiting, _ = file.read_text().split()
            ran, waited = ran + int(running), waited + int(waiting)
    return ran / 1e9, waited / 1e9
