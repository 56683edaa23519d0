"""A worker in this process on a real Kafka."""

import asyncio
import threading
import urllib.request

import msgspec
import pytest
from aiokafka.errors import KafkaError

from agents.shell.checkpoints import checkpoint_key, write_checkpoint
from agents.shell.clock import last_tick
from agents.shell.worker import Worker, run_stages
from agents.stages.relay import Relay
from api.runtime.ports import free_port
from configs.settings import Settings
from schemas.errors import InfrastructureError
from schemas.ops import Alert, Checkpoint, ClockTick, DeadLetter, Heartbeat
from tests.agents.shell.counting import POISON, CountingStage, CountingState, trade
from tests.integration.shell_bench import (
    new_record,
    running,
    settings_for,
    taken,
    undisturbed,
    until,
    until_saved,
    values_of,
)
from topics.admin import ensure_topics
from topics.catalog import (
    ALERTS,
    BOOK_EVENTS,
    CHECKPOINTS,
    COMMANDS,
    DEAD_LETTERS,
    DECIDE_INPUTS,
    GATE_INPUTS,
    HEARTBEATS,
    MARKET_TRADES,
)
from topics.producer import FrameProducer
from topics.reader import open_reader
from topics.writer import RecordWriter

pytestmark = pytest.mark.integration


@pytest.fixture
def settings(kafka: str, topic_prefix: str) -> Settings:
    return settings_for(kafka, topic_prefix)


async def publish(settings: Settings, first: int, last: int, poison: tuple[int, ...] = ()) -> None:
    async with FrameProducer(
        settings.broker, writer="test", prefix=settings.topic_prefix
    ) as producer:
        for number in range(first, last):
            message = trade(number, size=POISON if number in poison else 1)
            await producer.publish(MARKET_TRADES, "0", message)


async def test_a_restarted_worker_goes_on_where_it_was(settings: Settings) -> None:
    async with running(settings, [CountingStage]):
        await publish(settings, 0, 500, poison=(123,))
        await until_saved(settings, 1)
    await publish(settings, 500, 900)
    async with running(settings, [CountingStage]):
        await publish(settings, 900, 1000)
        inputs = len(await values_of(settings, MARKET_TRADES))
        saved = await until_saved(settings, inputs - 1)

    wanted, messages = await undisturbed(settings, COMMANDS)
    assert bytes(saved.state) == bytes(wanted.state)
    assert msgspec.json.decode(saved.state, type=CountingState).count == 999
    assert await taken(settings, COMMANDS) == messages
    [letter] = [
        msgspec.json.decode(m, type=DeadLetter) for m in await taken(settings, DEAD_LETTERS)
    ]
    assert "poison" in letter.error


async def test_heartbeats_and_alerts_tell_how_the_stage_is(settings: Settings) -> None:
    async with running(settings, [CountingStage]):
        await publish(settings, 0, 10, poison=(3,))
        await until_saved(settings, 0)
        await asyncio.sleep(1.2)

    beats = [msgspec.json.decode(m, type=Heartbeat) for m in await taken(settings, HEARTBEATS)]
    [alert] = [msgspec.json.decode(m, type=Alert) for m in await taken(settings, ALERTS)]
    assert {beat.component for beat in beats} == {"counting"}
    assert beats[-1].status == "running"
    assert beats[-1].processed >= 1
    assert beats[-1].lag == 0
    assert beats[-1].position == len(await values_of(settings, MARKET_TRADES))
    assert alert.rule == "dead-letters"


async def test_the_fetch_wait_of_the_settings_reaches_the_fetcher(
    kafka: str, topic_prefix: str
) -> None:
    settings = settings_for(kafka, topic_prefix, fetch_wait_ms=321)
    async with running(settings, [CountingStage]) as worker:
        consumer = worker.agents[0].app.consumer._thread._consumer  # type: ignore[attr-defined]
        assert consumer._fetcher._fetch_max_wait_ms == 321


async def test_the_consumers_of_all_stages_run_in_the_workers_own_thread(
    settings: Settings,
) -> None:
    async with running(settings, [CountingStage, lambda _: Relay("relay-books", BOOK_EVENTS, 0)]):
        theirs = [each for each in threading.enumerate() if type(each).__module__ == "mode.threads"]
        assert theirs == []


async def test_an_error_of_the_group_that_no_fetch_waited_for_ends_the_stage(
    settings: Settings,
) -> None:
    async with running(settings, [CountingStage]) as worker:
        [agent] = worker.agents
        coordinator = agent.app.consumer._thread._consumer._coordinator  # type: ignore[attr-defined]
        coordinator._pending_exception = KafkaError("another member has this name")
        await until(lambda: agent.app.crashed)


