"""Every component's log on the log topic, and the way back to whoever asks."""

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog

from configs.logging import add_log_handler
from configs.settings import Settings
from schemas.errors import PETSError
from schemas.ops import LogLine
from topics.log_lines import Wanted, find_lines
from topics.log_shipping import LogShipper
from topics.producer import FrameProducer
from topics.reader import open_reader

log = structlog.get_logger(__name__)

FindLines = Callable[[Wanted], Awaitable[list[LogLine]]]
"""Answers a question about the log; raises `InfrastructureError` when the broker does not."""


@contextmanager
def logs_on_the_log(settings: Settings, component: str) -> Iterator[None]:
    """Put every line of this process on the log topic too, while the `with` block runs.

    Args:
        settings: Where the log is.
        component: The process's name.
    """
    make = partial(
        FrameProducer, settings.broker, writer=f"logs-{component}", prefix=settings.topic_prefix
    )
    shipper = LogShipper(component, make, settings.clock().now_ms)
    shipper.start()
    add_log_handler(shipper)
    try:
        yield
    except PETSError as error:
        log.critical("component-failed", reason=str(error))
        raise
    finally:
        logging.getLogger().removeHandler(shipper)
        shipper.close()


async def logged(settings: Settings, wanted: Wanted) -> list[LogLine]:
    """The newest lines that are wanted, the oldest of them first.

    Raises:
        InfrastructureError: The broker does not answer.
    """
    async with open_reader(settings.broker, client="pets-logs") as reader:
        return await find_lines(reader, settings.topic_prefix, wanted)
