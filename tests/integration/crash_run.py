"""Runs the system over a script in turns, kills what it is told to, and reads what is left."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from agents.shell.checkpoints import load_checkpoint
from agents.shell.runner import StageFactory
from agents.shell.steps import Step
from agents.stages.framing import AppliedFrames
from api.stages import Stages
from configs.settings import Settings
from schemas.ops import Checkpoint
from tests.integration.crash_board import STAGES, Board
from tests.integration.crash_script import ScriptedRecord
from topics.admin import ensure_topics
from topics.catalog import ALERTS, CHECKPOINTS, HEARTBEATS, TOPICS, TopicSpec
from topics.codec import decode_frame
from topics.reader import LogReader, open_reader
from topics.writer import RecordWriter

ROOT = Path(__file__).resolve().parents[2]
GROUPS = ("relay,book", "bots", "gate,ledger", "paper")
GROUP_OF = {
    "relay-lifecycle": GROUPS[0],
    "relay-books": GROUPS[0],
    "book": GROUPS[0],
    "bots": GROUPS[1],
    "gate": GROUPS[2],
    "ledger": GROUPS[2],
    "paper": GROUPS[3],
}
TURN_S = 90.0
POLL_S = 0.002
LOOK_S = 0.5
UNCOMPARED = (HEARTBEATS, ALERTS, CHECKPOINTS)


@dataclass
class Left:
    """What a run left behind: every message a reader takes, last values, and every state."""

    messages: dict[str, list[bytes]] = field(default_factory=dict)
    last_values: dict[str, dict[bytes, bytes]] = field(default_factory=dict)
    states: dict[str, bytes] = field(default_factory=dict)
    repeats: int = 0


class Kills:
    """Decides, from a seed, who is killed where in a turn; a point may be several kills at once."""

    def __init__(self, seed: int, points: int, turns: int) -> None:
        self._random = random.Random(seed)
        self._rate = points / max(1, turns)
        self.points = points
        self.done = 0
        self.by_step: dict[str, int] = {}

    def for_turn(self) -> int:
        """How many points fall into the next turn."""
        whole, rest = divmod(self._rate, 1)
        return min(int(whole) + (self._random.random() < rest), self.points - self.done)

    def step(self, first: int, last: int) -> tuple[Step, int]:
        """A step and an offset of a turn."""
        return self._random.choice(tuple(Step)), self._random.randint(first, last)

    def others(self, group: str) -> list[str]:
        """Who else dies at the same moment; nobody three times out of four."""
        if self._random.random() < 0.75:
            return []
        rest = [other for other in GROUPS if other != group]
        return self._random.sample(rest, self._random.randint(1, len(rest)))

    def delay_s(self) -> float | None:
        """Kill from outside after so long, rather than at a step."""
        return self._random.uniform(0, 0.03) if self._random.random() < 0.3 else None


class System:
    """Workers or services, forked from a zygote, that are started again whenever they end."""

    def __init__(
        self, settings: Settings, folder: Path, groups: Sequence[str] = GROUPS, **more: str
    ) -> None:
        self.settings = settings
        self.board = Board(folder / "board", new=True)
        self.log = folder / "workers.log"
        self._board_path = folder / "board"
        self._pids: dict[str, int] = {}
        self._more = more
        self._first = groups
        self._wanted = set(groups)
        self.ended: dict[int, int] = {}
        self.kills = 0
        self.failed = ""
        self._process: asyncio.subprocess.Process | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["System"]:
        with self.log.open("ab") as errors:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.integration.crash_zygote",
                str(self._board_path),
                cwd=ROOT,
                env={**os.environ, **environment(self.settings), **self._more},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        listening = asyncio.create_task(self._listen())
        try:
            yield self
        finally:
            assert self._process.stdin is not None
            self._process.stdin.close()
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            await self._process.wait()

    def kill(self, group: str) -> None:
        """SIGKILL from outside; nothing happens to one that is dead already."""
        with suppress(ProcessLookupError, KeyError):
            os.kill(self._pids[group], signal.SIGKILL)

    def up(self, group: str) -> None:
        """Start a worker and keep it; `gate,ledger#2` is a second one of its group."""
        self._wanted.add(group)
        self._ask(group)

    def down(self, group: str) -> None:
        """Kill a worker and do not start it again."""
        self._wanted.discard(group)
        self.kill(group)

    def forget(self, group: str) -> int:
        """Leave a worker to itself: nobody starts it again or wonders how it ended."""
        self._wanted.discard(group)
        return self._pids[group]

    def said(self) -> str:
        """The end of what the workers logged, and how far each is."""
        board = self.board
        where = [f"{stage} {board.saved(stage)} of {board.granted(stage)}" for stage in STAGES]
        return f"{', '.join(where)}: {self.log.read_text()[-4000:]}"

    def is_alive(self, group: str) -> bool:
        """Whether a process of that name runs."""
        return self._pids.get(group, 0) not in {0, *self.ended}

    async def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            match line.decode().split():
                case ["ready"]:
                    for group in self._first:
                        self._ask(group)
                case ["started", group, pid]:
                    self._pids[group] = int(pid)
                case ["ended", pid, code]:
                    self._ended(int(pid), int(code))

    def _ended(self, pid: int, code: int) -> None:
        group = next((name for name, known in self._pids.items() if known == pid), "")
        self.ended[pid] = code
        if code == -signal.SIGKILL:
            self.kills += 1
        elif group in self._wanted:
            self.failed = f"{group} ended with {code}: {self.log.read_text()[-4000:]}"
        if group in self._wanted:
            self._ask(group)

    def _ask(self, group: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(group.encode() + b"\n")


def environment(settings: Settings) -> dict[str, str]:
    """Settings of the workers. Their own clock stands still, long before the script's."""
    return {
        "PETS_BROKER": settings.broker,
        "PETS_TOPIC_PREFIX": settings.topic_prefix,
        "PETS_LOG_LEVEL": "WARNING",
        "PETS_CHECKPOINT_MS": str(settings.checkpoint_ms),
        "PETS_CHECKPOINT_BYTES_PER_S": "1000000000",
        "PETS_ANCHOR_WALL_MS": str(int(time.time() * 1000)),
        "PETS_ANCHOR_EVENT_MS": "1000",
        "PETS_SPEED": "0.0001",
    }


