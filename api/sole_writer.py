"""The producer of a component that only one process may be: the connector, the feeds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from configs.settings import Settings
from schemas.errors import PETSError
from topics.admin import ensure_topics
from topics.producer import FrameProducer
from topics.standby import until_my_turn


@asynccontextmanager
async def sole_producer(settings: Settings, writer: str) -> AsyncIterator[FrameProducer]:
    """A producer that fences out every earlier one of the same name.

    Creates missing topics, and stands by while another instance is heard.

    Args:
        settings: Broker, prefix, shards, and this instance's name.
        writer: The component's name in the catalogue.

    Raises:
        ConfigurationError: Topics differ from the catalogue.
        FencedError: A newer process took over.
        InfrastructureError: The broker is away.
    """
    broker, prefix = settings.broker, settings.topic_prefix
    await ensure_topics(broker, prefix, settings.shards)
    await until_my_turn(broker, prefix, writer, settings.worker_instance())
    try:
        async with FrameProducer(
            broker, writer=writer, prefix=prefix, shards=settings.shards, alone=True
        ) as producer:
            yield producer
    except ExceptionGroup as failures:
        raise _first(failures) from failures


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    """The first error of ours among the failures of tasks, or else all of them."""
    known = failures.subgroup(PETSError)
    if known is None:
        return failures
    first = known.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first
