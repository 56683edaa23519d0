"""The log shipper with a producer that is made to fail: nothing waits for it, nothing circles."""

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from schemas.envelope import Message
from schemas.errors import InfrastructureError
from schemas.ops import LogLine
from topics import log_shipping
from topics.catalog import LOGS, TopicSpec
from topics.log_shipping import LogShipper
from topics.producer import FrameProducer

LOGGER = logging.getLogger("tests.log_shipping")
LINE = (
    '{"at": "2026-11-28T10:00:00Z", "component": "gate", "event": "%(message)s", '
    '"level": "info", "logger": "x"}'
)


class Broker:
    """What the fake producers write to."""

    def __init__(self) -> None:
        self.away = threading.Event()
        self.lines: list[LogLine] = []
        self.made = 0

    def producer(self) -> FrameProducer:
        self.made += 1
        return Producer(self)

    @property
    def events(self) -> list[str]:
        return [line.event for line in self.lines]


class Producer(FrameProducer):
    """Loses what is not flushed when the broker goes away, as the real one may."""

    def __init__(self, broker: Broker) -> None:
        super().__init__("nowhere", writer="test")
        self._broker = broker
        self._unflushed: list[LogLine] = []

    async def start(self) -> None:
        self._require_there()

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        assert topic is LOGS
        assert isinstance(message, LogLine)
        self._unflushed.append(message)

    async def flush(self) -> None:
        self._require_there()
        self._broker.lines += self._unflushed
        self._unflushed.clear()

    async def close(self, timeout_s: float = 10.0) -> None:
        """Nothing to close."""

    def _require_there(self) -> None:
        LOGGER.warning("the shipper's own words")
        if self._broker.away.is_set():
            raise InfrastructureError("the broker is away")


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def shipper(broker: Broker) -> Iterator[LogShipper]:
    handler = LogShipper("gate", broker.producer, lambda: 42, retry_s=0.01)
    handler.setFormatter(logging.Formatter(LINE))
    LOGGER.setLevel(logging.INFO)
    LOGGER.addHandler(handler)
    LOGGER.propagate = False
    yield handler
    LOGGER.removeHandler(handler)
    LOGGER.propagate = True
    handler.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_lines_arrive_in_order_with_ids_of_their_own(broker: Broker, shipper: LogShipper) -> None:
    LOGGER.info("before")
    shipper.start()
    for number in range(250):
        LOGGER.info("%d", number)

    until(lambda: len(broker.lines) == 251)
    assert broker.events == ["before", *map(str, range(250))]
    assert len({line.event_id for line in broker.lines}) == 251
    assert {line.ingest_time for line in broker.lines} == {42}


def test_nobody_waits_while_the_broker_is_away_and_what_has_no_room_is_counted(
    broker: Broker, shipper: LogShipper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_shipping, "QUEUED_LINES", 10)
    broker.away.set()
    shipper.start()
    for number in range(25):
        LOGGER.info("%d", number)
    assert shipper.dropped == 15
    until(lambda: broker.made > 3)

    broker.away.clear()
    until(lambda: len(broker.lines) == 10)
    LOGGER.info("after")

    until(lambda: len(broker.lines) == 12)
    assert broker.events == [*map(str, range(10)), "log-lines-dropped", "after"]
    assert broker.lines[10].fields == {"lines": "15"}


def test_what_the_shipper_logs_itself_never_reaches_the_topic(
    broker: Broker, shipper: LogShipper
) -> None:
    broker.away.set()
    shipper.start()
    LOGGER.info("ours")
    until(lambda: broker.made > 3)
    broker.away.clear()
    until(lambda: bool(broker.lines))
    LOGGER.info("ours too")
    until(lambda: len(broker.lines) == 2)

    assert broker.events == ["ours", "ours too"]


def test_a_line_that_cannot_be_written_harms_nobody(
    broker: Broker, shipper: LogShipper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    shipper.start()
    LOGGER.info('a "quote" breaks the line')
    LOGGER.info("whole")

    until(lambda: bool(broker.lines))
    assert broker.events == ["whole"]


def test_closing_writes_what_waits(broker: Broker, shipper: LogShipper) -> None:
    shipper.start()
    for number in range(500):
        LOGGER.info("%d", number)
    LOGGER.removeHandler(shipper)
    shipper.close()

    assert broker.events == [*map(str, range(500))]


def test_closing_without_a_broker_ends(
    broker: Broker, shipper: LogShipper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_shipping, "GOODBYE_S", 0.2)
    broker.away.set()
    shipper.start()
    LOGGER.info("lost")
    until(lambda: broker.made > 1)
    shipper.close()

    assert not any(thread.name == "log-shipper" for thread in threading.enumerate())
