"""Dead letters on a real log: every reader writes them alike, and one goes back once."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest
from typer.testing import CliRunner

from agents.stages.base import Emit
from api.cli.dead_letters import app
from api.dead_letters import Filed, filed_letters, retry
from api.live_reader import LiveReader
from configs.settings import Settings
from schemas.envelope import Message
from schemas.errors import ApplicationError
from schemas.ops import DeadLetter
from tests.agents.shell.counting import POISON, CountingStage, CountingState, trade
from tests.integration.shell_bench import running, settings_for, until, until_saved, values_of
from topics.admin import ensure_topics
from topics.catalog import DEAD_LETTERS, FILLS, MARKET_TRADES, POSITIONS, TopicSpec
from topics.codec import encode, encode_frame
from topics.dead_letters import WHOLE_RECORD, letter_of
from topics.frames import Frame
from topics.producer import FrameProducer
from topics.reader import open_reader
from topics.writer import RecordWriter

pytestmark = pytest.mark.integration

CLI = CliRunner()


class Mended(CountingStage):
    """The counting stage after its defect was mended."""

    def apply(self, message: Message) -> Sequence[Emit]:
        return super().apply(msgspec.structs.replace(message, size=1))


class Neighbour(Mended):
    """Reads the same topic and never had the defect."""

    name = "neighbour"


@pytest.fixture
async def settings(kafka: str, topic_prefix: str) -> Settings:
    await ensure_topics(kafka, topic_prefix, 1)
    return settings_for(kafka, topic_prefix)


async def filed(settings: Settings) -> list[Filed]:
    async with open_reader(settings.broker) as reader:
        return await filed_letters(reader, settings.topic_prefix)


async def write(settings: Settings, topic: TopicSpec, value: bytes, key: bytes | None) -> int:
    prefix = settings.topic_prefix
    async with RecordWriter(settings.broker, client="test", prefix=prefix) as writer:
        return (await writer.acknowledged(await writer.write(topic, 0, key, value))).offset


async def count_of(settings: Settings, stage: type[CountingStage], offset: int) -> int:
    del stage
    saved = await until_saved(settings, offset)
    return msgspec.json.decode(saved.state, type=CountingState).count


async def test_a_retried_letter_reaches_its_reader_once_and_nobody_else(
    settings: Settings,
) -> None:
    numbers = [trade(1), trade(2, size=POISON), trade(3)]
    await write(settings, MARKET_TRADES, encode_frame("test#1", 1, numbers), None)
    neighbour = Neighbour()
    async with running(settings, [CountingStage]):
        assert await count_of(settings, CountingStage, 0) == 2
    [(letter, _)] = await filed(settings)
    assert (letter.source, letter.offset, letter.index) == ("counting", 0, 1)

    async with running(settings, [Mended, lambda _: neighbour]):
        first, second = await asyncio.gather(
            *(retry(settings, letter.event_id[:9], "test") for _ in range(2))
        )
        third = await retry(settings, letter.event_id, "test")
        end = len(await values_of(settings, MARKET_TRADES))
        assert await count_of(settings, Mended, end - 1) == 3
        await until(lambda: neighbour.state.count == 3)
        await asyncio.sleep(0.3)

    assert "was put back at offset" in first + second
    assert "was put back before" in third
    assert neighbour.state.count == 3
    assert [item.retried is not None for item in await filed(settings)] == [True]


async def test_what_still_cannot_be_read_and_what_was_never_on_the_log_stay(
    settings: Settings,
) -> None:
    unknown = Frame(origin="test#1", position=1, messages=[msgspec.Raw(b'{"type":"of-tomorrow"}')])
    await write(settings, MARKET_TRADES, encode(unknown), None)
    async with running(settings, [CountingStage]):
        await until_saved(settings, 0)
    [(letter, _)] = await filed(settings)
    with pytest.raises(ApplicationError, match="still cannot be read by this version"):
        await retry(settings, letter.event_id, "test")

    frame = letter_of("polymarket", "market-ws/0", -1, -1, 0, "ValueError: bad", b"{}", 5)
    async with FrameProducer(
        settings.broker, writer="test", prefix=settings.topic_prefix
    ) as producer:
        await producer.publish(DEAD_LETTERS, "market-ws/0", frame)
    with pytest.raises(ApplicationError, match="nothing is put back"):
        await retry(settings, frame.event_id, "test")
    with pytest.raises(ApplicationError, match="fits 0"):
        await retry(settings, "zz", "test")
    assert len(await values_of(settings, MARKET_TRADES)) == 1


async def test_a_value_that_a_newer_one_replaced_is_not_put_back(settings: Settings) -> None:
    offset = await write(settings, POSITIONS, b'{"type":"of-tomorrow"}', b"p1")
    letter = letter_of("sinks", POSITIONS.name, 0, offset, 0, "bad", b"", 5)
    async with FrameProducer(
        settings.broker, writer="test", prefix=settings.topic_prefix
    ) as producer:
        await producer.publish(DEAD_LETTERS, POSITIONS.name, letter)
    with pytest.raises(ApplicationError, match="still cannot be read"):
        await retry(settings, letter.event_id, "test")
    await write(settings, POSITIONS, b'{"type":"newer"}', b"p1")
    with pytest.raises(ApplicationError, match="overtaken"):
        await retry(settings, letter.event_id, "test")


async def test_the_api_sets_aside_what_it_cannot_read(settings: Settings) -> None:
    good = Frame(origin="t#1", position=1, messages=[msgspec.Raw(b'{"type":"of-tomorrow"}')])
    await write(settings, FILLS, b"no frame", None)
    await write(settings, FILLS, encode(good), None)
    letters: list[DeadLetter] = []
    reader = LiveReader(
        settings.broker, settings.topic_prefix, 1, [FILLS], {}, lambda _: None, letters.append
    )
    reading = asyncio.create_task(reader.run())
    await until(lambda: len(letters) == 2)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    places = [(one.source, one.topic, one.offset, one.index) for one in letters]
    assert places == [("api", FILLS.name, 0, WHOLE_RECORD), ("api", FILLS.name, 1, 0)]


def test_the_command_line_lists_shows_and_retries(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PETS_BROKER", settings.broker)
    monkeypatch.setenv("PETS_TOPIC_PREFIX", settings.topic_prefix)
    assert "No dead letter waits." in CLI.invoke(app, ["list"]).output

    asyncio.run(write(settings, MARKET_TRADES, encode_frame("test#1", 1, [trade(1)]), None))
    letter = letter_of("counting", MARKET_TRADES.name, 0, 0, 0, "ValueError: poison", b"{}", 5)
    frame = Frame(origin="t#1", position=1, messages=[msgspec.Raw(encode(letter))])
    asyncio.run(write(settings, DEAD_LETTERS, encode(frame), None))

    assert "offset 0 index 0  ValueError: poison" in CLI.invoke(app, ["list"]).output
    shown = CLI.invoke(app, ["show", letter.event_id[:6], "--json"]).output
    assert msgspec.json.decode(shown)["cause"] == "ValueError: poison"
    assert "put back at offset 1" in CLI.invoke(app, ["retry", "--all"]).output
    assert "put back before" in CLI.invoke(app, ["retry", letter.event_id]).output
    assert "No dead letter waits." in CLI.invoke(app, ["list"]).output