async def run_script(
    settings: Settings, batches: Sequence[Sequence[ScriptedRecord]], folder: Path, kills: Kills
) -> tuple[Left, System, int]:
    """Play a script with kills; what is left in the end, the system, and how many turns it took."""
    await ensure_topics(settings.broker, settings.topic_prefix, 1)
    system = System(settings, folder)
    turns = 0
    async with (
        open_reader(settings.broker) as reader,
        RecordWriter(settings.broker, client="script", prefix=settings.topic_prefix) as writer,
    ):
        await _write(writer, batches[0])
        async with system.running():
            for number, batch in enumerate(batches):
                if number:
                    await _write(writer, batch)
                turns += await _come_to_rest(system, reader, kills)
        left = await read_left(settings, reader)
    return left, system, turns


async def _write(writer: RecordWriter, batch: Sequence[ScriptedRecord]) -> None:
    for record in batch:
        _ = await writer.write(record.topic, 0, None, record.value)
    await writer.flush()


async def _come_to_rest(system: System, reader: LogReader, kills: Kills) -> int:
    """Give every stage its turn until none has anything left to read."""
    turns = 0
    resting = 0
    reads = {make(0).name: make(0).reads for make in _factories(system.settings)}
    while resting < len(STAGES):
        for stage in STAGES:
            name = system.settings.topic_prefix + reads[stage].name
            last = (await reader.bounds(name, [0]))[0].end - 1
            if last <= system.board.granted(stage):
                resting += 1
                if resting >= len(STAGES):
                    break
                continue
            resting = 0
            await _turn(system, stage, last, kills)
            turns += 1
    return turns


