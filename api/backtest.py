"""Backtests on an archive: configurations and queue models side by side on all cores.

A task is one configuration under some queue models. What a run comes to does not depend on how
tasks are cut or where they run: each has stages of its own and reads the same tape.
"""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from ctypes import c_longlong
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import msgspec

from agents.registry import choose_bots
from agents.replay.chronicle import Chronicle
from agents.replay.run_result import RunResult
from api.archive_tape import WARM_UP_MS, ArchiveTape
from api.replay import replay_band
from api.run_register import RegisteredRun, register
from configs.paper import QueueKind
from configs.settings import Settings
from schemas.ids import AccountId, derive_id
from streams.run_statistics import Luck, luck

POINTS = 600
"""Points of a series at most."""
LOOK_S = 0.5
SHIPPED = "shipped"
"""Name of the configuration that comes with this version."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to run.

    Attributes:
        archive: The data.
        bots: Numbers, comma separated.
        seed: Of latency noise.
        configurations: Folders of YAML by name; None is the shipped one.
        begin: Start, session ms; None is the archive's.
        end: End, session ms; None is the archive's.
        warm_up_ms: History played before the start.
        jobs: Processes; 1 runs everything in this one.
    """

    archive: Path
    bots: str
    seed: int
    configurations: dict[str, Path | None]
    begin: int | None = None
    end: int | None = None
    warm_up_ms: int = WARM_UP_MS
    jobs: int = 1


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One configuration under some queue models."""

    index: int
    plan: Plan
    configuration: str
    queues: tuple[QueueKind, ...]


class Judged(msgspec.Struct, frozen=True):
    """A run and what its returns are worth."""

    run: RunResult
    luck: Luck


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All runs of a plan.

    Attributes:
        archive: Its name and the digest of its last commit.
        runs: In the order of configurations and queue models.
        seconds: Wall time.
    """

    archive: str
    head: str
    bots: str
    seed: int
    runs: tuple[Judged, ...]
    seconds: float


Progress = Callable[[int, float], None]
"""Told inputs of all tasks so far and the part of the work that is done, 0 to 1."""


class _Counters(Protocol):
    """Shared numbers: per task inputs so far and thousandths of its range."""

    def __setitem__(self, index: int, value: int) -> None: ...

    def __getitem__(self, index: slice) -> list[int]: ...


_counters: _Counters | None = None


def backtest(plan: Plan, settings: Settings, progress: Progress) -> Report:
    """Run a plan and write its runs into the register beside the archive.

    Raises:
        ApplicationError: There is no archive, or nothing in the range.
        ConfigurationError: A configuration is wrong.
    """
    began = time.monotonic()
    tape = _tape(plan, settings)
    tasks = split(plan)
    if plan.jobs <= 1:
        results = [each for task in tasks for each in _here(task, settings, len(tasks), progress)]
    else:
        results = _pooled(tasks, settings, plan.jobs, progress)
    order = {name: place for place, name in enumerate(plan.configurations)}
    queues = {str(kind): place for place, kind in enumerate(_queues())}
    results.sort(key=lambda run: (order[run.configuration], queues[run.queue]))
    return Report(
        archive=plan.archive.resolve().name,
        head=tape.archive.head,
        bots=plan.bots,
        seed=plan.seed,
        runs=tuple(_judged(plan, tape, results)),
        seconds=time.monotonic() - began,
    )


def split(plan: Plan) -> list[Task]:
    """As many tasks as there are processes for, where there is that much to do."""
    queues = _queues()
    parts = 1 if len(plan.configurations) >= plan.jobs else min(plan.jobs, len(queues))
    groups = [queues[part::parts] for part in range(parts)]
    pairs = [(name, group) for name in plan.configurations for group in groups]
    return [
        Task(index=index, plan=plan, configuration=name, queues=group)
        for index, (name, group) in enumerate(pairs)
    ]


def digest_of(folder: Path | None) -> str:
    """What a configuration is, in one word: the shipped files with the folder's over them."""
    shipped = files("configs")
    texts = {
        path.relative_to(Path(str(shipped))).as_posix(): path.read_bytes()
        for path in Path(str(shipped)).rglob("*.yaml")
    }
    if folder is not None:
        texts |= {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*.yaml")
        }
    total = sha256()
    for name in sorted(texts):
        total.update(name.encode() + b"\0" + texts[name] + b"\0")
    return total.hexdigest()


