"""Runs the API: the log reader, the commander and the database pool beside the HTTP server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
import uvicorn

from api.app import create_app
from api.commands import Commander
from api.context import Context
from api.live import FROM_NOW, FROM_THE_START, LiveState
from api.live_reader import LiveReader
from configs.settings import Settings
from schemas.errors import ConfigurationError
from schemas.ids import AccountId
from sinks.pool import UNAVAILABLE, open_pool
from sinks.port import SinkAwayError
from topics.producer import FrameProducer

log = structlog.get_logger(__name__)

DATABASE_CHECK_S = 1.0
POOL_SIZE = 4


def run_api(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        ConfigurationError: Bound wider than loopback without a key.
    """
    if settings.api_host not in ("127.0.0.1", "::1", "localhost") and not (
        settings.api_key.get_secret_value()
    ):
        raise ConfigurationError(
            f"Expected PETS_API_KEY to be set to serve on {settings.api_host}, it is empty. "
            "Set a key, or serve on 127.0.0.1."
        )
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    state = LiveState()
    reader = LiveReader(
        settings.broker,
        settings.topic_prefix,
        settings.shards,
        FROM_THE_START,
        FROM_NOW,
        state.apply,
    )
    producer = FrameProducer(
        settings.broker, writer="api", prefix=settings.topic_prefix, shards=settings.shards
    )
    commander = Commander(producer, AccountId(settings.account), settings.clock())
    context = Context(settings, state, reader, commander)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        async with producer:
            tasks = [asyncio.create_task(reader.run()), asyncio.create_task(_database(context))]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    server = uvicorn.Server(
        uvicorn.Config(
            create_app(context, running),
            host=settings.api_host,
            port=settings.api_port,
            log_config=None,
            access_log=False,
        )
    )
    await server.serve()


async def _database(context: Context) -> None:
    """Hold a pool while the database answers; without it the live half of the API goes on."""
    dsn = context.settings.database.get_secret_value()
    while True:
        try:
            async with open_pool(dsn, POOL_SIZE) as pool:
                context.pool = pool
                while True:
                    await asyncio.sleep(DATABASE_CHECK_S)
                    await pool.fetchval("select 1", timeout=DATABASE_CHECK_S)
        except (SinkAwayError, *UNAVAILABLE) as error:
            log.warning("database away", error=str(error))
        finally:
            context.pool = None
        await asyncio.sleep(DATABASE_CHECK_S)