async def test_offsets_are_committed_behind_checkpoints_for_eyes(settings: Settings) -> None:
    async with running(settings, [CountingStage]) as worker:
        await publish(settings, 0, 50)
        saved = await until_saved(settings, len(await values_of(settings, MARKET_TRADES)) - 1)
        consumer = worker.agents[0].app.consumer
        committed = consumer._committed_offset  # type: ignore[attr-defined]
        await until(lambda: saved.offset + 1 in committed.values(), seconds=5)


async def test_the_process_of_the_book_relay_writes_the_clock(settings: Settings) -> None:
    relay = Relay("relay-books", BOOK_EVENTS, 0)
    async with running(settings, [lambda _: relay]):
        await asyncio.sleep(2.2)

    times: list[int] = []
    for topic in (DECIDE_INPUTS, GATE_INPUTS):
        ticks = [msgspec.json.decode(m, type=ClockTick) for m in await taken(settings, topic)]
        times = [tick.ingest_time for tick in ticks]
        assert len(times) >= 2
        assert times == sorted(set(times))
        assert all(time % 1000 == 0 for time in times)
    assert await last_tick(settings.broker, settings.topic_prefix) in times


async def test_metrics_are_served(kafka: str, topic_prefix: str) -> None:
    port = free_port()
    settings = settings_for(kafka, topic_prefix, metrics_port=port)
    async with running(settings, [CountingStage]):
        await publish(settings, 0, 10)
        await until_saved(settings, 0)
        await asyncio.sleep(1.2)
        url = f"http://127.0.0.1:{port}/metrics"
        text = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read().decode())

    assert 'pets_stage_messages_total{stage="counting"} 10.0' in text


async def test_a_taken_metrics_port_ends_in_a_sentence(kafka: str, topic_prefix: str) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = settings_for(kafka, topic_prefix, metrics_port=port)
    try:
        with pytest.raises(InfrastructureError, match="PETS_METRICS_PORT"):
            await run_stages(settings, [CountingStage])
    finally:
        server.close()
        await server.wait_closed()


async def test_several_stages_run_in_one_process(settings: Settings) -> None:
    def follower(partition: int) -> CountingStage:
        stage = CountingStage(partition)
        stage.name = "follower"
        return stage

    async with running(settings, [CountingStage, follower]) as worker:
        await publish(settings, 0, 20)
        await until(lambda: all(list(a.positions().values()) > [0] for a in worker.agents))

    async with open_reader(settings.broker) as reader:
        keys = [checkpoint_key(name, 0) for name in ("counting", "follower")]
        name = settings.topic_prefix + CHECKPOINTS.name
        found = await reader.last_values(name, 0, keys)
    assert set(found) == set(keys)


async def test_stopping_is_quick_and_leaves_nothing_unsaved(settings: Settings) -> None:
    stop = asyncio.Event()
    ready = asyncio.Event()
    work = asyncio.create_task(run_stages(settings, [CountingStage], stop=stop, on_ready=ready.set))
    await asyncio.wait_for(ready.wait(), 30)
    await publish(settings, 0, 200)
    await new_record(settings, COMMANDS, before=0)
    stop.set()
    async with asyncio.timeout(10):
        await work

    told = await taken(settings, COMMANDS)
    [*_, last] = await values_of(settings, CHECKPOINTS)
    state = msgspec.json.decode(
        msgspec.json.decode(last, type=Checkpoint).state, type=CountingState
    )
    assert state.count == len(told)


async def test_a_checkpoint_ahead_of_its_log_ends_the_worker_in_a_sentence(
    settings: Settings,
) -> None:
    await ensure_topics(settings.broker, settings.topic_prefix, 1)
    ahead = Checkpoint(
        stage="counting", partition=0, offset=99, applied={}, state=msgspec.Raw(b"null")
    )
    async with RecordWriter(settings.broker, client="t", prefix=settings.topic_prefix) as writer:
        await write_checkpoint(writer, ahead)

    with pytest.raises(InfrastructureError, match="up to offset 99, but that log ends at 0"):
        await asyncio.wait_for(run_stages(settings, [CountingStage]), 30)


async def test_a_broker_that_is_not_there_ends_the_worker_in_a_sentence() -> None:
    settings = settings_for(f"127.0.0.1:{free_port()}", "")
    with pytest.raises(InfrastructureError, match="set PETS_BROKER"):
        await asyncio.wait_for(run_stages(settings, [CountingStage]), 60)


async def test_a_defect_of_the_shell_itself_ends_the_worker_without_a_checkpoint(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(settings, [CountingStage])
    try:
        await worker.start()
        await until(lambda: worker.is_ready)

        def broken(*_: object) -> None:
            raise RuntimeError("defect")

        monkeypatch.setattr("agents.stages.framing.FrameFold._fold", broken)
        await publish(settings, 0, 5)
        with pytest.raises(InfrastructureError, match="RuntimeError: defect"):
            await asyncio.wait_for(worker.run(asyncio.Event(), None), 10)
    finally:
        await worker.close()

    assert await values_of(settings, CHECKPOINTS) == []
