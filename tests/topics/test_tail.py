from types import SimpleNamespace

import msgspec
from aiokafka.structs import ConsumerRecord

from schemas.envelope import Message
from tests.agents.shell.counting import trade
from topics.catalog import BOOK_TOPS, MARKET_TRADES, TopicSpec
from topics.codec import TopicCodec, encode, encode_frame
from topics.frames import Frame
from topics.tail import TailLine, lines_of


def read(topic: TopicSpec, value: bytes | None, key: bytes | None = None) -> list[TailLine]:
    record: ConsumerRecord[bytes, bytes] = SimpleNamespace(
        partition=1, offset=42, timestamp=1_700, key=key, value=value
    )
    codec: TopicCodec[Message] = TopicCodec(topic)
    return lines_of(topic, codec, record)


def test_a_frame_gives_a_line_a_message() -> None:
    lines = read(MARKET_TRADES, encode_frame("connector#1", 9, [trade(1), trade(2)]))

    assert [(line.offset, line.index, line.origin, line.position) for line in lines] == [
        (42, 0, "connector#1", 9),
        (42, 1, "connector#1", 9),
    ]
    shown = msgspec.json.decode(encode(lines[1]))
    assert shown["message"]["event_id"] == "trade-2"
    assert (shown["topic"], shown["partition"], shown["at"]) == (MARKET_TRADES.name, 1, 1_700)
    assert "error" not in shown


def test_a_message_the_topic_may_not_carry_is_shown_with_the_reason() -> None:
    strange = Frame(origin="o", position=1, messages=[msgspec.Raw(b'{"type":"what"}')])
    [line] = read(MARKET_TRADES, encode(strange))

    assert bytes(line.message) == b'{"type":"what"}'
    assert "Expected a message of pets.market.market-trades.v1" in line.error


def test_a_record_that_is_no_frame_is_shown_raw() -> None:
    [line] = read(MARKET_TRADES, b"\xff plain text")

    assert "plain text" in line.raw
    assert "Expected a frame" in line.error
    assert "message" not in msgspec.json.decode(encode(line))


def test_a_compacted_record_shows_its_key() -> None:
    [line] = read(BOOK_TOPS, b"not json", key=b"token-7")

    assert (line.key, line.raw) == ("token-7", "not json")
    assert line.error