def _queues() -> tuple[QueueKind, ...]:
    """The cautious one first."""
    others = (queue for queue in QueueKind if queue is not QueueKind.RISK_AVERSE)
    return (QueueKind.RISK_AVERSE, *others)


def _tape(plan: Plan, settings: Settings) -> ArchiveTape:
    account = AccountId(settings.account)
    return ArchiveTape(plan.archive, account, plan.begin, plan.end, plan.warm_up_ms)


def _run(task: Task, settings: Settings, tell: Callable[[int, int], None]) -> list[RunResult]:
    """Do a task; tells inputs so far and thousandths of its range."""
    plan = task.plan
    tape = _tape(plan, settings)
    own = settings.model_copy(
        update={
            "seed": plan.seed,
            "bots": plan.bots,
            "config_dir": plan.configurations[task.configuration],
        }
    )
    step = max(1_000, tape.duration_ms // POINTS)
    chronicles = [Chronicle(step) for _ in task.queues]
    chosen = [bot.bot_id for bot in choose_bots(plan.bots)]

    def progress(inputs: int, now_ms: int) -> None:
        done = max(0, now_ms - tape.start_ms) * 1_000 // tape.duration_ms
        tell(inputs, done)

    runs = replay_band(own, tape, chosen, task.queues, None, progress, tape.start_ms, chronicles)
    tell(runs[0].inputs, 1_000)
    return [
        msgspec.structs.replace(
            chronicle.result(task.configuration, str(run.queue), run.inputs, run.tally),
            passed={str(bot_id): dict(reasons) for bot_id, reasons in run.passed.items()},
        )
        for chronicle, run in zip(chronicles, runs, strict=True)
    ]


def _here(task: Task, settings: Settings, tasks: int, progress: Progress) -> list[RunResult]:
    def tell(inputs: int, done: int) -> None:
        progress(inputs, (task.index + done / 1_000) / tasks)

    return _run(task, settings, tell)


def _pooled(
    tasks: Sequence[Task], settings: Settings, jobs: int, progress: Progress
) -> list[RunResult]:
    """Tasks in processes of their own; the first failure ends all."""
    context = multiprocessing.get_context("spawn")
    counters = context.Array(c_longlong, 2 * len(tasks), lock=False)
    with ProcessPoolExecutor(jobs, context, _remember, (counters,)) as pool:
        waiting: set[Future[list[RunResult]]] = set()
        waiting = {pool.submit(_in_pool, task, settings) for task in tasks}
        results: list[RunResult] = []
        while waiting:
            done, waiting = wait(waiting, LOOK_S)
            for future in done:
                try:
                    results += future.result()
                except BaseException:
                    pool.shutdown(cancel_futures=True)
                    raise
            told = counters[:]
            progress(sum(told[::2]), sum(told[1::2]) / 1_000 / len(tasks))
    return results


def _remember(counters: _Counters) -> None:
    global _counters
    _counters = counters


def _in_pool(task: Task, settings: Settings) -> list[RunResult]:
    def tell(inputs: int, done: int) -> None:
        if _counters is not None:
            _counters[2 * task.index] = inputs
            _counters[2 * task.index + 1] = done

    return _run(task, settings, tell)


def _judged(plan: Plan, tape: ArchiveTape, results: Sequence[RunResult]) -> list[Judged]:
    """Register the runs, then judge each against all that were ever made."""
    digests = {name: digest_of(folder) for name, folder in plan.configurations.items()}
    made = [_registered(plan, tape, run, digests[run.configuration]) for run in results]
    known = register(plan.archive, made)
    return [
        Judged(
            run,
            luck(
                run.account.returns,
                [other.per_day for other in known if other.run_id != own.run_id],
            ),
        )
        for run, own in zip(results, made, strict=True)
    ]


def _registered(plan: Plan, tape: ArchiveTape, run: RunResult, configuration: str) -> RegisteredRun:
    begin, end = tape.start_ms, tape.start_ms + tape.duration_ms
    found = luck(run.account.returns, ())
    return RegisteredRun(
        run_id=derive_id(configuration, plan.bots, plan.seed, run.queue, begin, end),
        at=time.time_ns() // 1_000_000,
        configuration=configuration,
        bots=plan.bots,
        seed=plan.seed,
        queue=run.queue,
        begin=begin,
        end=end,
        days=found.days,
        per_day=found.per_day,
        pnl=str(run.account.pnl),
    )
