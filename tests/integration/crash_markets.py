"""The simulated world many times over, under other names: as many markets as a test wants."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import islice

import msgspec

from api.tape import Input, Tape
from schemas.envelope import Message
from schemas.ids import AccountId
from schemas.market import MarketListed
from schemas.ops import ClockTick
from topics.catalog import LIFECYCLE
from topics.codec import TopicCodec, encode

MARKETS_OF_A_WORLD = 20


def many_markets(markets: int, messages: int, seed: int = 7) -> Iterator[Input]:
    """The first messages of the world, each once for every copy of its market.

    Args:
        markets: How many, a multiple of the world's twenty.
        messages: Messages of one copy.
        seed: Of the world.
    """
    copies = markets // MARKETS_OF_A_WORLD
    tape = list(islice(Tape("world", seed, 3.0, AccountId("main")), messages))
    names = _names(tape)
    pattern = re.compile(b"|".join(re.escape(name) for name in sorted(names, key=len)[::-1]))
    codecs: dict[str, TopicCodec[Message]] = {}
    for topic, key, message in tape:
        yield Input(topic, key, message)
        if isinstance(message, ClockTick):
            continue
        codec = codecs.setdefault(topic.name, TopicCodec(topic))
        encoded = encode(message)
        event_id = message.event_id.encode()
        for copy in range(1, copies):
            mark = b"%04d" % copy
            other = pattern.sub(partial(_replaced, mark), encoded)
            other = other.replace(event_id, _renamed(event_id, mark))
            yield Input(topic, key, codec.decode(msgspec.Raw(other)))


def _names(tape: list[Input]) -> set[bytes]:
    """Every id by which a market can be told from another."""
    names: set[str] = set()
    for topic, _, message in tape:
        if topic is LIFECYCLE and isinstance(message, MarketListed):
            market = message.market
            names |= {market.market_id, market.yes_token_id, market.no_token_id}
            names |= {market.venue_event_id}
    return {b'"' + name.encode() + b'"' for name in names}


def _replaced(mark: bytes, found: re.Match[bytes]) -> bytes:
    return _renamed(found.group(), mark)


def _renamed(name: bytes, mark: bytes) -> bytes:
    """The same length, another end."""
    if name.endswith(b'"'):
        return name[: -1 - len(mark)] + mark + b'"'
    return name[: -len(mark)] + mark
