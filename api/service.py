"""Runs the API: the log reader, the commander and the database pool beside the HTTP server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import structlog
import uvicorn
import uvloop

from api.app import create_app
from api.command_log import LastingProducer
from api.commands import Commander
from api.context import Context
from api.keys import KeyFile
from api.live import RECENT, WHOLE, LiveState
from api.live_reader import LiveReader
from api.patience import within
from api.unreadable import LetterBox
from configs.settings import Settings
from schemas.errors import ConfigurationError
from schemas.ids import AccountId
from sinks.pool import UNAVAILABLE, open_pool
from sinks.port import SinkAwayError
from topics.producer import FrameProducer

log = structlog.get_logger(__name__)

DATABASE_CHECK_S = 1.0
DATABASE_ANSWER_S = 5.0
POOL_SIZE = 4
BACKLOG = 2048
LAST_ANSWERS_S = 3
WEBSOCKETS: Final = "websockets-sansio"
"""Uvicorn's implementation over the library that PETS uses everywhere."""


def run_api(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        ConfigurationError: Bound wider than loopback without a key, or the port is taken.
        InfrastructureError: The log became another one.
    """
    if settings.api_host not in ("127.0.0.1", "::1", "localhost") and not (
        settings.api_key.get_secret_value() or KeyFile(settings.home).good()
    ):
        raise ConfigurationError(
            f"Expected PETS_API_KEY to be set to serve on {settings.api_host}, it is empty. "
            "Set a key or make one with `pets keys create`, or serve on 127.0.0.1."
        )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    producer = LastingProducer(
        partial(
            FrameProducer,
            settings.broker,
            writer="api",
            prefix=settings.topic_prefix,
            shards=settings.shards,
        )
    )
    letters = LetterBox(producer)
    context = _context(settings, producer, letters)
    failures: list[Exception] = []

    def end_with_it(_: asyncio.Task[None]) -> None:
        server.should_exit = True

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        works = (
            context.reader.run(),
            _database(context),
            letters.run(),
            context.alerting.run(),
            context.notifier.run(),
        )
        tasks = [asyncio.create_task(work) for work in works]
        for task in tasks:
            task.add_done_callback(end_with_it)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            failures.extend(error for error in ended if isinstance(error, Exception))
            await producer.close()

    server = uvicorn.Server(
        uvicorn.Config(
            create_app(context, running),
            log_config=None,
            access_log=False,
            proxy_headers=False,
            ws=WEBSOCKETS,
            timeout_graceful_shutdown=LAST_ANSWERS_S,
        )
    )
    with _listening(settings) as listener:
        await server.serve([listener])
    if failures:
        raise failures[0]


def _context(settings: Settings, producer: LastingProducer, letters: LetterBox) -> Context:
    """What the routes share, over the log."""
    account = AccountId(settings.account)
    state = LiveState(account)
    reader = LiveReader(
        settings.broker,
        settings.topic_prefix,
        settings.shards,
        WHOLE,
        RECENT,
        state.apply,
        letters.put,
    )
    context = Context(settings, state, reader, Commander(producer, account, settings.clock()))
    reader.on_message, reader.on_place = context.take, context.changes.add
    return context


def _listening(settings: Settings) -> socket.socket:
    """The socket to serve on.

    Raises:
        ConfigurationError: The port is taken, or the address is not this machine's.
    """
    host, port = settings.api_host, settings.api_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once only on sockets that say that they are TCP; others wait 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"The API cannot listen on {host}:{port} ({error.strerror}): set PETS_API_PORT to a "
            "free port, or stop what uses it."
        ) from error
    return listener


async def _database(context: Context) -> None:
    """Hold a pool while the database answers; without it the live half of the API goes on."""
    dsn = context.settings.database.get_secret_value()
    told = False
    while True:
        try:
            async with open_pool(dsn, POOL_SIZE) as pool:
                context.pool, told = pool, False
                while True:
                    _ = await within(DATABASE_ANSWER_S, pool.fetchval("select 1"))
                    await asyncio.sleep(DATABASE_CHECK_S)
        except (SinkAwayError, *UNAVAILABLE) as error:
            if not told:
                log.warning("database away", error=repr(error))
                told = True
        finally:
            context.pool = None
        await asyncio.sleep(DATABASE_CHECK_S)
