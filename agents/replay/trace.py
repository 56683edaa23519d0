"""From an id to its whole cause: fill, order, verdict, intent, signal, and the book decided on.

Works on the log alone. A step that the log no longer holds is named as missing, not guessed.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from agents.replay.log import Log
from schemas.envelope import Message
from schemas.ids import MarketId, OrderId
from schemas.market import BookDelta, BookSnapshot, TickSizeChanged
from schemas.trading import (
    BundleIntent,
    CancelRefused,
    Fill,
    IntentApproved,
    IntentDenied,
    OrderCanceled,
    OrderExpired,
    OrderPlaced,
    OrderRejected,
    PlaceIntent,
    Signal,
)
from streams.book import Book
from topics.catalog import (
    COMMANDS,
    DECIDE_INPUTS,
    DECISIONS,
    FILLS,
    GATE_INPUTS,
    INTENTS,
    ORDERS,
    SIGNALS,
    TopicSpec,
)
from topics.codec import DecodeError, TopicCodec, decode_frame

T = TypeVar("T", bound=Message)
Concerned = (OrderPlaced, OrderRejected, OrderCanceled, OrderExpired, CancelRefused, Fill)
ANCHORS = (FILLS, ORDERS, DECISIONS, INTENTS, SIGNALS, DECIDE_INPUTS, GATE_INPUTS, COMMANDS)
"""Where an id is looked for, in this order."""
CHAIN = 12
"""Causes that are followed at most."""


class Found(NamedTuple):
    """A message and where it stands on the log.

    Attributes:
        place: Inside its frame.
    """

    topic: str
    partition: int
    offset: int
    place: int
    message: Message


class Step(NamedTuple):
    """One step of a trace; `found` is None where the log does not hold it."""

    role: str
    found: Found | None


class Trace(NamedTuple):
    """What led to a message.

    Attributes:
        steps: From the effect to its cause.
        book: The market's book when the bot decided; None where no step names a market or the
            log does not reach back to it.
    """

    steps: tuple[Step, ...]
    book: Book | None


class Finder:
    """Looks for messages on a log by ids that they contain."""

    def __init__(self, log: Log) -> None:
        """Search a log."""
        self._log = log
        self._codecs: dict[str, TopicCodec[Message]] = {}

    def first(
        self, topics: Iterable[TopicSpec], needle: str, matches: Callable[[Message], bool]
    ) -> Found | None:
        """The first message with a text in it that matches."""
        found = self.all(topics, needle)
        return next((each for each in found if matches(each.message)), None)

    def all(self, topics: Iterable[TopicSpec], needle: str) -> Iterator[Found]:
        """Messages with a text in them, topic by topic."""
        raw = needle.encode()
        for topic in topics:
            for partition in self._log.partitions(topic):
                for record in self._log.records(topic, partition):
                    if raw in record.value:
                        yield from self._messages(topic, partition, record.offset, record.value)

    def _messages(
        self, topic: TopicSpec, partition: int, offset: int, value: bytes
    ) -> Iterator[Found]:
        codec = self._codecs.setdefault(topic.name, TopicCodec(topic))
        try:
            frame = decode_frame(value)
        except DecodeError:
            return
        for index, message in codec.decode_all(frame):
            if isinstance(message, Message):
                yield Found(topic.name, partition, offset, index, message)


def trace(log: Log, name: str) -> Trace:
    """Follow an id back: of a fill, a trade, an order, an intent, a signal, or any message.

    Args:
        log: Where everything was written.
        name: The id.
    """
    finder = Finder(log)
    start = finder.first(ANCHORS, name, lambda message: _is_called(message, name))
    if start is None:
        return Trace((), None)
    steps = [Step(_role(start.message), start)]
    order_id = _order_of(start.message)
    if order_id is None:
        causes = causes_of(finder, start.message)
        steps += [Step("cause", cause) for cause in causes]
        return Trace(tuple(steps), _book_at(log, start.message, causes[0] if causes else None))
    if isinstance(start.message, Fill):
        steps.append(Step("filled by", _cause(finder, start.message)))
    decided = _decided(finder, order_id, start)
    steps += decided
    intent = next((step.found for step in decided if step.role == "intent"), None)
    if intent is None:
        return Trace(tuple(steps), None)
    cause = _cause(finder, intent.message)
    steps += [Step("signal", _signal(finder, intent.message)), Step("decided on", cause)]
    if cause is not None:
        steps += [Step("cause", each) for each in causes_of(finder, cause.message)]
    return Trace(tuple(steps), _book_at(log, start.message, cause))


def causes_of(finder: Finder, message: Message) -> list[Found]:
    """The chain of causes behind a message, the nearest first."""
    chain: list[Found] = []
    while message.causation_id and len(chain) < CHAIN:
        found = _cause(finder, message)
        if found is None:
            break
        chain.append(found)
        message = found.message
    return chain


def _decided(finder: Finder, order_id: OrderId, start: Found) -> list[Step]:
    """Order, verdict and intent of an order, without the step that the trace began with."""
    steps = []
    if not isinstance(start.message, OrderPlaced | OrderRejected):
        steps.append(Step("order", finder.first((ORDERS,), order_id, _placing(order_id))))
    verdict = start if isinstance(start.message, IntentApproved | IntentDenied) else None
    if verdict is None:
        verdict = finder.first((DECISIONS,), order_id, _judging(order_id))
        steps.append(Step("verdict", verdict))
    intent = finder.first((INTENTS, GATE_INPUTS), order_id, _wanting(order_id))
    if isinstance(start.message, PlaceIntent | BundleIntent):
        intent = start
    steps.append(Step("intent", intent))
    return steps


def _placing(order_id: OrderId) -> Callable[[Message], bool]:
    def matches(message: Message) -> bool:
        return isinstance(message, OrderPlaced | OrderRejected) and message.order_id == order_id

    return matches


def _judging(order_id: OrderId) -> Callable[[Message], bool]:
    def matches(message: Message) -> bool:
        if isinstance(message, IntentApproved):
            return any(order.order_id == order_id for order in message.orders)
        return isinstance(message, IntentDenied) and message.order.order_id == order_id

    return matches


def _wanting(order_id: OrderId) -> Callable[[Message], bool]:
    def matches(message: Message) -> bool:
        if isinstance(message, BundleIntent):
            return any(order.order_id == order_id for order in message.orders)
        return isinstance(message, PlaceIntent) and message.order.order_id == order_id

    return matches


def _signal(finder: Finder, intent: Message) -> Found | None:
    """What the bot said when it decided so."""
    market = _market_of(intent)

    def matches(message: Message) -> bool:
        return (
            isinstance(message, Signal)
            and message.causation_id == intent.causation_id
            and message.bot_id == getattr(intent, "bot_id", None)
            and message.market_id == market
        )

    return finder.first((SIGNALS,), intent.causation_id, matches)


def _cause(finder: Finder, message: Message) -> Found | None:
    name = message.causation_id
    if not name:
        return None
    topics = (DECIDE_INPUTS, GATE_INPUTS, DECISIONS, INTENTS, ORDERS, FILLS, COMMANDS)
    return finder.first(topics, name, lambda each: each.event_id == name)


def _book_at(log: Log, message: Message, cause: Found | None) -> Book | None:
    """The market's book as the bots had it when the cause came."""
    market = _market_of(message)
    if market is None or cause is None or cause.topic != DECIDE_INPUTS.name:
        return None
    codec: TopicCodec[Message] = TopicCodec(DECIDE_INPUTS)
    raw, book = market.encode(), Book()
    for record in log.records(DECIDE_INPUTS, cause.partition):
        if record.offset > cause.offset:
            break
        if raw not in record.value:
            continue
        for index, each in codec.decode_all(decode_frame(record.value)):
            if (record.offset, index) > (cause.offset, cause.place):
                break
            if getattr(each, "market_id", None) != market:
                continue
            if isinstance(each, BookSnapshot):
                book.apply_snapshot(each)
            elif isinstance(each, BookDelta):
                book.apply_delta(each)
            elif isinstance(each, TickSizeChanged):
                book.drop()
    return book


def _is_called(message: Message, name: str) -> bool:
    if message.event_id == name:
        return True
    if isinstance(message, Fill) and message.trade_id == name:
        return True
    order_id = _order_of(message)
    return order_id is not None and order_id == name


def _order_of(message: Message) -> OrderId | None:
    match message:
        case PlaceIntent() | IntentDenied():
            return message.order.order_id
        case BundleIntent() | IntentApproved():
            return message.orders[0].order_id if message.orders else None
        case _:
            return message.order_id if isinstance(message, Concerned) else None


def _market_of(message: Message) -> MarketId | None:
    match message:
        case PlaceIntent() | IntentDenied():
            return message.order.market_id
        case BundleIntent() | IntentApproved():
            return message.orders[0].market_id if message.orders else None
        case _:
            market = getattr(message, "market_id", None)
            return MarketId(market) if isinstance(market, str) else None


def _role(message: Message) -> str:
    """What a message is, in the words of its tag."""
    return str(type(message).__struct_config__.tag)