async def _turn(system: System, stage: str, last: int, kills: Kills) -> None:
    board = system.board
    first = board.granted(stage) + 1
    points = kills.for_turn()
    group = GROUP_OF[stage]
    board.grant(stage, last)
    for _ in range(points):
        before = system.kills
        delay_s = kills.delay_s()
        if delay_s is None:
            step, offset = kills.step(first, last)
            board.arm(stage, step, offset)
            await _killed_or_saved(system, stage, last, before)
        else:
            await asyncio.sleep(delay_s)
            system.kill(group)
        for other in kills.others(group):
            system.kill(other)
        kills.done += 1
    await _saved(system, stage, last)


async def _saved(system: System, stage: str, last: int) -> None:
    """Wait for the end of a turn. Who died right behind its checkpoint had no time to note it."""
    settings, board = system.settings, system.board
    looked_at = time.monotonic()
    deadline = looked_at + TURN_S
    while board.saved(stage) < last:
        assert not system.failed, system.failed
        assert time.monotonic() < deadline, system.said()
        await asyncio.sleep(POLL_S)
        if time.monotonic() - looked_at > LOOK_S:
            looked_at = time.monotonic()
            found = await load_checkpoint(settings.broker, settings.topic_prefix, stage, 0)
            if found is not None and found.offset >= last:
                return


async def _killed_or_saved(system: System, stage: str, last: int, kills: int) -> None:
    """Wait until somebody died, or the turn ended without coming to the armed step."""
    board = system.board
    deadline = time.monotonic() + TURN_S
    while system.kills == kills and board.saved(stage) < last:
        assert not system.failed, system.failed
        assert time.monotonic() < deadline, system.said()
        await asyncio.sleep(POLL_S)
    await asyncio.sleep(POLL_S)
    board.disarm(stage)


def _factories(settings: Settings) -> list[StageFactory]:
    stages = Stages(settings)
    return [make for group in GROUPS for name in group.split(",") for make in stages.named(name)]


async def read_left(settings: Settings, reader: LogReader) -> Left:
    """Everything comparable on the log."""
    left = Left()
    for topic in TOPICS:
        if topic in UNCOMPARED:
            continue
        values = await _records(settings, reader, topic)
        if topic.framed:
            applied = AppliedFrames()
            messages = left.messages[topic.name] = []
            for _, value in values:
                frame = decode_frame(value or b"")
                if applied.is_news(frame):
                    messages += [bytes(message) for message in frame.messages]
                else:
                    left.repeats += 1
        else:
            kept = {key or b"": value for key, value in values}
            left.last_values[topic.name] = {k: v for k, v in kept.items() if v is not None}
    for stage in STAGES:
        checkpoint = await load_checkpoint(settings.broker, settings.topic_prefix, stage, 0)
        assert checkpoint is not None
        left.states[stage] = state_of(checkpoint)
    return left


def state_of(checkpoint: Checkpoint) -> bytes:
    """What a checkpoint says about the stage, without positions on the log."""
    return b"%d " % checkpoint.now + bytes(checkpoint.state)


async def _records(
    settings: Settings, reader: LogReader, topic: TopicSpec
) -> list[tuple[bytes | None, bytes | None]]:
    name = settings.topic_prefix + topic.name
    bounds = (await reader.bounds(name, [0]))[0]
    return [
        (record.key, record.value)
        async for record in reader.records(name, 0, bounds.first, bounds.end)
    ]


def differences(wanted: Left, found: Left) -> Mapping[str, str]:
    """Where two runs differ, each in a sentence; empty when they left the same."""
    told = {}
    for topic, messages in wanted.messages.items():
        others = found.messages[topic]
        pairs = enumerate(zip(messages, others, strict=False))
        at = next((n for n, (one, other) in pairs if one != other), min(len(messages), len(others)))
        if messages != others:
            told[topic] = (
                f"{len(others)} of {len(messages)} messages; number {at} is\n"
                f"{_shown(others, at)}\ninstead of\n{_shown(messages, at)}"
            )
    for topic, values in wanted.last_values.items():
        if values != found.last_values[topic]:
            told[topic] = "other last values"
    for stage, state in wanted.states.items():
        if state != found.states[stage]:
            told[stage] = f"state {found.states[stage][:2000]!r}\ninstead of {state[:2000]!r}"
    return told


def _shown(messages: list[bytes], at: int) -> str:
    return messages[at].decode() if at < len(messages) else "missing"
